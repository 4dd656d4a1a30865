"""What a check of a model against an outside oracle consists of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim import Layer, LayerTrace
from sim.declared import ROOT, data_files
from sim.layer import Mask

data_files("workflow/studies/trust/data/**/*.*")
DATA = ROOT / "workflow" / "studies" / "trust" / "data"
"""Reference values, a file per oracle; the head of each file says where they were read."""

Kind = Literal["exact", "published", "independent", "bound"]
"""How an oracle binds.

exact: the same definition, so every case must be equal.
published: measured or printed by the design's authors.
independent: another group's simulator or model with rules of its own.
bound: a published upper limit; only what exceeds it is an error.
"""


@dataclass(frozen=True)
class Comparison:
    """One case: what the model gives and what the oracle says, in the same unit."""

    case: str
    modelled: float
    reference: float


@dataclass(frozen=True)
class Check:
    """One quantity of one model against one oracle.

    Attributes:
        model: configuration of sim, with what was overridden in brackets.
        oracle: who says so.
        quantity: what is compared, with its unit.
        kind: how the oracle binds.
        compare: runs the model; all cases.
        tolerance: largest relative error that the tests accept; None = shown, not asserted.
        circular: how much of the oracle went into the model or its input; empty = nothing.
        definition: whose definition differs, and why; empty = the definitions are the same.
    """

    model: str
    oracle: str
    quantity: str
    kind: Kind
    compare: Callable[[], Sequence[Comparison]]
    _: KW_ONLY
    tolerance: float | None = 0.0
    circular: str = ""
    definition: str = ""

    def cases(self) -> pd.DataFrame:
        """One row per case: what was compared, both values and the relative error."""
        rows = pd.DataFrame(self.compare(), columns=["case", "modelled", "reference"])
        keys = {name: getattr(self, name) for name in ("model", "oracle", "quantity", "kind")}
        return pd.DataFrame(keys, index=rows.index).join(rows).assign(error=self.errors(rows))

    def errors(self, rows: pd.DataFrame) -> pd.Series:
        """Modelled over reference less one; below a bound it is zero."""
        error = rows["modelled"] / rows["reference"] - 1
        return error.clip(lower=0.0) if self.kind == "bound" else error


def reference(name: str) -> pd.DataFrame:
    """A file of reference values, without the comment at its head."""
    return pd.read_csv(DATA / name, comment="#")


def layer_of(row: pd.Series) -> Layer:
    """The convolution that a row of a reference file names."""
    shape = ("in_channels", "out_channels", "kernel", "stride", "padding", "input_size", "groups")
    return Layer.conv(str(row["layer"]), *(int(row[name]) for name in shape))


def random_trace(layer: Layer, weight: float, activation: float, seed: int = 0) -> LayerTrace:
    """One image; each value is nonzero by chance, with the given densities of both operands."""
    rng = np.random.default_rng(seed)
    weights: Mask = rng.random(layer.weight_shape) < weight
    activations: Mask = rng.random((1, *layer.input_shape)) < activation
    return LayerTrace.of(layer, weight=weights, activation=activations)


def paired(
    cases: Iterable[str], modelled: Iterable[float], references: Iterable[float]
) -> list[Comparison]:
    """Three columns as comparisons."""
    rows = zip(cases, modelled, references, strict=True)
    return [Comparison(case, float(ours), float(theirs)) for case, ours, theirs in rows]
