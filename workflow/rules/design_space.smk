# One table of all points of the sweeps that the configuration lists in `design_space`.
if config["design_space"]:
    layout.tables.append("design_space")
if config["design_space"] and "cluster_model" in config:
    layout.tables.append("cluster_model")
    layout.figures["cluster_model"] = ["cluster_model"]


localrules:
    design_space,


# `make design-space`: this alone, without the papers' own tables.
rule design_space:
    input:
        layout.table("design_space"),
        (
            f"{RESULTS}/figures/cluster_model.svg"
            if "cluster_model" in layout.figures
            else []
        ),


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
        code=layout.code(
            "workflow.studies.design_space.design_space_table", data=TECHNOLOGY
        ),
        nodes=config["technology_nodes_nm"],
        points=f"{RESULTS}/points",
        plan=layout.plan(config["design_space"]),
    shell:
        "python -m workflow.studies.design_space.design_space_table --points {params.points} "
        "--plan {params.plan:q} --nodes {params.nodes} --output {output} 2> {log}"


# How long thousands of such jobs would take on a cluster: modelled, from the time of these.
rule cluster_model_table:
    input:
        layout.point_benchmarks(config["design_space"]),
    output:
        report(
            layout.table("cluster_model"),
            caption="../report/cluster_model.rst",
            category="Design space",
        ),
    log:
        f"{LOGS}/tables/cluster_model.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/cluster_model.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.scaling.cluster_model_table"),
        settings=as_json(config.get("cluster_model", {})),
        benchmarks=f"{RESULTS}/benchmarks/points",
        plan=layout.plan(config["design_space"]),
    shell:
        "python -m workflow.studies.scaling.cluster_model_table --benchmarks {params.benchmarks} "
        "--plan {params.plan:q} --settings {params.settings:q} --output {output} 2> {log}"
