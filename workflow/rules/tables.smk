# Tables and figures that concern every paper, and the one rule that draws any figure.
TABLES += ["accuracy", "densities", "networks", "energy", "traffic"]
FIGURES["accuracy"] = ["accuracy"]


rule accuracy_table:
    input:
        lambda _: [
            f"{RESULTS}/networks/{suite}/{network}/{scheme}.json"
            for suite, network, scheme in traces(suites=list(config["training"]))
        ],
    output:
        report(table("accuracy"), caption="../report/accuracy.rst", category="Networks"),
    log:
        f"{LOGS}/tables/accuracy.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.accuracy"),
    shell:
        "python -m workflow.tables.accuracy {input} --output {output} 2> {log}"


rule densities_table:
    input:
        lambda _: [
            f"{RESULTS}/traces/{suite}/{network}/{scheme}.safetensors"
            for suite, network, scheme in traces()
        ],
    output:
        report(
            table("densities"), caption="../report/densities.rst", category="Networks"
        ),
    log:
        f"{LOGS}/tables/densities.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.densities"),
    shell:
        "python -m workflow.tables.densities {input} --output {output} 2> {log}"


rule networks_table:
    input:
        lambda _: events(config["accelerators"]),
    output:
        report(
            table("networks"),
            caption="../report/networks.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/networks.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.networks", data=TECHNOLOGY),
        nodes=config["technology_nodes_nm"],
    shell:
        "python -m workflow.tables.networks {input} --nodes {params.nodes} "
        "--output {output} 2> {log}"


rule energy_table:
    input:
        lambda _: events(config["accelerators"]),
    output:
        report(
            table("energy"),
            caption="../report/energy.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/energy.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.energy", data=TECHNOLOGY),
        nodes=config["technology_nodes_nm"],
    shell:
        "python -m workflow.tables.energy {input} --nodes {params.nodes} "
        "--output {output} 2> {log}"


rule traffic_table:
    input:
        lambda _: events(config["accelerators"]),
    output:
        report(
            table("traffic"),
            caption="../report/traffic.rst",
            category="All accelerators",
        ),
    log:
        f"{LOGS}/tables/traffic.log",
    conda:
        "../envs/base.yaml"
    params:
        code=module_code("workflow.tables.traffic"),
    shell:
        "python -m workflow.tables.traffic {input} --output {output} 2> {log}"


rule figure:
    input:
        lambda wildcards: [table(name) for name in FIGURES[wildcards.name]],
    output:
        svg=report(
            f"{RESULTS}/figures/{{name}}.svg",
            caption="../report/figures/{name}.rst",
            category="Figures",
        ),
        png=f"{RESULTS}/figures/{{name}}.png",
    log:
        f"{LOGS}/figures/{{name}}.log",
    conda:
        "../envs/base.yaml"
    params:
        code=lambda wildcards: module_code(
            f"workflow.figures.{wildcards.name}",
            pins=("matplotlib", "seaborn", *NUMPY),
        ),
    shell:
        "python -m workflow.figures.{wildcards.name} {input} "
        "--svg {output.svg} --png {output.png} 2> {log}"
