# HASS (FPL 2024), PASS and a dense dataflow: every layer with hardware of its own, on an FPGA board.
if dataflow.designs("designs"):
    layout.tables.extend(["hass", "hass_layers", "hass_pareto"])
    layout.figures["hass_pareto"] = ["hass_pareto", "hass", "claims"]
    layout.figures["hass_intervals"] = ["hass_layers"]
    layout.claims["workflow.studies.hass.claims"] = ["hass"]
if dataflow.sensitivities():
    layout.tables.append("hass_sensitivity")
if threshold_searches.runs():
    layout.tables.extend(["hass_search", "hass_trials"])
    layout.figures["hass_search"] = ["hass_trials", "hass_search"]
    layout.claims.setdefault("workflow.studies.hass.claims", []).append("hass_search")

HASS_DATA = ["sim/accelerators/hass/configs.yaml", "sim/platforms/*.yaml"]


rule explore:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        designs=f"{RESULTS}/designs/{{suite}}/{{network}}/{{scheme}}_designs.csv",
        layers=f"{RESULTS}/designs/{{suite}}/{{network}}/{{scheme}}_layers.csv",
    log:
        f"{LOGS}/explore/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/explore/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.hass.explore_step",
            "sim.accelerators.hass.model",
            data=HASS_DATA,
        ),
        settings=dataflow.settings(),
    shell:
        "python -m workflow.studies.hass.explore_step --trace {input} --settings {params.settings:q} "
        "--designs {output.designs} --layers {output.layers} 2> {log}"


rule explore_sensitivity:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/designs/{{suite}}/{{network}}/{{scheme}}_sensitivity.csv",
    log:
        f"{LOGS}/explore_sensitivity/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/explore_sensitivity/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.hass.explore_step",
            "sim.accelerators.hass.model",
            data=HASS_DATA,
        ),
        settings=dataflow.settings(),
    shell:
        "python -m workflow.studies.hass.explore_step --trace {input} --settings {params.settings:q} "
        "--sensitivity {output} 2> {log}"


rule hass_sensitivity_table:
    input:
        dataflow.sensitivities(),
    output:
        report(
            layout.table("hass_sensitivity"),
            caption="../report/hass_sensitivity.rst",
            category="HASS",
        ),
    log:
        f"{LOGS}/tables/hass_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass_sensitivity.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.sensitivity_table"),
    shell:
        "python -m workflow.studies.hass.sensitivity_table {input} --output {output} 2> {log}"


rule hass_table:
    input:
        dataflow.designs("designs"),
    output:
        report(layout.table("hass"), caption="../report/hass.rst", category="HASS"),
    log:
        f"{LOGS}/tables/hass.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.hass_table"),
    shell:
        "python -m workflow.studies.hass.hass_table {input} --output {output} 2> {log}"


rule hass_pareto_table:
    input:
        dataflow.designs("designs"),
    output:
        report(
            layout.table("hass_pareto"),
            caption="../report/hass_pareto.rst",
            category="HASS",
        ),
    log:
        f"{LOGS}/tables/hass_pareto.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass_pareto.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.pareto_table"),
    shell:
        "python -m workflow.studies.hass.pareto_table {input} --output {output} 2> {log}"


rule hass_layers_table:
    input:
        dataflow.designs("layers"),
    output:
        report(
            layout.table("hass_layers"),
            caption="../report/hass_layers.rst",
            category="HASS",
        ),
    log:
        f"{LOGS}/tables/hass_layers.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass_layers.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.layers_table"),
    shell:
        "python -m workflow.studies.hass.layers_table {input} --output {output} 2> {log}"


SEARCH_CODE = layout.code(
    "workflow.steps.search_thresholds",
    "sim.accelerators.hass.model",
    data=HASS_DATA,
    pins=[*TORCH, "optuna"],
)


# Progress goes to the terminal as well. Killed, it goes on where it was: see workflow/search.
rule search_thresholds:
    input:
        checkpoint=f"{RESULTS}/networks/{{suite}}/{{network}}/trained.safetensors",
        dataset=f"{RESULTS}/datasets/{{suite}}.safetensors",
    output:
        trials=f"{RESULTS}/searches/{{suite}}/{{network}}_trials.csv",
        best=f"{RESULTS}/searches/{{suite}}/{{network}}_best.csv",
        thresholds=f"{RESULTS}/searches/{{suite}}/{{network}}_thresholds.json",
    log:
        f"{LOGS}/search_thresholds/{{suite}}.{{network}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/search_thresholds/{{suite}}.{{network}}.tsv"
    conda:
        "../envs/base.yaml"
    threads: config["threshold_search"]["workers"]
    params:
        code=SEARCH_CODE,
        settings=lambda wildcards: threshold_searches.settings(wildcards.network),
        strategies=config["threshold_search"]["strategies"],
        seeds=config["threshold_search"]["seeds"],
    shell:
        "python -m workflow.steps.search_thresholds --suite {wildcards.suite} "
        "--network {wildcards.network} --strategies {params.strategies} "
        "--seeds {params.seeds} --settings {params.settings:q} "
        "--checkpoint {input.checkpoint} --dataset {input.dataset} --workers {threads} "
        "--code {params.code} --trials {output.trials} --best {output.best} "
        "--thresholds {output.thresholds} 2>&1 | tee {log} >&2"


rule hass_search_table:
    input:
        threshold_searches.files("best"),
    output:
        report(
            layout.table("hass_search"),
            caption="../report/hass_search.rst",
            category="HASS",
        ),
    log:
        f"{LOGS}/tables/hass_search.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass_search.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.search_table"),
    shell:
        "python -m workflow.studies.hass.search_table {input} --output {output} 2> {log}"


rule hass_trials_table:
    input:
        threshold_searches.files("trials"),
    output:
        report(
            layout.table("hass_trials"),
            caption="../report/hass_trials.rst",
            category="HASS",
        ),
    log:
        f"{LOGS}/tables/hass_trials.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass_trials.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.hass.trials_table"),
    shell:
        "python -m workflow.studies.hass.trials_table {input} --output {output} 2> {log}"
