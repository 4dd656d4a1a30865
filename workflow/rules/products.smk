# A rule for each table and figure; its caption is its module's docstring. On a cluster all are one job.
# Snakemake evaluates a command again when the job runs: it must not name what a loop has left behind.
for table in PRODUCTS.tables:

    rule:
        name:
            f"{table.name}_table"
        input:
            read=table.inputs if table.named else [],
            named_by_options=[] if table.named else table.inputs,
        output:
            report(
                layout.table(table.name),
                caption="../report/product.rst",
                category=table.section,
            ),
        log:
            f"{LOGS}/tables/{table.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/tables/{table.name}.tsv"
        group:
            "tables"
        conda:
            "../envs/base.yaml"
        params:
            code=digests.code(table.module, *table.evaluators, pins=table.pins),
            module=table.module,
            options=table.options,
            caption=caption(table.module),
            pictures=table.pictures,
        shell:
            "python -m {params.module:q} {input.read:q} {params.options:q} "
            "--output {output:q} 2> {log:q}"


for figure in PRODUCTS.figures:

    rule:
        name:
            f"figure_{figure.name}"
        input:
            read=[*figure.inputs, *(layout.table(name) for name in figure.tables)],
            dataset=figure.dataset or [],
        output:
            svg=report(
                layout.figure(figure.name, "svg"),
                caption="../report/product.rst",
                category=figure.section,
            ),
            png=layout.figure(figure.name, "png"),
        log:
            f"{LOGS}/figures/{figure.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{figure.name}.tsv"
        group:
            "tables"
        conda:
            "../envs/base.yaml"
        params:
            code=digests.code(figure.module, pins=figure.pins),
            module=figure.module,
            caption=caption(figure.module),
            dataset=["--dataset", figure.dataset] if figure.dataset else [],
        shell:
            "python -m {params.module:q} {input.read:q} {params.dataset:q} "
            "--svg {output.svg:q} --png {output.png:q} 2> {log:q}"


# Every table, for a reader with a browser.
rule tables_page:
    input:
        sorted(layout.table(table.name) for table in PRODUCTS.tables),
    output:
        report(
            f"{RESULTS}/tables.html",
            caption="../report/tables_page.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables_page.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/tables_page.tsv"
    group:
        "tables"
    conda:
        "../envs/base.yaml"
    params:
        code=digests.code("workflow.steps.tables_page", pins=("itables", "pandas")),
    shell:
        "python -m workflow.steps.tables_page {input:q} --output {output:q} 2> {log:q}"


localrules:
    design_space,
    pretrained,


# `make pretrained`: the tables and figures of this suite alone.
rule pretrained:
    input:
        PRODUCTS.files(layout, lambda product: product.name.startswith("pretrained")),


# `make design-space`: this alone, without the papers' own tables.
rule design_space:
    input:
        PRODUCTS.files(layout, lambda product: product.section == "Design space"),
