"""How a claim on energy says which basis its value is on, and what the other basis makes of it."""

from sim.components import COMPONENTS, MIXED

BASIS_LABELS = {COMPONENTS: "energies of components", MIXED: "energies of mixed entries"}
BASIS_PAIRS = ((COMPONENTS, MIXED), (MIXED, COMPONENTS))
"""Each basis and its alternative; claims are judged on the first."""


def on_the_other_basis(value: float, other: float, basis: str) -> str:
    """What the basis does to a ratio, in words; `basis` is that of `value`."""
    alternative = dict(BASIS_PAIRS)[basis]
    return f"with {BASIS_LABELS[alternative]} {other:.2f}x instead of {value:.2f}x"
