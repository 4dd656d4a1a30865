# Networks that are trained, compressed and traced here.
TRAINED = "|".join(config["training"])


rule dataset:
    input:
        lambda wildcards: plan.training.files(wildcards.suite),
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
        code=lambda wildcards: plan.dataset_code(wildcards.suite),
        seed=lambda wildcards: layout.seed(wildcards.seeding),
        folder=lambda wildcards: plan.training.folder_option(wildcards.suite),
    shell:
        "python -m workflow.steps.dataset --suite {wildcards.suite:q} "
        "--seed {params.seed:q} {params.folder:q} --output {output:q} 2> {log:q}"


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
        code=digests.code("workflow.steps.train", pins=TORCH),
        settings=lambda wildcards: as_json(
            plan.training.settings(
                wildcards.suite, wildcards.network, wildcards.seeding
            )
        ),
    shell:
        "python -m workflow.steps.train --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --settings {params.settings:q} --dataset {input:q} "
        "--checkpoint {output.checkpoint:q} --metrics {output.metrics:q} 2> {log:q}"


rule compress:
    input:
        checkpoint=rules.train.output.checkpoint,
        trained=rules.train.output.metrics,
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
        code=lambda wildcards: digests.code(
            "workflow.steps.compress",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=TORCH,
        ),
        settings=lambda wildcards: as_json(
            plan.training.compression(
                wildcards.suite, wildcards.network, wildcards.scheme, wildcards.seeding
            )
        ),
    shell:
        "python -m workflow.steps.compress --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --scheme {wildcards.scheme:q} "
        "--settings {params.settings:q} --checkpoint {input.checkpoint:q} --trained {input.trained:q} "
        "--dataset {input.dataset:q} --output {output.checkpoint:q} --metrics {output.metrics:q} 2> {log:q}"


# All traces of a network that products need; rule `trace` makes any other that is asked for by its path.
for job in trained_traces(plan, PRODUCTS):

    rule:
        name:
            job.rule
        input:
            checkpoints=job.checkpoints,
            dataset=job.dataset,
        output:
            job.traces,
        log:
            f"{LOGS}/trace/{job.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/trace/{job.name}.tsv"
        conda:
            "../envs/base.yaml"
        params:
            code=digests.code("workflow.steps.trace", pins=TORCH),
            settings=as_json(plan.training.tracing()),
            names=job.options,
        shell:
            "python -m workflow.steps.trace {params.names:q} --settings {params.settings:q} "
            "--checkpoint {input.checkpoints:q} --dataset {input.dataset:q} --output {output:q} 2> {log:q}"


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
        code=digests.code("workflow.steps.trace", pins=TORCH),
        settings=as_json(plan.training.tracing()),
    shell:
        "python -m workflow.steps.trace --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --scheme {wildcards.scheme:q} "
        "--settings {params.settings:q} --checkpoint {input.checkpoint:q} "
        "--dataset {input.dataset:q} --output {output:q} 2> {log:q}"
