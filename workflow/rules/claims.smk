# Claims beside results. A paper's rules add its module of workflow/claims and the tables it reads.
layout.tables.append("claims")
layout.figures["claims"] = ["claims"]


rule claims_table:
    input:
        lambda _: sorted(
            {layout.table(name) for names in layout.claims.values() for name in names}
        ),
    output:
        report(
            layout.table("claims"), caption="../report/claims.rst", category="Claims"
        ),
    log:
        f"{LOGS}/tables/claims.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/claims.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=lambda _: layout.code(
            "workflow.tables.claims",
            *(f"workflow.claims.{paper}" for paper in layout.claims),
            data=["sim/accelerators/*/claims.yaml"],
        ),
        papers=lambda _: list(layout.claims),
    shell:
        "python -m workflow.tables.claims {input} --papers {params.papers} "
        "--output {output} 2> {log}"
