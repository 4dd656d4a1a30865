# Names of files, digests of code and the lists that the papers' rule files extend.
import json
import os
import sys
from pathlib import Path

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)  # steps find sim/ and models/ from any directory

from workflow.dependencies import code_digest

RESULTS = config["results_dir"]
LOGS = f"{RESULTS}/logs"
# What `all` makes; the papers' rule files add to these.
TABLES: list[str] = []
# figure name -> names of the tables it is drawn from
FIGURES: dict[str, list[str]] = dict()
# module of workflow/claims -> names of the tables it reads
CLAIMS: dict[str, list[str]] = dict()

# Read, besides code, by what computes energy.
TECHNOLOGY = ["sim/technology/*.yaml"]
NUMPY = ("numpy", "pandas")
TORCH = ("torch", "numpy", "scikit-learn")


wildcard_constraints:
    suite="[a-z0-9_]+",
    network="[a-z0-9_]+",
    scheme="[a-z0-9_]+",
    accelerator="[a-z0-9_]+",
    name="[a-z0-9_]+",


def table(name):
    return f"{RESULTS}/tables/{name}.csv"


def traces(suites=None, networks=None, schemes=None):
    """(suite, network, scheme) of every configured run that matches."""
    return [
        (run["suite"], network, scheme)
        for run in config["runs"]
        for network in run["networks"]
        for scheme in run["schemes"]
        if (suites is None or run["suite"] in suites)
        and (networks is None or network in networks)
        and (schemes is None or scheme in schemes)
    ]


def events(accelerators, kind="events", **selection):
    """Event files of the given accelerators on the selected traces."""
    return [
        f"{RESULTS}/{kind}/{suite}/{network}/{scheme}/{accelerator}.csv"
        for suite, network, scheme in traces(**selection)
        for accelerator in accelerators
    ]


def all_targets(_):
    figures = [
        f"{RESULTS}/figures/{name}.{kind}"
        for name in FIGURES
        for kind in ("svg", "png")
    ]
    return [table(name) for name in TABLES] + figures


def module_code(*modules, data=(), pins=NUMPY):
    """Parameter of a rule that runs these modules: changes when their code does."""
    return code_digest(ROOT, *modules, data=data, pins=pins)


def accelerator_code(wildcards):
    from sim.registry import configuration

    folder = f"sim/accelerators/{configuration(wildcards.accelerator).folder}"
    return module_code(
        "workflow.scripts.simulate",
        f"{folder.replace('/', '.')}.model",
        data=[f"{folder}/configs.yaml", "sim/schemas/*.json"],
    )


def as_json(values):
    return json.dumps(values, sort_keys=True)
