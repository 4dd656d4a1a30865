# Entry point: configuration, one file of rules per stage or paper, and what `all` makes.
from snakemake.utils import min_version

min_version("9.20")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


# Only with `--profile workflow/profiles/apptainer`: the image of apptainer.def.
container: "sparsebench.sif"


include: "workflow/rules/common.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/imagenet.smk"
include: "workflow/rules/detection.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/s2ta.smk"
include: "workflow/rules/s2ta_sparse.smk"
include: "workflow/rules/sense.smk"
include: "workflow/rules/phantom.smk"
include: "workflow/rules/spex.smk"
include: "workflow/rules/detection_spex.smk"
include: "workflow/rules/sparse_blox.smk"
include: "workflow/rules/design_space.smk"
include: "workflow/rules/hass.smk"
include: "workflow/rules/footing.smk"
include: "workflow/rules/sensitivity.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/groups.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        lambda _: layout.targets(),
