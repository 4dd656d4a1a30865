# YOLOv5s on canvases of real digits: trained, compressed and traced here, where configured.
from workflow.plan.runs import CANVASES


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
        code=digests.code("workflow.steps.canvases", pins=TORCH),
        settings=as_json(plan.detectors.canvases()),
    shell:
        "python -m workflow.steps.canvases --settings {params.settings:q} "
        "--output {output:q} 2> {log:q}"


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
        code=digests.code("workflow.steps.train_detector", pins=[*TORCH, "pycocotools"]),
        settings=lambda wildcards: as_json(plan.detectors.training(wildcards.network)),
    shell:
        "python -m workflow.steps.train_detector --network {wildcards.network:q} "
        "--settings {params.settings:q} --dataset {input:q} "
        "--checkpoint {output.checkpoint:q} --metrics {output.metrics:q} 2> {log:q}"


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
        code=lambda wildcards: digests.code(
            "workflow.steps.compress_detector",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=[*TORCH, "pycocotools"],
        ),
        settings=lambda wildcards: as_json(
            plan.detectors.compression(wildcards.network, wildcards.scheme)
        ),
    shell:
        "python -m workflow.steps.compress_detector --network {wildcards.network:q} "
        "--scheme {wildcards.scheme:q} --settings {params.settings:q} "
        "--checkpoint {input.checkpoint:q} --dataset {input.dataset:q} "
        "--output {output.checkpoint:q} --metrics {output.metrics:q} 2> {log:q}"


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
        code=digests.code("workflow.steps.trace", pins=TORCH),
        settings=as_json(plan.detectors.tracing()),


# Spex on the detectors: thresholds by mAP, and the scheme blockwise, which uses them.
use rule search_spex as search_spex_detector with:
    input:
        checkpoint=rules.train_detector.output.checkpoint,
        dataset=rules.canvases.output,
    wildcard_constraints:
        suite=CANVASES,
        block=r"\d+x\d+",
        strategy="[a-z0-9_]+",


use rule compress_detector as compress_detector_blockwise with:
    input:
        checkpoint=rules.train_detector.output.checkpoint,
        dataset=rules.canvases.output,
        thresholds=lambda wildcards: plan.spex.thresholds(CANVASES, wildcards.network),
    wildcard_constraints:
        scheme="blockwise",
    params:
        code=digests.code(
            "workflow.steps.compress_detector",
            "models.compression.schemes.blockwise",
            pins=[*TORCH, "pycocotools"],
        ),
        settings=lambda wildcards: as_json(plan.detectors.blockwise(wildcards.network)),
