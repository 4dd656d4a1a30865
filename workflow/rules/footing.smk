# Every design on one footing (workflow/footing/designs.yaml): one job per (suite, network, scheme).
if layout.footing_runs():
    layout.tables.extend(
        ["footing", "footing_designs", "losses", "energy_bases", "component_area"]
    )
    layout.figures["footing_speedup"] = ["footing"]
    layout.figures["footing_sizes"] = ["footing"]
    layout.figures["footing_pareto"] = ["footing"]
    layout.figures["roofline"] = ["footing"]
    layout.figures["losses"] = ["losses"]

FOOTING = ["workflow/footing/designs.yaml", "workflow/schemas/footing.schema.json"]
# Inventories and models are imported by the name of their design.
COMPONENTS = [
    "sim/technology/*",
    "sim/accelerators/*/*.py",
    "sim/accelerators/*/configs.yaml",
    *FOOTING,
]


rule footing:
    input:
        f"{RESULTS}/traces/{{suite}}/{{network}}/{{scheme}}.safetensors",
    output:
        f"{RESULTS}/footing/{{suite}}/{{network}}/{{scheme}}.csv",
    log:
        f"{LOGS}/footing/{{suite}}.{{network}}.{{scheme}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/footing/{{suite}}.{{network}}.{{scheme}}.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.footing_code(),
        configured=lambda wildcards: layout.configured_with_footing(wildcards.scheme),
    shell:
        "python -m workflow.steps.footing --trace {input} "
        "--configured {params.configured} --output {output} 2> {log}"


rule footing_table:
    input:
        layout.footing_files(),
        layout.configured_files(),
    output:
        report(
            layout.table("footing"),
            caption="../report/footing.rst",
            category="Equal footing",
        ),
    log:
        f"{LOGS}/tables/footing.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/footing.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.footing.footing_table", data=[*TECHNOLOGY, *FOOTING]
        ),
    shell:
        "python -m workflow.studies.footing.footing_table {input} --output {output} 2> {log}"


rule footing_designs_table:
    output:
        report(
            layout.table("footing_designs"),
            caption="../report/footing_designs.rst",
            category="Equal footing",
        ),
    log:
        f"{LOGS}/tables/footing_designs.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/footing_designs.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.footing.designs_table",
            data=[*FOOTING, "sim/accelerators/*/configs.yaml"],
        ),
    shell:
        "python -m workflow.studies.footing.designs_table --output {output} 2> {log}"


rule losses_table:
    input:
        layout.footing_files(),
    output:
        report(
            layout.table("losses"),
            caption="../report/losses.rst",
            category="Equal footing",
        ),
    log:
        f"{LOGS}/tables/losses.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/losses.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.footing.losses_table", data=FOOTING),
    shell:
        "python -m workflow.studies.footing.losses_table {input} --output {output} 2> {log}"


rule energy_bases_table:
    input:
        layout.footing_files(),
    output:
        report(
            layout.table("energy_bases"),
            caption="../report/energy_bases.rst",
            category="Equal footing",
        ),
    log:
        f"{LOGS}/tables/energy_bases.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/energy_bases.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.basis.bases_table", data=COMPONENTS),
    shell:
        "python -m workflow.studies.basis.bases_table {input} --output {output} 2> {log}"


rule component_area_table:
    output:
        report(
            layout.table("component_area"),
            caption="../report/component_area.rst",
            category="Equal footing",
        ),
    log:
        f"{LOGS}/tables/component_area.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/component_area.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.basis.area_table", data=COMPONENTS),
    shell:
        "python -m workflow.studies.basis.area_table --output {output} 2> {log}"
