# Claims beside results. A paper's rules add the module that evaluates them and the tables it reads.
layout.tables.extend(["claims", "claims_summary"])
layout.figures["claims"] = ["claims"]


rule claims_table:
    input:
        lambda _: sorted(
            {
                layout.table(name)
                for names in [*layout.claims.values(), ["accuracy"]]
                for name in names
            }
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
            "workflow.studies.claims.claims_table",
            *layout.claims,
            data=["sim/accelerators/*/claims.yaml"],
        ),
        modules=lambda _: list(layout.claims),
    shell:
        "python -m workflow.studies.claims.claims_table {input} --modules {params.modules} "
        "--output {output} 2> {log}"


rule claims_summary_table:
    input:
        layout.table("claims"),
    output:
        report(
            layout.table("claims_summary"),
            caption="../report/claims_summary.rst",
            category="Claims",
        ),
    log:
        f"{LOGS}/tables/claims_summary.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/claims_summary.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.claims.summary_table",
            data=["sim/accelerators/*/claims.yaml"],
        ),
    shell:
        "python -m workflow.studies.claims.summary_table {input} --output {output} 2> {log}"
