# Every design on one footing (sim/footing/designs.yaml): one job per (suite, network, scheme).
rule footing:
    input:
        f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/footing/{{suite}}{{seeding}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/footing/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/footing/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    priority: 1
    conda:
        "../envs/base.yaml"
    params:
        code=digests.footing(),
        configured=lambda wildcards: plan.footing.added_as_configured(wildcards.scheme),
    shell:
        "python -m workflow.steps.footing --trace {input:q} "
        "--configured {params.configured:q} --output {output:q} 2> {log:q}"
