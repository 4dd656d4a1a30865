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


def zero_gated_actions(trace: LayerTrace, residual: float, gate_operands: bool) -> Counter[str]:
    """Every operand pair of every output at a gated PE: what runs counts 1, what is stopped rho."""
    layer = trace.layer
    actions: Counter[str] = Counter()
    for image, group in product(range(trace.images), range(layer.groups)):
        for pairs in dot_products(trace, image, group).values():
            for weight, activation in pairs:
                work = 1.0 if weight and activation else residual
                actions["mac_int8"] += work
                actions["register_bit"] += 32 * work
                for value in (weight, activation):
                    stopped = gate_operands and not value
                    actions["register_bit"] += 8 * (residual if stopped else 1.0)
    return actions


def threaded(
    trace: LayerTrace,
    shape: tuple[int, int],
    threads: int,
    depth: int,
    overlap: bool,
    gating: tuple[float, bool],
) -> Tally:
    """SMT-SA, cycle by cycle: every PE with its queues, the tile in lock step."""
    layer, (rows, columns) = trace.layer, shape
    residual, gate_operands = gating
    tally = Tally(0, 0, Counter(), Counter(), Counter())
    for image in range(trace.images):
        first_tile = True
        for group in range(layer.groups):
            pairs = dot_products(trace, image, group)
            pixel_tiles = list(blocks(layer.output_pixels, rows))
            filter_tiles = list(blocks(layer.group_filters, columns))
            for pixels, filters in product(pixel_tiles, filter_tiles):
                outputs = [pairs[at] for at in product(pixels, filters)]
                tile = _Lockstep(outputs, threads, depth)
                cycles = tile.run()
                fill = 0 if overlap and not first_tile else rows + columns - 2
                tally.cycles += cycles + fill
                tally.effectual_macs += tile.multiplied
                tally.idle["fill"] += rows * columns * fill
                tally.idle["edge"] += (rows * columns - len(outputs)) * cycles
                tally.idle["imbalance"] += tile.idle
                _threaded_registers(tally, tile, (threads, depth), residual, gate_operands)
                first_tile = False
    return tally


class _Lockstep:
    """The PEs of one tile."""

    def __init__(self, outputs: list[list[Pair]], threads: int, depth: int) -> None:
        steps = -(-len(outputs[0]) // threads)
        self.streams = [
            [output[t * steps : (t + 1) * steps] for t in range(threads)] for output in outputs
        ]
        self.queues = [[0] * threads for _ in outputs]
        self.steps, self.depth = steps, depth
        self.multiplied = self.idle = self.stalled = 0

    def run(self) -> int:
        cycles = step = 0
        while step < self.steps or any(any(queues) for queues in self.queues):
            cycles += 1
            self._multiply()
            if step == self.steps:
                continue
            arriving = [
                [step < len(stream) and all(stream[step]) for stream in streams]
                for streams in self.streams
            ]
            fits = all(
                length + new <= self.depth
                for queues, news in zip(self.queues, arriving, strict=True)
                for length, new in zip(queues, news, strict=True)
            )
            if fits:
                step += 1
                for queues, news in zip(self.queues, arriving, strict=True):
                    for t, new in enumerate(news):
                        queues[t] += new
        return cycles

    def _multiply(self) -> None:
        for queues in self.queues:
            if any(queues):
                queues[queues.index(max(queues))] -= 1
                self.multiplied += 1
            else:
                self.idle += 1


def _threaded_registers(
    tally: Tally, tile: _Lockstep, size: tuple[int, int], residual: float, gate_operands: bool
) -> None:
    """Registers of all PEs in all cycles of a tile: what runs counts 1, what is stopped rho."""
    threads, depth = size
    pe_cycles = tile.multiplied + tile.idle
    operands = [value for pe in tile.streams for stream in pe for pair in stream for value in pair]
    running = sum(operands) if gate_operands else len(operands)
    stopped = 2 * threads * pe_cycles - running
    bits = 8 * (running + residual * stopped)
    bits += 16 * (tile.multiplied + residual * (threads * depth * pe_cycles - tile.multiplied))
    bits += 32 * (tile.multiplied + residual * tile.idle)
    tally.actions["register_bit"] += bits
    tally.actions["mac_int8"] += tile.multiplied + residual * tile.idle
