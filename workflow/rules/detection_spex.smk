# Spex on the detectors: thresholds by mAP, and the scheme blockwise, which uses them.
use rule search_spex as search_spex_detector with:
    input:
        checkpoint=rules.train_detector.output.checkpoint,
        dataset=rules.canvases.output,
    wildcard_constraints:
        suite=CANVASES,
        block=r"\d+x\d+",
        strategy="[a-z0-9_]+",


rule compress_detector_blockwise:
    input:
        checkpoint=rules.train_detector.output.checkpoint,
        dataset=rules.canvases.output,
        thresholds=lambda wildcards: spex.thresholds(CANVASES, wildcards.network),
    output:
        checkpoint=f"{RESULTS}/networks/{CANVASES}/{{network}}/blockwise.safetensors",
        metrics=f"{RESULTS}/networks/{CANVASES}/{{network}}/blockwise.json",
    log:
        f"{LOGS}/compress/{CANVASES}.{{network}}.blockwise.log",
    benchmark:
        f"{RESULTS}/benchmarks/compress/{CANVASES}.{{network}}.blockwise.tsv"
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=layout.code(
            "workflow.scripts.compress_detector",
            "models.compression.blockwise",
            pins=[*TORCH, "pycocotools"],
        ),
        settings=lambda wildcards: detectors.blockwise(wildcards.network),
    shell:
        "python -m workflow.scripts.compress_detector --network {wildcards.network} "
        "--scheme blockwise --settings {params.settings:q} "
        "--checkpoint {input.checkpoint} --dataset {input.dataset} "
        "--output {output.checkpoint} --metrics {output.metrics} 2> {log}"
