# Paper-size networks: zeros measured on a user's checkpoint and images, or modelled.
IMAGENET_INPUTS = {
    name: [own[key] for key in ("checkpoint", "image_folder") if own.get(key)]
    for name, own in config["imagenet"]["networks"].items()
}


rule imagenet_trace:
    input:
        lambda wildcards: IMAGENET_INPUTS.get(wildcards.network, []),
    output:
        trace=f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
        densities=f"{RESULTS}/networks/{{suite}}/{{network}}/{{scheme}}_densities.csv",
        metrics=f"{RESULTS}/networks/{{suite}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/trace/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite="imagenet",
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.scripts.imagenet_trace",
            data=["models/densities/*.csv"],
            pins=TORCH,
        ),
        settings=lambda wildcards: layout.full_size(wildcards.network),
    shell:
        "python -m workflow.scripts.imagenet_trace --network {wildcards.network} "
        "--scheme {wildcards.scheme} --settings {params.settings:q} --output {output.trace} "
        "--densities {output.densities} --metrics {output.metrics} 2> {log}"
