# Every swept parameter of every design, one at a time: one job per (suite, network, scheme).
from sim.footing import footing


rule sensitivity:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sensitivity/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sensitivity/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sensitivity/{{suite}}.{{network}}.{{scheme}}.tsv"
    priority: 1
    conda:
        "../envs/base.yaml"
    params:
        code=digests.footing("workflow.steps.simulate"),
        designs=lambda wildcards: footing().meant_for(wildcards.scheme),
    shell:
        "python -m workflow.steps.simulate --trace {input:q} --sweep "
        "--accelerator {params.designs:q} --output {output:q} 2> {log:q}"


# The same designs on zeros modelled with other settings.
rule zeros_sensitivity:
    input:
        lambda wildcards: plan.full_size.user_files(wildcards.network),
    output:
        f"{RESULTS}/zeros/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/zeros/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/zeros/{{suite}}.{{network}}.{{scheme}}.tsv"
    priority: 1
    conda:
        "../envs/base.yaml"
    params:
        code=digests.footing("workflow.studies.sensitivity.zeros_step", pins=TORCH),
        settings=lambda wildcards: as_json(plan.full_size.settings(wildcards.network)),
        sweep=as_json(plan.sensitivities.zeros()),
        pictures=lambda wildcards: plan.full_size.inputs_digest(wildcards.network),
    shell:
        "python -m workflow.studies.sensitivity.zeros_step --network {wildcards.network:q} "
        "--scheme {wildcards.scheme:q} --settings {params.settings:q} --sweep {params.sweep:q} "
        "--output {output:q} 2> {log:q}"
