# S2TA (HPCA 2022) and the systolic arrays it is measured against.
S2TA = ["sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw"]
TABLES += ["s2ta"]
FIGURES["s2ta_speedup"] = ["s2ta"]
FIGURES["s2ta_energy"] = ["energy"]
FIGURES["s2ta_traffic"] = ["traffic"]
CLAIMS["s2ta"] = ["s2ta"]


rule s2ta_table:
    input:
        lambda _: events(S2TA, schemes=["dbb", "dense"]),
    output:
        report(table("s2ta"), caption="../report/s2ta.rst", category="S2TA"),
    log:
        f"{LOGS}/tables/s2ta.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.s2ta", data=TECHNOLOGY),
    shell:
        "python -m workflow.tables.s2ta {input} --output {output} 2> {log}"
