# Entry point: configuration, the rules of each stage, and what `all` makes.
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.20")


# The checkout comes first, whatever else is called sim or workflow on the way.
sys.path.insert(0, workflow.basedir)

from sim.errors import UserError
from workflow.plan.config_files import default_file
from workflow.plan.scheduling import without_piled_looks

try:
    DEFAULT = default_file()
except UserError as error:
    raise WorkflowError(str(error)) from None


configfile: DEFAULT


report: "workflow/report/workflow.rst"


# Only with `--profile workflow/profiles/apptainer`: the image of apptainer.def.
container: "sparsebench.sif"


include: "workflow/rules/common.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/imagenet.smk"
include: "workflow/rules/pretrained.smk"
include: "workflow/rules/spex.smk"
include: "workflow/rules/detection.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/footing.smk"
include: "workflow/rules/sensitivity.smk"
include: "workflow/rules/dataflow.smk"
include: "workflow/rules/products.smk"


# The only one: of several, Snakemake runs the last that it reads.
onstart:
    without_piled_looks(workflow)
    # Where jobs run on other machines, those know what they have.
    if workflow.local_exec:
        try:
            plan.full_size.check_devices()
        except UserError as error:
            raise WorkflowError(str(error)) from None


localrules:
    all,


rule all:
    default_target: True
    input:
        [layout.table(table.name) for table in PRODUCTS.tables],
        [
            layout.figure(figure.name, form)
            for figure in PRODUCTS.figures
            for form in ("svg", "png")
        ],
        rules.tables_page.output,
