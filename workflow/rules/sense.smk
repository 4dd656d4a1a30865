# Sense (TVLSI 2023): bytes of every layer at two batch sizes, one job per (suite, network, scheme).
rule sense_layers:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sense_layers/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sense_layers/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sense_layers/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=digests.code(
            "workflow.studies.sense.layers_step",
        ),
    shell:
        "python -m workflow.studies.sense.layers_step --trace {input:q} --output {output:q} 2> {log:q}"
