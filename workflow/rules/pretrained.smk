# Trained networks of package indexes: pruned, repaired on unlabelled pictures, traced.
if (left_out := plan.pretrained.missing()) is not None:
    print(left_out, file=sys.stderr)


rule pretrained_trace:
    input:
        lambda wildcards: plan.pretrained.inputs(wildcards.network),
    output:
        trace=f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
        densities=f"{RESULTS}/networks/{{suite}}/{{network}}/{{scheme}}_densities.csv",
        metrics=f"{RESULTS}/networks/{{suite}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/trace/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/trace/{{suite}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite="pretrained",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: digests.code(
            "workflow.steps.imagenet_trace",
            f"models.compression.schemes.{wildcards.scheme}",
            pins=TORCH,
        ),
        settings=lambda wildcards: as_json(plan.pretrained.settings(wildcards.network)),
        pictures=lambda wildcards: plan.pretrained.inputs_digest(wildcards.network),
    shell:
        "python -m workflow.steps.imagenet_trace --suite {wildcards.suite:q} "
        "--network {wildcards.network:q} --scheme {wildcards.scheme:q} "
        "--settings {params.settings:q} --output {output.trace:q} "
        "--densities {output.densities:q} --metrics {output.metrics:q} 2> {log:q}"


# Agreement with the unpruned network: `curves` a job per (network, scheme), `budgets` per (network, method).
rule pretrained_curve:
    input:
        lambda wildcards: plan.pretrained.inputs(wildcards.network),
    output:
        f"{RESULTS}/{{kind}}/{{suite}}/{{network}}/{{scheme}}.json",
    log:
        f"{LOGS}/{{kind}}/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/{{kind}}/{{suite}}.{{network}}.{{scheme}}.tsv"
    wildcard_constraints:
        suite="pretrained",
        kind="curves|budgets",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: digests.code(
            *plan.pretrained.judging(wildcards.kind, wildcards.scheme), pins=TORCH
        ),
        settings=lambda wildcards: as_json(plan.pretrained.settings(wildcards.network)),
        varied=lambda wildcards: plan.pretrained.axes(wildcards.kind, wildcards.scheme),
        pictures=lambda wildcards: plan.pretrained.inputs_digest(wildcards.network),
    shell:
        "python -m workflow.studies.pretrained.{wildcards.kind}_step --network {wildcards.network:q} --scheme "
        "{wildcards.scheme:q} --settings {params.settings:q} --varied {params.varied:q} --output {output:q} 2> {log:q}"
