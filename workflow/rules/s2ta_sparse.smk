# The two sparse designs that S2TA's abstract compares with, and the Eyeriss v2 chip itself.
layout.tables.extend(["s2ta_sparse", "eyeriss_v2_chip"])
layout.claims["workflow.studies.s2ta.sparse_claims"] = ["s2ta_sparse"]


rule s2ta_sparse_table:
    input:
        layout.events(["s2ta_aw"], schemes=["dbb"]),
        layout.swept(["eyeriss_v2", "sparten"], schemes=["dbb", "magnitude"]),
    output:
        report(
            layout.table("s2ta_sparse"),
            caption="../report/s2ta_sparse.rst",
            category="S2TA",
        ),
    log:
        f"{LOGS}/tables/s2ta_sparse.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/s2ta_sparse.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.s2ta.sparse_table", data=TECHNOLOGY),
    shell:
        "python -m workflow.studies.s2ta.sparse_table {input} --output {output} 2> {log}"


rule eyeriss_v2_chip_table:
    input:
        layout.events(["eyeriss_v2"], schemes=config["compared_schemes"]),
    output:
        report(
            layout.table("eyeriss_v2_chip"),
            caption="../report/eyeriss_v2_chip.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/eyeriss_v2_chip.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/eyeriss_v2_chip.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.eyeriss_v2.chip_table",
            "sim.accelerators.eyeriss_v2.model",
            data=[
                "sim/accelerators/eyeriss_v2/**/*.csv",
                "sim/accelerators/eyeriss_v2/*.yaml",
            ],
        ),
    shell:
        "python -m workflow.studies.eyeriss_v2.chip_table {input} --output {output} 2> {log}"
