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
        thresholds=lambda wildcards: spex.thresholds(CANVASES, wildcards.network),
    wildcard_constraints:
        scheme="blockwise",
    params:
        code=layout.code(
            "workflow.steps.compress_detector",
            "models.compression.schemes.blockwise",
            pins=[*TORCH, "pycocotools"],
        ),
        settings=lambda wildcards: detectors.blockwise(wildcards.network),
