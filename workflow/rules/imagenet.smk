# Paper-size networks: zeros measured on a user's checkpoint and images, or modelled.
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
        pictures=lambda wildcards: plan.full_size.pictures_digest(wildcards.network),
    shell:
        "python -m workflow.steps.imagenet_trace --network {wildcards.network:q} "
        "--scheme {wildcards.scheme:q} --settings {params.settings:q} --output {output.trace:q} "
        "--densities {output.densities:q} --metrics {output.metrics:q} 2> {log:q}"
