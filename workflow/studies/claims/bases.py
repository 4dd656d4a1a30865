"""How a claim on energy says which basis its value is on, and what the other basis makes of it."""

from sim.components import BASES

BASIS_LABELS = {"components": "energies of components", "mixed": "energies of mixed entries"}
BASIS_PAIRS = ((BASES[0], BASES[1]), (BASES[1], BASES[0]))
"""Each basis and its alternative; claims are judged on the first."""


def on_the_other_basis(value: float, other: float, basis: str) -> str:
    """What the basis does to a ratio, in words; `basis` is that of `value`."""
    alternative = dict(BASIS_PAIRS)[basis]
    return f"with {BASIS_LABELS[alternative]} {other:.2f}x instead of {value:.2f}x"
