# What every rule file uses: the layout of files, and the configuration's own checks.
import sys
from pathlib import Path

sys.path.insert(0, workflow.basedir)

from snakemake.exceptions import WorkflowError

import sim
from sim.errors import UserError
from workflow.check_config import check_config
from workflow.layout import FIGURE, TECHNOLOGY, TORCH, Layout, as_json, figure_module
from workflow.sections.dataflow import Dataflow
from workflow.sections.detection import Detectors
from workflow.sections.imagenet import FullSize
from workflow.sections.spex import Spex
from workflow.sections.threshold_search import ThresholdSearches
from workflow.sections.training import Training
from workflow.sweeps import SEEDING

try:
    check_config(config)
except UserError as error:
    raise WorkflowError(str(error)) from None

# The checkout; in a Kubernetes job only the Snakefile is copied and the packages are the image's.
ROOT = Path(sim.__file__).parents[1]
layout = Layout(config, ROOT)
training = Training(layout)
full_size = FullSize(layout)
detectors = Detectors(layout)
spex = Spex(layout)
dataflow = Dataflow(layout)
threshold_searches = ThresholdSearches(layout)
RESULTS = layout.results
LOGS = f"{RESULTS}/logs"


# A prefix replaces Snakemake's own, which makes a step fail when any command of a pipe fails. Steps
# find sim/ and models/ from any working directory. The C library keeps freed memory: by default it
# returns every large tensor to the system, which clears it again for the next one, and steps that
# evaluate networks on many images take up to twice the processor's time.
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH='{ROOT}' "
    "MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=4294967296; "
)


wildcard_constraints:
    suite="[a-z0-9_]+",
    network="[a-z0-9_]+",
    scheme="[a-z0-9_]+",
    accelerator="[a-z0-9_]+",
    name="[a-z0-9_]+",
    sweep="[a-z0-9_]+",
    seeding=SEEDING,
    chunk=r"\d+",
