# Phantom-2D and the designs it is measured against, on magnitude-pruned networks.
from sim.registry import configurations

PHANTOM_SCHEME = ["magnitude"]
PHANTOM_DESIGNS = [
    name
    for name in (
        "phantom_2d",
        "scnn",
        "sparten",
        "sparten_gb_s",
        "sparten_no_balancing",
        "eyeriss_v2",
        "dense_ideal",
        "dense_mapped",
    )
    if name in configurations()
]
PHANTOM_NETWORKS = ["vgg16", "mobilenet_v1"]

if layout.runs(schemes=PHANTOM_SCHEME, networks=PHANTOM_NETWORKS):
    layout.tables.extend(["phantom", "phantom_layers", "phantom_idle"])
    layout.figures["phantom_speedup"] = ["phantom"]
    layout.figures["phantom_gains"] = ["phantom", "claims"]
    layout.figures["phantom_layers"] = ["phantom_layers"]
    layout.figures["phantom_idle"] = ["phantom_idle"]
    layout.claims["workflow.studies.phantom.claims"] = ["phantom"]
if layout.runs(config["sweep_suites"], PHANTOM_NETWORKS, PHANTOM_SCHEME):
    layout.tables.append("phantom_sensitivity")
    layout.figures["phantom_sensitivity"] = ["phantom_sensitivity"]


rule phantom_table:
    input:
        layout.events(PHANTOM_DESIGNS, schemes=PHANTOM_SCHEME),
    output:
        report(
            layout.table("phantom"),
            caption="../report/phantom.rst",
            category="Phantom-2D",
        ),
    log:
        f"{LOGS}/tables/phantom.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/phantom.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.phantom.phantom_table", data=TECHNOLOGY),
    shell:
        "python -m workflow.studies.phantom.phantom_table {input} --output {output} 2> {log}"


rule phantom_layers_table:
    input:
        layout.events(PHANTOM_DESIGNS, schemes=PHANTOM_SCHEME),
    output:
        report(
            layout.table("phantom_layers"),
            caption="../report/phantom_layers.rst",
            category="Phantom-2D",
        ),
    log:
        f"{LOGS}/tables/phantom_layers.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/phantom_layers.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.phantom.layers_table"),
    shell:
        "python -m workflow.studies.phantom.layers_table {input} --output {output} 2> {log}"


rule phantom_idle_table:
    input:
        layout.events(PHANTOM_DESIGNS, schemes=PHANTOM_SCHEME),
    output:
        report(
            layout.table("phantom_idle"),
            caption="../report/phantom_idle.rst",
            category="Phantom-2D",
        ),
    log:
        f"{LOGS}/tables/phantom_idle.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/phantom_idle.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code("workflow.studies.phantom.idle_table"),
    shell:
        "python -m workflow.studies.phantom.idle_table {input} --output {output} 2> {log}"


rule phantom_sensitivity_table:
    input:
        layout.events(
            ["phantom_2d"],
            kind="sweeps",
            suites=config["sweep_suites"],
            networks=PHANTOM_NETWORKS,
            schemes=PHANTOM_SCHEME,
        ),
    output:
        report(
            layout.table("phantom_sensitivity"),
            caption="../report/phantom_sensitivity.rst",
            category="Phantom-2D",
        ),
    log:
        f"{LOGS}/tables/phantom_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/tables/phantom_sensitivity.tsv"
    conda:
        "../envs/base.yaml"
    params:
        code=layout.code(
            "workflow.studies.phantom.sensitivity_table",
            data=["sim/accelerators/phantom/configs.yaml"],
        ),
    shell:
        "python -m workflow.studies.phantom.sensitivity_table {input} --output {output} 2> {log}"
