# S2TA (HPCA 2022) and the systolic arrays it is measured against.
S2TA_ARRAYS = ["sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw"]

# A configuration without these arrays or without pruned networks has no comparison to make.
if set(S2TA_ARRAYS) <= set(config["accelerators"]) and layout.runs(schemes=["dbb"]):
    layout.tables.extend(["s2ta", "s2ta_gating"])
    layout.figures["s2ta_speedup"] = ["s2ta", "claims"]
    layout.figures["s2ta_energy"] = ["energy", "claims"]
    layout.figures["s2ta_traffic"] = ["traffic"]
    layout.figures["s2ta_gating"] = ["s2ta_gating", "claims"]
    layout.claims["workflow.studies.s2ta.claims"] = ["s2ta"]


rule s2ta_table:
    input:
        layout.events(S2TA_ARRAYS, schemes=["dbb", "dense"]),
    output:
        report(layout.table("s2ta"), caption="../report/s2ta.rst", category="S2TA"),
    log:
        f"{LOGS}/tables/s2ta.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/s2ta.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.s2ta.s2ta_table", data=TECHNOLOGY),
    shell:
        "python -m workflow.studies.s2ta.s2ta_table {input} --output {output} 2> {log}"


rule s2ta_gating_table:
    input:
        layout.points(["s2ta_gating"]),
    output:
        report(
            layout.table("s2ta_gating"),
            caption="../report/s2ta_gating.rst",
            category="S2TA",
        ),
    log:
        f"{LOGS}/tables/s2ta_gating.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/s2ta_gating.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.s2ta.gating_table", data=TECHNOLOGY),
    shell:
        "python -m workflow.studies.s2ta.gating_table {input} --output {output} 2> {log}"
