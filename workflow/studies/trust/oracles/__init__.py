"""Outside oracles: a module each, which names its checks in `CHECKS`."""

from workflow.studies.trust.comparison import Check
from workflow.studies.trust.oracles import (
    eyeriss_chip,
    eyeriss_v2_pe,
    fpgaconvnet,
    outer_products,
    scalesim,
    scnn_published,
    scnn_simulator,
    sparseloop,
    spex,
    stonne,
)

CHECKS: tuple[Check, ...] = (
    *scalesim.CHECKS,
    *sparseloop.CHECKS,
    *outer_products.CHECKS,
    *stonne.CHECKS,
    *scnn_simulator.CHECKS,
    *scnn_published.CHECKS,
    *eyeriss_v2_pe.CHECKS,
    *eyeriss_chip.CHECKS,
    *fpgaconvnet.CHECKS,
    *spex.CHECKS,
)
"""Every check of every oracle, in the order of the tables."""
