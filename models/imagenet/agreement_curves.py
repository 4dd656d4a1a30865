"""How far a network still answers as it did, the more a scheme prunes it and the better a repair.

A point is one setting of the scheme. All points share the network, the pictures and the views; what
judges was never seen by what chooses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.graph.stored_tensors import SparseNetwork, weight
from models.imagenet.repaired import Judgement, RepairBench, judged_repairs, repairs_of
from models.imagenet.settings import FullSizeSettings


@dataclass(frozen=True)
class CurvePoint:
    """A network under one setting of a scheme.

    Attributes:
        setting: `name=value`; "" where the scheme has none.
        weight_density: share of all weights of its layers that are not zero, in floating point.
        judgements: after each repair, and in INT8 after the last.
    """

    setting: str
    weight_density: float
    judgements: tuple[Judgement, ...]


def curve(
    network: str, scheme: str, settings: FullSizeSettings, values: Mapping[str, Sequence[Any]]
) -> Iterator[CurvePoint]:
    """The points of one scheme, in the order of their values.

    Args:
        network: its name.
        scheme: likewise.
        settings: with a checkpoint, pictures and a repair.
        values: of each varied setting of the scheme, one at a time; empty = the scheme as it is.

    Raises:
        UserError: as models.imagenet.repaired.RepairBench.of; an unknown setting or value.
    """
    bench = RepairBench.of(network, settings)
    changes = [{name: value} for name, each in values.items() for value in each] or [{}]
    for change in changes:
        varied = settings.varied(**change)
        pruning = varied.modelled_scheme(network, scheme)
        pruned = bench.pruned(pruning)
        density = weight_density(pruned)
        _, judgements = judged_repairs(bench, pruned, pruning, repairs_of(scheme, varied))
        said = ", ".join(f"{name}={value}" for name, value in change.items())
        yield CurvePoint(said, density, judgements)


def weight_density(network: SparseNetwork) -> float:
    """Share of the weights of all layers that are not zero."""
    weights = [weight(layer) for layer in network.layers.values()]
    nonzero = sum(int((values != 0).sum()) for values in weights)
    return nonzero / sum(values.numel() for values in weights)
