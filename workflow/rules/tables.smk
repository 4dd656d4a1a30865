# Tables and figures that concern every paper.
layout.tables.extend(["accuracy", "densities", "networks", "energy", "traffic"])
layout.figures["accuracy"] = ["accuracy"]
layout.figures["overview"] = ["networks"]


rule accuracy_table:
    input:
        layout.metrics(),
    output:
        report(
            layout.table("accuracy"),
            caption="../report/accuracy.rst",
            category="Networks",
        ),
    log:
        f"{LOGS}/tables/accuracy.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/accuracy.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.accuracy.accuracy_table"),
    shell:
        "python -m workflow.studies.accuracy.accuracy_table {input} --output {output} 2> {log}"


rule densities_table:
    input:
        layout.traces(),
    output:
        report(
            layout.table("densities"),
            caption="../report/densities.rst",
            category="Networks",
        ),
    log:
        f"{LOGS}/tables/densities.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/densities.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.accuracy.densities_table"),
    shell:
        "python -m workflow.studies.accuracy.densities_table {input} --output {output} 2> {log}"


rule networks_table:
    input:
        layout.events(config["accelerators"], schemes=config["compared_schemes"]),
    output:
        report(
            layout.table("networks"),
            caption="../report/networks.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/networks.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/networks.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.comparison.networks_table", data=TECHNOLOGY),
        nodes=config["technology_nodes_nm"],
    shell:
        "python -m workflow.studies.comparison.networks_table {input} --nodes {params.nodes} --output {output} 2> {log}"


rule energy_table:
    input:
        layout.events(config["accelerators"], schemes=config["compared_schemes"]),
    output:
        report(
            layout.table("energy"),
            caption="../report/energy.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/energy.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/energy.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.comparison.energy_table", data=TECHNOLOGY),
        nodes=config["technology_nodes_nm"],
    shell:
        "python -m workflow.studies.comparison.energy_table {input} --nodes {params.nodes} --output {output} 2> {log}"


rule traffic_table:
    input:
        layout.events(config["accelerators"], schemes=config["compared_schemes"]),
    output:
        report(
            layout.table("traffic"),
            caption="../report/traffic.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/traffic.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/traffic.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.comparison.traffic_table"),
    shell:
        "python -m workflow.studies.comparison.traffic_table {input} --output {output} 2> {log}"


# Every table of every rule file, for a reader with a browser.
rule tables_page:
    input:
        lambda _: [layout.table(name) for name in sorted(layout.tables)],
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
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.steps.tables_page", pins=("itables", "pandas")),
    shell:
        "python -m workflow.steps.tables_page {input} --output {output} 2> {log}"
