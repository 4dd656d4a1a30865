# Paper-size networks: zeros measured on a user's checkpoint and images, or modelled for a scheme that no product
# needs (rules below make the others).
rule imagenet_trace:
    input:
        lambda wildcards: plan.full_size.user_files(wildcards.network),
    output:
        trace=f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
        densities=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}_densities.csv",
        metrics=f"{RESULTS}/networks/{{suite}}{{seeding}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite="imagenet",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: digests.code(
            "workflow.steps.imagenet_trace",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=TORCH,
        ),
        settings=lambda wildcards: as_json(
            plan.full_size.settings(wildcards.network, wildcards.seeding)
        ),
        pictures=lambda wildcards: plan.full_size.inputs_digest(wildcards.network),
        state=lambda wildcards: plan.full_size.state_option(
            wildcards.network, wildcards.scheme, wildcards.seeding
        ),
    shell:
        "python -m workflow.steps.imagenet_trace --network {wildcards.network:q} "
        "--scheme {wildcards.scheme:q} --settings {params.settings:q} --output {output.trace:q} "
        "--densities {output.densities:q} --metrics {output.metrics:q} {params.state:q} 2> {log:q}"


# All traces of a network with modelled zeros that products need.
for job in modelled_traces(plan, PRODUCTS):

    rule:
        name:
            job.rule
        input:
            plan.full_size.user_files(job.network),
        output:
            traces=job.traces,
            densities=job.densities,
            metrics=job.metrics,
        log:
            f"{LOGS}/trace/{job.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/trace/{job.name}.tsv"
        group:
            "modelled"
        conda:
            "../envs/base.yaml"
        resources:
            mem_mb=lambda wildcards, attempt: 3000 * attempt,
        params:
            code=digests.code("workflow.steps.imagenet_trace", *job.modules, pins=TORCH),
            settings=as_json(plan.full_size.settings(job.network, job.seeding)),
            pictures=lambda wildcards, network=job.network: plan.full_size.inputs_digest(
                network
            ),
            names=job.options,
        shell:
            "python -m workflow.steps.imagenet_trace {params.names:q} "
            "--settings {params.settings:q} --output {output.traces:q} "
            "--densities {output.densities:q} --metrics {output.metrics:q} 2> {log:q}"


# Networks that are fine-tuned on a user's pictures: rules of their own, so that a cluster gives them
# time, and a GPU to those alone that ask for one.
if on_processors := plan.full_size.fine_tuned(on_gpu=False):

    use rule imagenet_trace as imagenet_fine_tuning with:
        wildcard_constraints:
            suite="imagenet",
            network="|".join(on_processors),
        threads: lambda wildcards: plan.full_size.threads(wildcards.network)

    ruleorder: imagenet_fine_tuning > imagenet_trace


if on_gpus := plan.full_size.fine_tuned(on_gpu=True):

    use rule imagenet_trace as imagenet_fine_tuning_on_gpu with:
        wildcard_constraints:
            suite="imagenet",
            network="|".join(on_gpus),
        threads: lambda wildcards: plan.full_size.threads(wildcards.network)
        resources:
            gpu=1,

    ruleorder: imagenet_fine_tuning_on_gpu > imagenet_trace
