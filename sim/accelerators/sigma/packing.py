"""Which rows of the stationary matrix are in the multipliers at once, and for how many sums."""

from dataclasses import dataclass

import numpy as np

from sim.arithmetic import Counts


@dataclass(frozen=True)
class Fillings:
    """Fillings of the multipliers, in order; every array has one entry per filling.

    Attributes:
        values: multipliers that hold a nonzero.
        sums: rows that are there, i.e. outputs of a streamed vector.
        continues: whether it continues a row, so that one multiplier passes on the sum so far.
        levels: of the adder tree that the widest sum crosses.
        first_row: of its rows; a filling that continues has that of its row.
    """

    values: Counts
    sums: Counts
    continues: Counts
    levels: Counts
    first_row: Counts

    @property
    def slots(self) -> Counts:
        """How many multipliers each filling uses."""
        return self.values + self.continues

    @classmethod
    def of(cls, row_nonzeros: Counts, multipliers: int) -> "Fillings":
        """Pack whole rows in order while they fit; a row that is longer takes fillings of its own.

        Args:
            row_nonzeros: (rows,); rows without a nonzero take nothing.
            multipliers: places of a filling.
        """
        rows = row_nonzeros[row_nonzeros > 0]
        numbers = np.flatnonzero(row_nonzeros)
        if not len(rows):
            return cls(*(np.zeros(0, dtype=np.int64) for _ in range(5)))
        before = np.concatenate([[0], np.cumsum(rows)])
        starts = _starts(before, multipliers)
        ends = np.append(starts[1:], len(rows))
        total, count = before[ends] - before[starts], ends - starts
        offset = before[:-1] - np.repeat(before[starts], count)
        levels = np.maximum.reduceat(_levels(offset, offset + rows - 1), starts)
        # all but the first filling of a long row hold one value less, for the sum so far
        folds = 1 + np.maximum(0, -(-(total - multipliers) // max(1, multipliers - 1)))
        filling = np.arange(folds.sum()) - np.repeat(np.cumsum(folds) - folds, folds)
        continues = (filling > 0).astype(np.int64)
        placed = multipliers * (filling > 0) + (multipliers - 1) * np.maximum(0, filling - 1)
        rest = np.repeat(total, folds) - placed
        values = np.minimum(rest, multipliers - continues)
        long = np.repeat(total > multipliers, folds)
        fold_levels = _levels(np.zeros_like(values), values + continues - 1)
        return cls(
            values=values,
            sums=np.repeat(count, folds),
            continues=continues,
            levels=np.where(long, fold_levels, np.repeat(levels, folds)),
            first_row=np.repeat(numbers[starts], folds),
        )


def _levels(first: Counts, last: Counts) -> Counts:
    """Levels up to the lowest adder that sees both leaves: bits in which their numbers differ."""
    return np.frexp((first ^ last).astype(np.float64))[1].astype(np.int64)


def _starts(before: Counts, multipliers: int) -> Counts:
    """Rows with which a filling starts; `before` counts the nonzeros before each row.

    Every row has one that would come next if a filling started with it. Following these from row
    0 takes as many rounds as the number of rows has bits, each twice as far as the one before.
    """
    rows = len(before) - 1
    fitting = np.searchsorted(before, before[:-1] + multipliers, side="right") - 1
    hop = np.append(np.maximum(fitting, np.arange(1, rows + 1)), rows)
    starts = np.zeros(1, dtype=np.int64)
    for _ in range(rows.bit_length()):
        starts = np.unique(np.concatenate([starts, hop[starts]]))
        hop = hop[hop]
    return starts[starts < rows]
