# Traces through accelerators, NumPy only: a job for each design and suite.
for batch in batches(layout, PRODUCTS):

    rule:
        name:
            batch.rule
        input:
            batch.traces,
        output:
            batch.events,
        log:
            f"{LOGS}/simulate/{batch.suite}.{batch.accelerator}.log",
        benchmark:
            f"{RESULTS}/benchmarks/simulate/{batch.suite}.{batch.accelerator}.tsv"
        group:
            "simulations"
        conda:
            "../envs/base.yaml"
        params:
            code=digests.simulation(batch.accelerator),
            accelerator=batch.accelerator,
        shell:
            "python -m workflow.steps.simulate --trace {input:q} "
            "--accelerator {params.accelerator:q} --output {output:q} 2> {log:q}"


# A design on one trace with every parameter that lists a sweep varied, one at a time.
rule sweep:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sweeps/{{suite}}/{{network}}/{{scheme}}/{{accelerator}}.csv",
    log:
        f"{LOGS}/sweep/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sweep/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: digests.simulation(wildcards.accelerator),
    shell:
        "python -m workflow.steps.simulate --trace {input:q} --sweep "
        "--accelerator {wildcards.accelerator:q} --output {output:q} 2> {log:q}"


# The points of a configured sweep, several per job: starting one costs more than most points.
rule points:
    input:
        f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/points/{{sweep}}/{{suite}}{{seeding}}/{{network}}/{{scheme}}/{{accelerator}}/{{chunk}}.csv",
    log:
        f"{LOGS}/points/{{sweep}}/{{suite}}{{seeding}}.{{network}}.{{scheme}}.{{accelerator}}.{{chunk}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/points/{{sweep}}/{{suite}}{{seeding}}/{{network}}/{{scheme}}/{{accelerator}}/{{chunk}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: digests.simulation(wildcards.accelerator),
        points=lambda wildcards: plan.sweeps.chunk(wildcards.sweep, wildcards.chunk),
    shell:
        "python -m workflow.steps.simulate --trace {input:q} --points {params.points:q} "
        "--accelerator {wildcards.accelerator:q} --output {output:q} 2> {log:q}"


# Sense (TVLSI 2023): bytes of every layer at two batch sizes, one job per (suite, network, scheme).
rule sense_layers:
    input:
        f"{RESULTS}/traces/{{suite}}{{seeding}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sense_layers/{{suite}}{{seeding}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sense_layers/{{suite}}{{seeding}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sense_layers/{{suite}}{{seeding}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=digests.code(
            "workflow.studies.sense.layers_step",
        ),
    shell:
        "python -m workflow.studies.sense.layers_step --trace {input:q} --output {output:q} 2> {log:q}"


# Sparse-Blox (AICAS 2023): all designs with and without a zero map, one job per (suite, network, scheme).
rule sparse_blox:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/sparse_blox/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/sparse_blox/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sparse_blox/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=digests.simulation("sparse_blox"),
        designs=plan.block_skipping.designs,
    shell:
        "python -m workflow.steps.simulate --trace {input:q} "
        "--accelerator {params.designs:q} --output {output:q} 2> {log:q}"
