# Every swept parameter of every design, one at a time: one job per (suite, network, scheme).
from workflow.footing import footing

SENSITIVITY_RUNS = layout.sensitivity_runs()
if SENSITIVITY_RUNS:
    layout.tables.extend(["sensitivity", "sensitivity_spans"])
    layout.figures["sensitivity"] = ["sensitivity_spans"]


rule sensitivity:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sensitivity/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sensitivity/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sensitivity/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.footing_code("workflow.steps.simulate"),
        designs=lambda wildcards: footing().meant_for(wildcards.scheme),
    shell:
        "python -m workflow.steps.simulate --trace {input} --sweep "
        "--accelerator {params.designs} --output {output} 2> {log}"


# The same designs on zeros modelled with other settings.
rule zeros_sensitivity:
    output:
        f"{RESULTS}/zeros/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/zeros/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/zeros/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.footing_code("workflow.studies.sensitivity.zeros_step", pins=TORCH),
        tables=layout.code(
            "models.imagenet.modelled", data=["models/imagenet/densities/*.csv"]
        ),
        settings=lambda wildcards: full_size.settings(wildcards.network),
        sweep=as_json(config.get("zeros", {})),
    shell:
        "python -m workflow.studies.sensitivity.zeros_step --network {wildcards.network} "
        "--scheme {wildcards.scheme} --settings {params.settings:q} --sweep {params.sweep:q} "
        "--output {output} 2> {log}"


rule sensitivity_table:
    input:
        [
            f"{RESULTS}/{kind}/{suite}/{network}/{scheme}.csv"
            for kind, runs in (
                ("sensitivity", SENSITIVITY_RUNS),
                ("zeros", layout.zeros_runs()),
            )
            for suite, network, scheme in runs
        ],
    output:
        report(
            layout.table("sensitivity"),
            caption="../report/sensitivity.rst",
            category="Sensitivity",
        ),
    log:
        f"{LOGS}/tables/sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sensitivity.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.sensitivity.sensitivity_table",
            data=[*TECHNOLOGY, *FOOTING, "sim/accelerators/*/configs.yaml"],
        ),
    shell:
        "python -m workflow.studies.sensitivity.sensitivity_table {input} --output {output} 2> {log}"


rule sensitivity_spans_table:
    input:
        layout.table("sensitivity"),
    output:
        report(
            layout.table("sensitivity_spans"),
            caption="../report/sensitivity_spans.rst",
            category="Sensitivity",
        ),
    log:
        f"{LOGS}/tables/sensitivity_spans.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sensitivity_spans.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sensitivity.spans_table"),
    shell:
        "python -m workflow.studies.sensitivity.spans_table {input} --output {output} 2> {log}"
