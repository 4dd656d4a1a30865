# HASS (FPL 2024), PASS and a dense dataflow: every layer with hardware of its own, on an FPGA board.


rule explore:
    input:
        f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
    output:
        designs=f"{RESULTS}/designs/{{suite}}{{seeding}}/{{network}}/{{scheme}}_designs.csv",
        layers=f"{RESULTS}/designs/{{suite}}{{seeding}}/{{network}}/{{scheme}}_layers.csv",
    log:
        f"{LOGS}/explore/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/explore/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=digests.code(
            "workflow.studies.hass.explore_step",
        ),
        settings=as_json(plan.dataflow.settings()),
    shell:
        "python -m workflow.studies.hass.explore_step --trace {input:q} --settings {params.settings:q} "
        "--designs {output.designs:q} --layers {output.layers:q} 2> {log:q}"


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
        code=digests.code(
            "workflow.studies.hass.explore_step",
        ),
        settings=as_json(plan.dataflow.settings()),
    shell:
        "python -m workflow.studies.hass.explore_step --trace {input:q} --settings {params.settings:q} "
        "--sensitivity {output:q} 2> {log:q}"


SEARCH_CODE = digests.code(
    "workflow.steps.search_thresholds",
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
        settings=lambda wildcards: as_json(
            plan.threshold_searches.settings(wildcards.network)
        ),
        strategies=config["threshold_search"]["strategies"],
        seeds=config["threshold_search"]["seeds"],
    shell:
        "python -m workflow.steps.search_thresholds --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --strategies {params.strategies:q} "
        "--seeds {params.seeds:q} --settings {params.settings:q} "
        "--checkpoint {input.checkpoint:q} --dataset {input.dataset:q} --workers {threads} "
        "--code {params.code:q} --trials {output.trials:q} --best {output.best:q} "
        "--thresholds {output.thresholds:q} 2>&1 | tee {log:q} >&2"
