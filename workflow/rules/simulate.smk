# Traces through accelerators: one job per (suite, network, scheme, accelerator), NumPy only.
rule simulate:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/events/{{suite}}/{{network}}/{{scheme}}/{{accelerator}}.csv",
    log:
        f"{LOGS}/simulate/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/simulate/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: layout.simulation_code(wildcards.accelerator),
    shell:
        "python -m workflow.scripts.simulate --trace {input} "
        "--accelerator {wildcards.accelerator} --output {output} 2> {log}"


# The same with every parameter that lists a sweep varied, one at a time.
rule sweep:
    input:
        rules.simulate.input,
    output:
        f"{RESULTS}/sweeps/{{suite}}/{{network}}/{{scheme}}/{{accelerator}}.csv",
    log:
        f"{LOGS}/sweep/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sweep/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: layout.simulation_code(wildcards.accelerator),
    shell:
        "python -m workflow.scripts.simulate --trace {input} --sweep "
        "--accelerator {wildcards.accelerator} --output {output} 2> {log}"


# The same with the parameters of the configured grid varied jointly.
rule grid:
    input:
        rules.simulate.input,
    output:
        f"{RESULTS}/grids/{{suite}}/{{network}}/{{scheme}}/{{accelerator}}.csv",
    log:
        f"{LOGS}/grid/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/grid/{{suite}}.{{network}}.{{scheme}}.{{accelerator}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: layout.simulation_code(wildcards.accelerator),
        grid=layout.grid(),
    shell:
        "python -m workflow.scripts.simulate --trace {input} --grid {params.grid:q} "
        "--accelerator {wildcards.accelerator} --output {output} 2> {log}"
