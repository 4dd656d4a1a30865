# Sense (TVLSI 2023), its ablation, a Swallow-like array and Eyeriss.
from sim.accelerators.sense.schemes import (
    ACTIVATIONS_FIRST,
    MEANT_FOR,
    REFERENCE,
    SUBJECT,
)

SENSE_SCHEMES = sorted(set(MEANT_FOR.values()))

# A configuration without these schemes has no comparison to make.
if all(layout.runs(schemes=[scheme]) for scheme in SENSE_SCHEMES):
    layout.tables.extend(
        [
            "sense",
            "sense_throughput",
            "sense_layers",
            "sense_dram",
        ]
    )
    layout.figures["sense_speedup"] = ["sense"]
    layout.figures["sense_dram"] = ["sense_layers"]
    layout.figures["sense_throughput"] = ["sense_throughput"]
    layout.claims["workflow.studies.sense.claims"] = [
        "sense",
        "sense_dram",
        "sense_throughput",
    ]


if all(layout.runs(config["sweep_suites"], schemes=[s]) for s in SENSE_SCHEMES):
    layout.tables.append("sense_sensitivity")
    layout.figures["sense_sensitivity"] = ["sense_sensitivity"]


rule sense_table:
    input:
        layout.paired(MEANT_FOR),
    output:
        report(layout.table("sense"), caption="../report/sense.rst", category="Sense"),
    log:
        f"{LOGS}/tables/sense.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sense.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sense.sense_table", data=TECHNOLOGY),
    shell:
        "python -m workflow.studies.sense.sense_table {input} --output {output} 2> {log}"


rule sense_throughput_table:
    input:
        layout.paired({SUBJECT: MEANT_FOR[SUBJECT]}),
    output:
        report(
            layout.table("sense_throughput"),
            caption="../report/sense_throughput.rst",
            category="Sense",
        ),
    log:
        f"{LOGS}/tables/sense_throughput.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sense_throughput.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.sense.throughput_table",
            data=[*TECHNOLOGY, "sim/accelerators/sense/*.yaml"],
        ),
    shell:
        "python -m workflow.studies.sense.throughput_table {input} --output {output} 2> {log}"


# Bytes of every layer at two batch sizes: one job per (suite, network, scheme).
rule sense_layers:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sense_layers/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sense_layers/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sense_layers/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.sense.layers_step",
            "sim.accelerators.sense.model",
            "sim.accelerators.eyeriss.model",
            data=[
                "sim/accelerators/sense/configs.yaml",
                "sim/accelerators/eyeriss/configs.yaml",
                "sim/accelerators/eyeriss/published/*.csv",
            ],
        ),
    shell:
        "python -m workflow.studies.sense.layers_step --trace {input} --output {output} 2> {log}"


rule sense_layers_table:
    input:
        [
            f"{RESULTS}/sense_layers/{suite}/{network}/{scheme}.csv"
            for suite, network, scheme in layout.runs(schemes=SENSE_SCHEMES)
        ],
    output:
        report(
            layout.table("sense_layers"),
            caption="../report/sense_layers.rst",
            category="Sense",
        ),
    log:
        f"{LOGS}/tables/sense_layers.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sense_layers.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sense.layers_table"),
    shell:
        "python -m workflow.studies.sense.layers_table {input} --output {output} 2> {log}"


rule sense_dram_table:
    input:
        layout.table("sense_layers"),
    output:
        report(
            layout.table("sense_dram"),
            caption="../report/sense_dram.rst",
            category="Sense",
        ),
    log:
        f"{LOGS}/tables/sense_dram.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sense_dram.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sense.dram_table"),
    shell:
        "python -m workflow.studies.sense.dram_table {input} --output {output} 2> {log}"


rule sense_sensitivity_table:
    input:
        layout.paired(
            {
                name: MEANT_FOR[name]
                for name in (SUBJECT, REFERENCE, ACTIVATIONS_FIRST)
            },
            kind="sweeps",
            suites=config["sweep_suites"],
        ),
    output:
        report(
            layout.table("sense_sensitivity"),
            caption="../report/sense_sensitivity.rst",
            category="Sense",
        ),
    log:
        f"{LOGS}/tables/sense_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sense_sensitivity.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.sense.sensitivity_table",
            data=[*TECHNOLOGY, "sim/accelerators/sense/*.yaml"],
        ),
    shell:
        "python -m workflow.studies.sense.sensitivity_table {input} --output {output} 2> {log}"
