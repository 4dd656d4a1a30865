# Traces through accelerators, NumPy only: a job for each design and suite, or for the designs of a table.
for batch in batches(layout, PRODUCTS):

    rule:
        name:
            batch.rule
        input:
            batch.traces,
        output:
            batch.tables,
        log:
            f"{LOGS}/{batch.file}.log",
        benchmark:
            f"{RESULTS}/benchmarks/{batch.file}.tsv"
        priority: 1  # after a change of a design, what simulates it comes before tables of it
        group:
            "simulations"
        conda:
            "../envs/base.yaml"
        params:
            code=batch.code(digests),
            module=batch.simulation.module,
            options=batch.options,
        shell:
            "python -m {params.module:q} --trace {input:q} {params.options:q} "
            "--output {output:q} 2> {log:q}"


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
