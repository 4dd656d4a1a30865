# Sparse-Blox (AICAS 2023): zero blocks, what skipping them saves, and what the extension adds.
from sim.accelerators.sparse_blox.baselines import BASELINES as BLOX_BASELINES

BLOX_NETWORKS = config["sparse_blox"]["full_size_networks"]
BLOX_SCHEMES = ["dense", "blockwise"]
BLOX_RUNS = sorted(
    {
        *layout.runs(schemes=BLOX_SCHEMES),
        *(
            ("imagenet", network, scheme)
            for network in BLOX_NETWORKS
            for scheme in BLOX_SCHEMES
            if scheme == "dense" or full_size.has_thresholds(network)
        ),
        *(
            (CANVASES, network, scheme)
            for network, scheme in detectors.runs()
            if scheme in BLOX_SCHEMES
        ),
    }
)
BLOX_DESIGNS = [*BLOX_BASELINES, *BLOX_BASELINES.values()]
BLOX_TRACES = [
    f"{RESULTS}/traces/{suite}/{network}/{scheme}.safetensors"
    for suite, network, scheme in BLOX_RUNS
]

if BLOX_TRACES:
    layout.tables.extend(["sparse_blox", "sparse_blox_blocks", "sparse_blox_area"])
    layout.figures["sparse_blox_gains"] = ["sparse_blox"]
    layout.claims["workflow.studies.sparse_blox.claims"] = [
        "sparse_blox_blocks",
        "sparse_blox_area",
    ]

if BLOX_NETWORKS:
    layout.tables.extend(["sparse_blox_natural", "sparse_blox_sensitivity"])
    layout.figures["sparse_blox_natural"] = ["sparse_blox_natural", "claims"]
    layout.figures["sparse_blox_sensitivity"] = ["sparse_blox_sensitivity"]


# All designs with and without a zero map: one job per (suite, network, scheme).
rule sparse_blox:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sparse_blox/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sparse_blox/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sparse_blox/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.simulation_code("sparse_blox"),
        designs=BLOX_DESIGNS,
    shell:
        "python -m workflow.steps.simulate --trace {input} "
        "--accelerator {params.designs} --output {output} 2> {log}"


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
        code=layout.code("workflow.studies.sparse_blox.blocks_table"),
    shell:
        "python -m workflow.studies.sparse_blox.blocks_table {input} --output {output} 2> {log}"


rule sparse_blox_table:
    input:
        [
            f"{RESULTS}/sparse_blox/{suite}/{network}/{scheme}.csv"
            for suite, network, scheme in BLOX_RUNS
        ],
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
            "workflow.studies.sparse_blox.sparse_blox_table", data=TECHNOLOGY
        ),
    shell:
        "python -m workflow.studies.sparse_blox.sparse_blox_table {input} --output {output} 2> {log}"


rule sparse_blox_sensitivity_table:
    input:
        # One network: the first, as it stands.
        [
            f"{RESULTS}/sweeps/imagenet/{network}/dense/{name}.csv"
            for network in BLOX_NETWORKS[:1]
            for name in BLOX_DESIGNS
        ],
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
            "workflow.studies.sparse_blox.sensitivity_table", data=TECHNOLOGY
        ),
    shell:
        "python -m workflow.studies.sparse_blox.sensitivity_table {input} --output {output} 2> {log}"


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
            "workflow.studies.sparse_blox.area_table",
            "sim.accelerators.sparse_blox.model",
            data=["sim/accelerators/sparse_blox/configs.yaml"],
        ),
    shell:
        "python -m workflow.studies.sparse_blox.area_table {input} --output {output} 2> {log}"


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
            "workflow.studies.sparse_blox.natural_table",
            data=["models/imagenet/densities/*.csv", "sim/generate/*.csv"],
            pins=TORCH,
        ),
        networks=BLOX_NETWORKS,
        settings=full_size.settings(""),  # the suite's own, no network's
    shell:
        "python -m workflow.studies.sparse_blox.natural_table {params.networks} "
        "--settings {params.settings:q} --output {output} 2> {log}"
