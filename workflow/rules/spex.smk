# Spex: block thresholds of trained networks, searched; and the scheme blockwise, which uses them.
# Progress goes to the terminal as well. Killed, it goes on where it was: see workflow/search.
rule search_spex:
    input:
        checkpoint=rules.train.output.checkpoint,
        dataset=rules.dataset.output,
    output:
        trials=f"{RESULTS}/spex/{{suite}}{{seeding}}/{{network}}/{{block}}/{{strategy}}.csv",
        thresholds=f"{RESULTS}/spex/{{suite}}{{seeding}}/{{network}}/{{block}}/{{strategy}}.yaml",
    log:
        f"{LOGS}/spex/{{suite}}{{seeding}}.{{network}}.{{block}}.{{strategy}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spex/{{suite}}{{seeding}}.{{network}}.{{block}}.{{strategy}}.tsv"
    wildcard_constraints:
        suite=TRAINED,
        block=r"\d+x\d+",
        strategy="[a-z0-9_]+",
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=digests.code("workflow.steps.search_spex", pins=[*TORCH, "optuna"]),
        settings=lambda wildcards: as_json(
            plan.spex.settings(
                wildcards.suite, wildcards.network, wildcards.block, wildcards.seeding
            )
        ),
    shell:
        "python -m workflow.steps.search_spex --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --strategy {wildcards.strategy:q} "
        "--settings {params.settings:q} --code {params.code:q} "
        "--checkpoint {input.checkpoint:q} --dataset {input.dataset:q} "
        "--trials {output.trials:q} --thresholds {output.thresholds:q} 2>&1 | tee {log:q} >&2"


use rule compress as compress_blockwise with:
    input:
        checkpoint=rules.train.output.checkpoint,
        trained=rules.train.output.metrics,
        dataset=rules.dataset.output,
        thresholds=lambda wildcards: plan.spex.thresholds(
            wildcards.suite, wildcards.network, wildcards.seeding
        ),
    wildcard_constraints:
        suite=TRAINED,
        scheme="blockwise",
    params:
        code=digests.code(
            "workflow.steps.compress",
            "models.compression.schemes.blockwise",
            pins=TORCH,
        ),
        settings=lambda wildcards: as_json(
            plan.spex.compression(
                wildcards.suite, wildcards.network, wildcards.seeding
            )
        ),
