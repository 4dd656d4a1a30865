"""Which schemes need no trained weights, known to a plan without loading PyTorch for it."""

from sim.declared import ROOT, modules_by_name
from sim.plugins import plugins
from sim.remembered import recalled
from workflow.dependencies import code_digest

modules_by_name("models.compression.schemes.*")


def modelled_schemes() -> list[str]:
    """Names of the schemes whose zeros can be modelled."""
    if plugins("schemes"):
        return _names().split()
    digest = code_digest(ROOT, "workflow.plan.modelled_schemes")
    place = ROOT / "workflow" / "plan" / "modelled_schemes"
    return recalled(place, "names", digest, _names).split()


def _names() -> str:
    from models.imagenet import settings

    return " ".join(settings.modelled_schemes())
