# One rule per figure that the rule files before this one have asked for: each has its own caption.
for figure, sources in layout.figures.items():

    rule:
        name:
            f"figure_{figure}"
        input:
            [layout.table(name) for name in sources],
        output:
            svg=report(
                f"{RESULTS}/figures/{figure}.svg",
                caption=f"../report/figures/{figure}.rst",
                category=layout.section(figure),
            ),
            png=f"{RESULTS}/figures/{figure}.png",
        log:
            f"{LOGS}/figures/{figure}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{figure}.tsv"
        conda:
            "../envs/base.yaml"
        params:
            code=layout.code(figure_module(figure), pins=FIGURE),
            module=figure_module(figure),
        shell:
            "python -m {params.module} {input} --svg {output.svg} --png {output.png} 2> {log}"
