# Claims beside results. A paper's rules add its module of workflow/claims and the tables it reads.
TABLES += ["claims"]
FIGURES["claims"] = ["claims"]


rule claims_table:
    input:
        lambda _: sorted({table(name) for names in CLAIMS.values() for name in names}),
    output:
        report(table("claims"), caption="../report/claims.rst", category="Claims"),
    log:
        f"{LOGS}/tables/claims.log",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda _: module_code(
            "workflow.tables.claims",
            *(f"workflow.claims.{paper}" for paper in CLAIMS),
            data=["sim/accelerators/*/claims.yaml"],
        ),
        papers=lambda _: list(CLAIMS),
    shell:
        "python -m workflow.tables.claims {input} --papers {params.papers} "
        "--output {output} 2> {log}"
