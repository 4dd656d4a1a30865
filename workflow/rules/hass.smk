# HASS (FPL 2024), PASS and a dense dataflow: every layer with hardware of its own, on an FPGA board.
if layout.designs("designs"):
    layout.tables.extend(["hass", "hass_layers", "hass_pareto"])
    layout.figures["hass_pareto"] = ["hass_pareto", "hass", "claims"]
    layout.figures["hass_intervals"] = ["hass_layers"]
    layout.claims["hass"] = ["hass"]


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
            "workflow.scripts.explore",
            "sim.accelerators.hass.model",
            data=["sim/accelerators/hass/configs.yaml", "sim/platforms/*.yaml"],
        ),
        settings=layout.dataflow(),
    shell:
        "python -m workflow.scripts.explore --trace {input} --settings {params.settings:q} "
        "--designs {output.designs} --layers {output.layers} 2> {log}"


rule hass_table:
    input:
        layout.designs("designs"),
    output:
        report(layout.table("hass"), caption="../report/hass.rst", category="HASS"),
    log:
        f"{LOGS}/tables/hass.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/hass.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.tables.hass"),
    shell:
        "python -m workflow.tables.hass {input} --output {output} 2> {log}"


rule hass_pareto_table:
    input:
        layout.designs("designs"),
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
        code=layout.code("workflow.tables.hass_pareto"),
    shell:
        "python -m workflow.tables.hass_pareto {input} --output {output} 2> {log}"


rule hass_layers_table:
    input:
        layout.designs("layers"),
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
        code=layout.code("workflow.tables.hass_layers"),
    shell:
        "python -m workflow.tables.hass_layers {input} --output {output} 2> {log}"
