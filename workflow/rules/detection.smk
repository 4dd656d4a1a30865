# YOLOv5s on canvases of real digits: trained, compressed and traced here, where configured.
from workflow.runs import CANVASES

if detectors.networks:
    layout.tables.append("detection")
    layout.pictures.extend(
        f"{RESULTS}/figures/detections.{kind}" for kind in ("svg", "png")
    )


rule canvases:
    output:
        f"{RESULTS}/datasets/{CANVASES}.safetensors",
    log:
        f"{LOGS}/dataset/{CANVASES}.log",
    benchmark:
        f"{RESULTS}/benchmarks/dataset/{CANVASES}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.steps.canvases", pins=TORCH),
        settings=detectors.canvases(),
    shell:
        "python -m workflow.steps.canvases --settings {params.settings:q} "
        "--output {output} 2> {log}"


rule train_detector:
    input:
        rules.canvases.output,
    output:
        checkpoint=f"{RESULTS}/networks/{CANVASES}/{{network}}/trained.safetensors",
        metrics=f"{RESULTS}/networks/{CANVASES}/{{network}}/trained.json",
    log:
        f"{LOGS}/train/{CANVASES}.{{network}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{CANVASES}.{{network}}.tsv"
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=layout.code("workflow.steps.train_detector", pins=[*TORCH, "pycocotools"]),
        settings=lambda wildcards: detectors.training(wildcards.network),
    shell:
        "python -m workflow.steps.train_detector --network {wildcards.network} "
        "--settings {params.settings:q} --dataset {input} "
        "--checkpoint {output.checkpoint} --metrics {output.metrics} 2> {log}"


rule compress_detector:
    input:
        checkpoint=rules.train_detector.output.checkpoint,
        dataset=rules.canvases.output,
    output:
        checkpoint=f"{RESULTS}/networks/{CANVASES}/{{network}}/{{scheme}}.safetensors",
        metrics=f"{RESULTS}/networks/{CANVASES}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/compress/{CANVASES}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/compress/{CANVASES}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        scheme="(?!trained|blockwise)[a-z0-9_]+",
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=lambda wildcards: layout.code(
            "workflow.steps.compress_detector",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=[*TORCH, "pycocotools"],
        ),
        settings=lambda wildcards: detectors.compression(
            wildcards.network, wildcards.scheme
        ),
    shell:
        "python -m workflow.steps.compress_detector --network {wildcards.network} "
        "--scheme {wildcards.scheme} --settings {params.settings:q} "
        "--checkpoint {input.checkpoint} --dataset {input.dataset} "
        "--output {output.checkpoint} --metrics {output.metrics} 2> {log}"


use rule trace as trace_detector with:
    input:
        checkpoint=rules.compress_detector.output.checkpoint,
        dataset=rules.canvases.output,
    output:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    log:
        f"{LOGS}/trace/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite=CANVASES,
    params:
        code=layout.code("workflow.steps.trace", pins=TORCH),
        settings=detectors.tracing(),


rule detection_table:
    input:
        detectors.metrics(),
    output:
        report(
            layout.table("detection"),
            caption="../report/detection.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/detection.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/detection.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.accuracy.detection_table"),
    shell:
        "python -m workflow.studies.accuracy.detection_table {input} --output {output} 2> {log}"


rule figure_detections:
    input:
        dataset=rules.canvases.output,
        checkpoints=[
            f"{RESULTS}/networks/{CANVASES}/{network}/trained.safetensors"
            for network in detectors.networks
        ],
    output:
        svg=report(
            f"{RESULTS}/figures/detections.svg",
            caption="../report/figures/detections.rst",
            category="Sparse-Blox",
        ),
        png=f"{RESULTS}/figures/detections.png",
    log:
        f"{LOGS}/figures/detections.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/detections.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.accuracy.detections_figure", pins=[*FIGURE, "torch"]
        ),
    shell:
        "python -m workflow.studies.accuracy.detections_figure {input.checkpoints} "
        "--dataset {input.dataset} --svg {output.svg} --png {output.png} 2> {log}"
