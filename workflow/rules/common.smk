# What every rule file uses: the plan of a configuration that has passed its checks.
import shlex

import sim
from workflow.plan.batches import batches
from workflow.plan.check_config import check_config
from workflow.plan.config_files import ConfigFiles
from workflow.plan.digest import TORCH
from workflow.plan.layout import as_json
from workflow.plan.name_checks import notes
from workflow.plan.plan import Plan
from workflow.plan.products import caption, products
from workflow.plan.sweeps import SEEDING
from workflow.plan.trace_jobs import modelled_traces, trained_traces

# What starts a run checks all of it; a job of a cluster, which reads this again, need not.
FIRST = workflow.is_main_process
FILES = (*workflow.configfiles, *workflow.overwrite_configfiles)
READ = ConfigFiles([Path(path) for path in FILES])
try:
    check_config(config, READ, with_settings=FIRST)
except UserError as error:
    raise WorkflowError(str(error)) from None
for note in notes(config) if FIRST else []:
    print(f"config: {note}", file=sys.stderr)

# The checkout; in a Kubernetes job only the Snakefile is copied and the packages are the image's.
ROOT = Path(sim.__file__).parents[1]
plan = Plan(config, ROOT)
layout, digests = plan.layout, plan.digests
PRODUCTS = products(plan)
RESULTS, LOGS = layout.results, f"{layout.results}/logs"


# As a shell reads it, and as Snakemake does, for which braces stand for something.
CHECKOUT = shlex.quote(str(ROOT)).replace("{", "{{").replace("}", "}}")

# Replaces Snakemake's prefix, by which a pipe fails with any of its commands. Steps find the packages
# from any folder. By default the C library returns every large tensor to the system, which clears it
# for the next: steps that evaluate networks on many images took up to twice the processor's time.
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={CHECKOUT} PYTHONSAFEPATH=1 "
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
