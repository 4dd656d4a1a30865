"""How a layer folds onto a systolic array, and how long a fold lasts: SCALE-Sim's equations.

With P output pixels, F filters and W weights per filter, an array of R rows and C columns:

| dataflow | rows hold | columns hold | streamed per fold | before the first operand |
|---|---|---|---|---|
| os | P | F | W | - |
| ws | W | F | P | R (the weights shift in) |
| is | W | P | F | R (the activations shift in) |

A fold streams T operands through an array skewed by R + C - 2 cycles. Source: SCALE-Sim
(Samajdar et al., ISPASS 2020) and the counts of its release 3.0.0, which the tests reproduce.
"""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.layer import Layer

DATAFLOWS = ("os", "ws", "is")


@dataclass(frozen=True, kw_only=True)
class Folds:
    """All folds of one layer and image; groups run one after another.

    Attributes:
        rows, columns: array size.
        held_rows, held_columns: work on each axis, of one group.
        streamed: operands that pass through the array in each fold (T).
        preload: cycles to shift the stationary operand in; 0 when nothing is stationary.
        groups: how often all folds of a group repeat.
    """

    rows: int
    columns: int
    held_rows: int
    held_columns: int
    streamed: int
    preload: int
    groups: int

    @property
    def row_folds(self) -> int:
        """Folds along the rows, per group."""
        return ceil_div(self.held_rows, self.rows)

    @property
    def column_folds(self) -> int:
        """Folds along the columns, per group."""
        return ceil_div(self.held_columns, self.columns)

    @property
    def count(self) -> int:
        """Folds that the layer takes on the array."""
        return self.groups * self.row_folds * self.column_folds

    @property
    def streaming_slots(self) -> int:
        """Multiplier-cycles in which operands stream, unused rows and columns included."""
        return self.count * self.streamed * self.rows * self.columns

    def cycles(self, overlap: bool) -> int:
        """Cycles of the layer, one image.

        Args:
            overlap: False = every fold fills and drains alone (SCALE-Sim's count). True = folds
                follow each other without a gap: results leave through second accumulators, the next
                stationary tile shifts in behind the current one, and only the first fill and the
                last drain show.
        """
        skew = self.rows + self.columns - 2
        alone = self.streamed + self.preload + skew
        if overlap:
            return (self.count - 1) * max(self.streamed, self.preload) + alone
        return self.count * alone

    @property
    def preload_shifts(self) -> int:
        """Register writes of the stationary operand: one for row r shifts through r + 1 rows."""
        if not self.preload:
            return 0
        full, rest = divmod(self.held_rows, self.rows)
        down = full * self.rows * (self.rows + 1) + rest * (rest + 1)
        return self.groups * self.held_columns * down // 2


def folds(layer: Layer, rows: int, columns: int, dataflow: str) -> Folds:
    """The folds of one image of a layer; `dataflow` is one of DATAFLOWS."""
    pixels, filters, window = layer.output_pixels, layer.group_filters, layer.window
    held_rows, held_columns, streamed, preload = {
        "os": (pixels, filters, window, 0),
        "ws": (window, filters, pixels, rows),
        "is": (window, pixels, filters, rows),
    }[dataflow]
    return Folds(
        rows=rows,
        columns=columns,
        held_rows=held_rows,
        held_columns=held_columns,
        streamed=streamed,
        preload=preload,
        groups=layer.groups,
    )
