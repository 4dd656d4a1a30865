# Spex: block thresholds of trained networks, searched; and the scheme blockwise, which uses them.
if spex.searches():
    layout.tables.extend(["spex", "spex_front"])
    layout.figures["spex_front"] = ["spex_front", "claims"]


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
        code=layout.code("workflow.steps.search_spex", pins=[*TORCH, "optuna"]),
        settings=lambda wildcards: spex.settings(
            wildcards.suite, wildcards.network, wildcards.block, wildcards.seeding
        ),
    shell:
        "python -m workflow.steps.search_spex --suite {wildcards.suite} "
        "--network {wildcards.network} --strategy {wildcards.strategy} "
        "--settings {params.settings:q} --code {params.code} "
        "--checkpoint {input.checkpoint} --dataset {input.dataset} "
        "--trials {output.trials} --thresholds {output.thresholds} 2>&1 | tee {log} >&2"


use rule compress as compress_blockwise with:
    input:
        checkpoint=rules.train.output.checkpoint,
        dataset=rules.dataset.output,
        thresholds=lambda wildcards: spex.thresholds(
            wildcards.suite, wildcards.network, wildcards.seeding
        ),
    wildcard_constraints:
        suite=TRAINED,
        scheme="blockwise",
    params:
        code=layout.code(
            "workflow.steps.compress",
            "models.compression.schemes.blockwise",
            pins=TORCH,
        ),
        settings=lambda wildcards: spex.compression(
            wildcards.suite, wildcards.network, wildcards.seeding
        ),


rule spex_table:
    input:
        spex.files(),
    output:
        report(
            layout.table("spex"), caption="../report/spex.rst", category="Sparse-Blox"
        ),
    log:
        f"{LOGS}/tables/spex.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/spex.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sparse_blox.spex_table"),
    shell:
        "python -m workflow.studies.sparse_blox.spex_table {input} --output {output} 2> {log}"


rule spex_front_table:
    input:
        spex.files(),
    output:
        report(
            layout.table("spex_front"),
            caption="../report/spex_front.rst",
            category="Sparse-Blox",
        ),
    log:
        f"{LOGS}/tables/spex_front.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/spex_front.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.sparse_blox.spex_table"),
    shell:
        "python -m workflow.studies.sparse_blox.spex_table {input} --front --output {output} 2> {log}"
