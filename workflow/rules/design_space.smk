# One table of all points of the sweeps that the configuration lists in `design_space`.
if config["design_space"]:
    layout.tables.append("design_space")


localrules:
    design_space,


# `make design-space`: this alone, without the papers' own tables.
rule design_space:
    input:
        layout.table("design_space"),


rule design_space_table:
    input:
        layout.points(config["design_space"]),
    output:
        report(
            layout.table("design_space"),
            caption="../report/design_space.rst",
            category="Design space",
        ),
    log:
        f"{LOGS}/tables/design_space.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/design_space.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.tables.design_space", data=TECHNOLOGY),
        nodes=config["technology_nodes_nm"],
        plan=layout.plan(config["design_space"]),
    shell:
        "python -m workflow.tables.design_space --plan {params.plan:q} --nodes {params.nodes} "
        "--output {output} 2> {log}"
