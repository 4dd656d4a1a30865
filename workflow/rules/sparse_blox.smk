# Sparse-Blox (AICAS 2023): zero blocks, what skipping them saves, and what the extension adds.
BLOX_NETWORKS = config["sparse_blox"]["full_size_networks"]
BLOX_SCHEMES = ["dense", "blockwise"]
BLOX_FULL_SIZE = [
    f"{RESULTS}/traces/imagenet/{network}/{scheme}.safetensors"
    for network in BLOX_NETWORKS
    for scheme in BLOX_SCHEMES
    if scheme == "dense" or full_size.has_thresholds(network)
]
BLOX_TRACES = sorted(
    {
        *layout.traces(schemes=BLOX_SCHEMES),
        *BLOX_FULL_SIZE,
        *detectors.traces(BLOX_SCHEMES),
    }
)

if BLOX_TRACES:
    layout.tables.extend(["sparse_blox", "sparse_blox_blocks", "sparse_blox_area"])
    layout.figures["sparse_blox_gains"] = ["sparse_blox"]
    layout.claims["sparse_blox"] = ["sparse_blox_blocks", "sparse_blox_area"]

if BLOX_NETWORKS:
    layout.tables.extend(["sparse_blox_natural", "sparse_blox_sensitivity"])
    layout.figures["sparse_blox_natural"] = ["sparse_blox_natural", "claims"]
    layout.figures["sparse_blox_sensitivity"] = ["sparse_blox_sensitivity"]


rule sparse_blox_blocks_table:
    input:
        BLOX_TRACES,
    output:
        report(
            layout.table("sparse_blox_blocks"),
            caption="../report/sparse_blox_blocks.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/sparse_blox_blocks.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sparse_blox_blocks.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.tables.sparse_blox_blocks"),
    shell:
        "python -m workflow.tables.sparse_blox_blocks {input} --output {output} 2> {log}"


rule sparse_blox_table:
    input:
        BLOX_TRACES,
    output:
        report(
            layout.table("sparse_blox"),
            caption="../report/sparse_blox.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/sparse_blox.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sparse_blox.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.tables.sparse_blox",
            "sim.accelerators.sparse_blox.model",
            data=[*TECHNOLOGY, "sim/accelerators/sparse_blox/configs.yaml"],
        ),
    shell:
        "python -m workflow.tables.sparse_blox {input} --output {output} 2> {log}"


rule sparse_blox_sensitivity_table:
    input:
        # One network: the first, as it stands.
        BLOX_FULL_SIZE[:1],
    output:
        report(
            layout.table("sparse_blox_sensitivity"),
            caption="../report/sparse_blox_sensitivity.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/sparse_blox_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sparse_blox_sensitivity.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.tables.sparse_blox",
            "sim.accelerators.sparse_blox.model",
            data=[*TECHNOLOGY, "sim/accelerators/sparse_blox/configs.yaml"],
        ),
    shell:
        "python -m workflow.tables.sparse_blox {input} --sensitivity --output {output} 2> {log}"


rule sparse_blox_area_table:
    input:
        BLOX_TRACES,
    output:
        report(
            layout.table("sparse_blox_area"),
            caption="../report/sparse_blox_area.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/sparse_blox_area.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sparse_blox_area.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.tables.sparse_blox_area",
            "sim.accelerators.sparse_blox.model",
            data=["sim/accelerators/sparse_blox/configs.yaml"],
        ),
    shell:
        "python -m workflow.tables.sparse_blox_area {input} --output {output} 2> {log}"


rule sparse_blox_natural_table:
    output:
        report(
            layout.table("sparse_blox_natural"),
            caption="../report/sparse_blox_natural.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/sparse_blox_natural.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/sparse_blox_natural.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.tables.sparse_blox_natural",
            data=["models/densities/*.csv", "sim/generate/*.csv"],
            pins=TORCH,
        ),
        networks=BLOX_NETWORKS,
        settings=full_size.settings(""),  # the suite's own, no network's
    shell:
        "python -m workflow.tables.sparse_blox_natural {params.networks} "
        "--settings {params.settings:q} --output {output} 2> {log}"
