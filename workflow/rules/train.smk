# Networks that are trained, compressed and traced here.
TRAINED = "|".join(config["training"])


rule dataset:
    output:
        f"{RESULTS}/datasets/{{suite}}{{seeding}}.safetensors",
    log:
        f"{LOGS}/dataset/{{suite}}{{seeding}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/dataset/{{suite}}{{seeding}}.tsv"
    wildcard_constraints:
        suite=TRAINED,
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.steps.dataset", pins=TORCH),
        seed=lambda wildcards: layout.seed(wildcards.seeding),
    shell:
        "python -m workflow.steps.dataset --suite {wildcards.suite} "
        "--seed {params.seed} --output {output} 2> {log}"


rule train:
    input:
        rules.dataset.output,
    output:
        checkpoint=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/trained.safetensors",
        metrics=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/trained.json",
    log:
        f"{LOGS}/train/{{suite}}{{seeding}}.{{network}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{suite}}{{seeding}}.{{network}}.tsv"
    wildcard_constraints:
        suite=TRAINED,
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=layout.code("workflow.steps.train", pins=TORCH),
        settings=lambda wildcards: training.settings(
            wildcards.suite, wildcards.network, wildcards.seeding
        ),
    shell:
        "python -m workflow.steps.train --suite {wildcards.suite} "
        "--network {wildcards.network} --settings {params.settings:q} --dataset {input} "
        "--checkpoint {output.checkpoint} --metrics {output.metrics} 2> {log}"


rule compress:
    input:
        checkpoint=rules.train.output.checkpoint,
        dataset=rules.dataset.output,
    output:
        checkpoint=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
        metrics=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/compress/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/compress/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite=TRAINED,
        scheme="(?!trained|blockwise)[a-z0-9_]+",
    conda:
        "../envs/base.yaml"
    threads: config["threads"]
    params:
        code=lambda wildcards: layout.code(
            "workflow.steps.compress",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=TORCH,
        ),
        settings=lambda wildcards: training.compression(
            wildcards.suite, wildcards.network, wildcards.scheme, wildcards.seeding
        ),
    shell:
        "python -m workflow.steps.compress --suite {wildcards.suite} "
        "--network {wildcards.network} --scheme {wildcards.scheme} "
        "--settings {params.settings:q} --checkpoint {input.checkpoint} "
        "--dataset {input.dataset} --output {output.checkpoint} --metrics {output.metrics} 2> {log}"


rule trace:
    input:
        checkpoint=rules.compress.output.checkpoint,
        dataset=rules.dataset.output,
    output:
        f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
    log:
        f"{LOGS}/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite=TRAINED,
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.steps.trace", pins=TORCH),
        settings=training.tracing(),
    shell:
        "python -m workflow.steps.trace --suite {wildcards.suite} "
        "--network {wildcards.network} --scheme {wildcards.scheme} "
        "--settings {params.settings:q} --checkpoint {input.checkpoint} "
        "--dataset {input.dataset} --output {output} 2> {log}"
