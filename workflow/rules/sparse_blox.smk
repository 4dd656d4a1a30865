# Sparse-Blox (AICAS 2023): zero blocks, what skipping them saves, and what the extension adds.
# All designs with and without a zero map: one job per (suite, network, scheme).
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
