# Paper-size networks: zeros measured on a user's checkpoint and images, or modelled.
IMAGENET_INPUTS = {
    name: [
        own[key]
        for key in ("checkpoint", "image_folder", "blockwise_thresholds")
        if own.get(key)
    ]
    for name, own in config["imagenet"]["networks"].items()
}


rule imagenet_trace:
    input:
        lambda wildcards: IMAGENET_INPUTS.get(wildcards.network, []),
    output:
        trace=f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
        densities=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}_densities.csv",
        metrics=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite="imagenet",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: layout.code(
            "workflow.steps.imagenet_trace",
            f"models.compression.schemes.{wildcards.scheme}",
            data=["models/imagenet/densities/*.csv"],
            pins=TORCH,
        ),
        settings=lambda wildcards: full_size.settings(
            wildcards.network, wildcards.seeding
        ),
    shell:
        "python -m workflow.steps.imagenet_trace --network {wildcards.network} "
        "--scheme {wildcards.scheme} --settings {params.settings:q} --output {output.trace} "
        "--densities {output.densities} --metrics {output.metrics} 2> {log}"


IMAGENET_RUNS = layout.runs(suites=["imagenet"])
# Traced besides, for their zero blocks.
BLOCK_RUNS = [
    ("imagenet", network, "dense")
    for network in config["sparse_blox"]["full_size_networks"]
]
DENSITY_RUNS = list(
    dict.fromkeys([*IMAGENET_RUNS, *dataflow.runs(["imagenet"]), *BLOCK_RUNS])
)
if DENSITY_RUNS:
    layout.tables.append("density_sources")
if IMAGENET_RUNS:
    layout.tables.append("mask_structure")


rule density_sources_table:
    input:
        [
            f"{RESULTS}/networks/{suite}/{network}/{scheme}_densities.csv"
            for suite, network, scheme in DENSITY_RUNS
        ],
    output:
        report(
            layout.table("density_sources"),
            caption="../report/density_sources.rst",
            category="Networks",
        ),
    log:
        f"{LOGS}/tables/density_sources.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/density_sources.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.accuracy.density_sources_table"),
    shell:
        "python -m workflow.studies.accuracy.density_sources_table {input} --output {output} 2> {log}"


rule mask_structure_table:
    output:
        report(
            layout.table("mask_structure"),
            caption="../report/mask_structure.rst",
            category="Networks",
        ),
    log:
        f"{LOGS}/tables/mask_structure.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/mask_structure.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.accuracy.mask_structure_table",
            data=["models/imagenet/densities/*.csv", "sim/generate/*.csv"],
            pins=TORCH,
        ),
        networks=sorted({network for _, network, _ in IMAGENET_RUNS}),
        settings=full_size.settings(""),  # the suite's own, no network's
    shell:
        "python -m workflow.studies.accuracy.mask_structure_table {params.networks} "
        "--settings {params.settings:q} --output {output} 2> {log}"
