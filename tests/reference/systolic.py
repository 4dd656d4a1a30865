"""Plain-loop systolic arrays: every fold, every processing element, every streamed operand.

Nothing is shared with sim/: shapes come from the Layer, nonzeros from the loops of windows.py.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sim import LayerTrace
from tests.reference.windows import operand_pairs

Pair = tuple[bool, bool]


@dataclass
class Tally:
    """What the loops counted."""

    cycles: int
    effectual_macs: int
    idle: Counter[str]
    reads: Counter[str]
    actions: Counter[str]


def blocks(total: int, size: int) -> Iterator[range]:
    for start in range(0, total, size):
        yield range(start, min(start + size, total))


def dot_products(trace: LayerTrace, image: int, group: int) -> dict[tuple[int, int], list[Pair]]:
    """(pixel, filter in group) -> (weight nonzero, activation nonzero) of each operand pair.

    In order of kernel row, kernel column and channel; the channel varies fastest.
    """
    layer = trace.layer
    found = {}
    for pixel, filter_ in product(range(layer.output_pixels), range(layer.group_filters)):
        row, column = divmod(pixel, layer.output_size[1])
        pairs = operand_pairs(trace, image, group * layer.group_filters + filter_, row, column)
        ordered = sorted(pairs, key=lambda pair: (pair[1], pair[2], pair[0]))
        found[pixel, filter_] = [(weight, activation) for *_, weight, activation in ordered]
    return found


def dense(trace: LayerTrace, rows: int, columns: int, dataflow: str, overlap: bool) -> Tally:
    """Every fold of every group and image on a dense array."""
    layer = trace.layer
    sizes = {"pixel": layer.output_pixels, "filter": layer.group_filters, "weight": layer.window}
    axes = {
        "os": ("pixel", "filter", "weight"),
        "ws": ("weight", "filter", "pixel"),
        "is": ("weight", "pixel", "filter"),
    }[dataflow]
    tally = Tally(0, 0, Counter(), Counter(), Counter())
    for image in range(trace.images):
        first_fold = True
        for group in range(layer.groups):
            pairs = dot_products(trace, image, group)
            held = product(blocks(sizes[axes[0]], rows), blocks(sizes[axes[1]], columns))
            for down, across in held:
                streamed = sizes[axes[2]]
                preload = 0 if dataflow == "os" else rows
                _fold(tally, pairs, axes, (down, across), streamed)
                _preload(tally, dataflow, down, across)
                _waiting_sums(tally, dataflow, down, across, streamed)
                # The last PE meets the last operand after the skew of both axes.
                last = max(t + r + c for t, r, c in [(streamed - 1, rows - 1, columns - 1)])
                if overlap and not first_fold:
                    gap = max(streamed, preload)
                    tally.cycles += gap
                    tally.idle["fill"] += rows * columns * (gap - streamed)
                else:
                    tally.cycles += preload + last + 1
                    tally.idle["fill"] += rows * columns * (preload + last + 1 - streamed)
                unused = rows * columns - len(down) * len(across)
                tally.idle["edge"] += unused * streamed
                first_fold = False
    return tally


def _fold(
    tally: Tally,
    pairs: dict[tuple[int, int], list[Pair]],
    axes: tuple[str, str, str],
    held: tuple[range, range],
    streamed: int,
) -> None:
    for row, column, step in product(*held, range(streamed)):
        at = dict(zip(axes, (row, column, step), strict=True))
        weight, activation = pairs[at["pixel"], at["filter"]][at["weight"]]
        tally.actions["mac_int8"] += 1
        tally.effectual_macs += weight and activation
        tally.idle["zero_operand"] += not (weight and activation)
        # An operand that is held stays in its register; one that streams is written each cycle.
        moving = 2 if axes[2] == "weight" else 1
        tally.actions["register_bit"] += 8 * moving + 32
        # An edge PE takes a moving operand from the buffer, its neighbours from it.
        if axes == ("pixel", "filter", "weight"):
            tally.reads["activation"] += column == held[1][0]
            tally.reads["weight"] += row == held[0][0]
        elif axes[2] == "pixel":
            tally.reads["activation"] += column == held[1][0]
        else:
            tally.reads["weight"] += column == held[1][0]


def _preload(tally: Tally, dataflow: str, down: range, across: range) -> None:
    if dataflow == "os":
        return
    for row, _ in product(range(len(down)), across):
        tally.reads["weight" if dataflow == "ws" else "activation"] += 1
        tally.actions["register_bit"] += 8 * (row + 1)


def _waiting_sums(tally: Tally, dataflow: str, down: range, across: range, streamed: int) -> None:
    """Sums of all folds but the first are read back; each fold but the last leaves some."""
    if dataflow != "os" and down[0] > 0:
        tally.reads["psum"] += 4 * len(across) * streamed
