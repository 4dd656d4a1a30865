"""The reconstructed Phantom-2D stepped core by core, PE column by PE column, entry by entry."""

from dataclasses import dataclass, field
from itertools import product
from math import ceil

import numpy as np
import numpy.typing as npt

from sim import LayerTrace
from tests.reference.windows import activation_at

Mask = npt.NDArray[np.bool_]

THREADS = 3


@dataclass
class Tally:
    cycles: int = 0
    tiles: int = 0
    busy_column_cycles: int = 0
    busy_core_cycles: int = 0
    assigned_core_cycles: int = 0
    entries: int = 0
    sums: int = 0
    wanted: int = 0
    core_times: list = field(default_factory=list)


def fewest_cycles(sizes: list[int]) -> int:
    """Fewest cycles of THREADS for these entries in any order, found by trying all choices."""
    if not sizes:
        return 0
    first, rest = sizes[0], sizes[1:]
    best = 10**9
    for chosen in product([False, True], repeat=min(len(rest), 8)):
        together = [size for size, take in zip(rest, chosen, strict=False) if take]
        if first + sum(together) <= THREADS and len(together) < THREADS:
            left = [s for s, take in zip(rest, chosen, strict=False) if not take] + rest[8:]
            best = min(best, 1 + fewest_cycles(left))
    return best


def schedule(entries: list[int], lookahead: int, scheduler: str) -> int:
    """Cycles of one PE column for one stream."""
    if scheduler == "unbounded":
        return ceil(sum(entries) / THREADS)
    if scheduler == "blocked_out_of_order":
        cycles = 0
        while entries:
            block, entries = entries[:lookahead], entries[lookahead:]
            cycles += max(1, fewest_cycles(sorted((e for e in block if e), reverse=True)))
        return cycles
    waiting, cycles, block_left = list(entries), 0, lookahead
    while waiting:
        used = taken = 0
        if block_left == 0:
            block_left = lookahead
        while waiting and used + waiting[0] <= THREADS and taken < lookahead:
            if scheduler == "blocked_in_order" and block_left == 0:
                break
            used += waiting.pop(0)
            taken += 1
            block_left -= 1
        if scheduler == "in_order":
            block_left = lookahead
        cycles += 1
    return cycles


def filter_weights(trace: LayerTrace, k: int) -> list[tuple[int, int, int, bool]]:
    """(channel, r, s, nonzero) of one filter: channel, then kernel column, then kernel row."""
    return [
        (c, r, s, bool(trace.weight[k, c, r, s]))
        for c in range(trace.layer.group_channels)
        for s in range(trace.layer.kernel[1])
        for r in range(trace.layer.kernel[0])
    ]


def met(trace: LayerTrace, image: int, k: int, row: int, column: int) -> list[bool]:
    """Activations that the filter's weights meet at one output, in the order of the weights."""
    layer = trace.layer
    first = k // layer.group_filters * layer.group_channels
    return [
        activation_at(trace, image, first + c, (row, column), (r, s))
        for c, r, s, _ in filter_weights(trace, k)
    ]


def work_item(
    stationary: list[bool], streamed: list[list[bool]], parameters: dict, tally: Tally
) -> int:
    """Time of one core for one filter on one band; the stationary mask meets each streamed one."""
    columns = parameters["pe_columns"]
    size = columns * THREADS
    per_slice = []
    for q in range(ceil(len(stationary) / size)):
        held = stationary[q * size : (q + 1) * size]
        if parameters["skip_empty_slices"] and not any(held):
            per_slice.append([0] * columns)
            continue
        times = []
        tally.sums += len(streamed)
        for j in range(columns):
            piece = range(q * size + j * THREADS, q * size + (j + 1) * THREADS)
            entries = [
                sum(stationary[i] and mask[i] for i in piece if i < len(stationary))
                for mask in streamed
            ]
            tally.entries += len(entries)
            tally.wanted += sum(entries)
            times.append(schedule(entries, parameters["lookahead"], parameters["scheduler"]))
        per_slice.append(times)
    tally.busy_column_cycles += sum(map(sum, per_slice))
    if parameters["intra_core"] == "lockstep":
        return sum(max(times) for times in per_slice)
    load = [0] * columns
    for q, times in enumerate(per_slice):
        for j, time in enumerate(times):
            turned = j + q if parameters["intra_core"] == "rotated" else j
            load[turned % columns] += time
    return max(load)


def meet(times: list[list[int]], cores: int, tally: Tally) -> None:
    """One tile of the mesh: everyone waits for the slowest core."""
    flat = [time for row in times for time in row]
    tally.cycles += max(flat)
    tally.tiles += 1
    tally.busy_core_cycles += sum(flat)
    tally.assigned_core_cycles += max(flat) * len(flat)
    assert len(flat) <= cores


def run_image(trace: LayerTrace, image: int, parameters: dict, tally: Tally) -> None:
    layer = trace.layer
    height, width = layer.output_size
    mesh = parameters["mesh_rows"], parameters["mesh_columns"]
    cores = mesh[0] * mesh[1]
    masks = [[weight for *_, weight in filter_weights(trace, k)] for k in range(layer.out_channels)]
    if height * width == 1 and layer.groups == 1:
        run = ceil(layer.out_channels / cores)
        held = met(trace, image, 0, 0, 0)
        streams = [masks[first : first + run] for first in range(0, layer.out_channels, run)]
        meet([[work_item(held, stream, parameters, tally) for stream in streams]], cores, tally)
        return
    rows = ceil(height / mesh[1])
    banded = parameters["mapping"] == "bands" or (
        parameters["mapping"] == "auto" and rows * width >= parameters["lookahead"]
    )
    if not banded:
        mesh, rows = (cores, 1), height
    times = []
    for k, mask in enumerate(masks):
        times.append([])
        for top in range(0, height, rows):
            positions = [
                (row, column)
                for row in range(top, min(top + rows, height))
                for column in range(width)
            ]
            streamed = [met(trace, image, k, row, column) for row, column in positions]
            times[-1].append(work_item(mask, streamed, parameters, tally))
    keys = {
        "none": lambda k: 0,
        "density": lambda k: -sum(masks[k]),
        "oracle": lambda k: -max(times[k]),
    }
    order = sorted(range(layer.out_channels), key=keys[parameters["inter_core"]])
    for first in range(0, len(order), mesh[0]):
        meet([times[k] for k in order[first : first + mesh[0]]], cores, tally)


def run(trace: LayerTrace, parameters: dict) -> Tally:
    tally = Tally()
    for image in range(trace.images):
        run_image(trace, image, parameters, tally)
    return tally


def compressed(mask: Mask) -> int:
    """One bit for each value and a byte for each that is not zero."""
    bits = nonzeros = 0
    for value in mask.flat:
        bits += 1
        nonzeros += bool(value)
    return ceil(bits / 8) + nonzeros


def input_reads(trace: LayerTrace, parameters: dict) -> int:
    """Sets of filters that the mesh takes one after the other, each reading the input."""
    layer = trace.layer
    height, width = layer.output_size
    if height * width == 1 and layer.groups == 1:
        return 1
    rows = ceil(height / parameters["mesh_columns"])
    together = parameters["mesh_rows"]
    if parameters["mapping"] == "filters" or (
        parameters["mapping"] == "auto" and rows * width < parameters["lookahead"]
    ):
        together *= parameters["mesh_columns"]
    return len(range(0, layer.group_filters, together))


def traffic(trace: LayerTrace, image: int, parameters: dict, buffer_bytes: int) -> dict:
    """Bytes of one image by (memory, operand, direction); the weights fit their buffer."""
    tally = Tally()
    run_image(trace, image, parameters, tally)
    weights, inputs = compressed(trace.weight), compressed(trace.activation[image])
    if trace.output is None:
        values = trace.layer.out_channels * trace.layer.output_size[0] * trace.layer.output_size[1]
        outputs = ceil(values / 8) + values
    else:
        outputs = compressed(trace.output[image])
    added = trace.layer.residual_elements
    fetched = inputs if trace.reads_image or inputs > buffer_bytes / 2 else 0
    spilled = outputs if trace.ends_network or outputs > buffer_bytes / 2 else 0
    if added > buffer_bytes / 2 or added + inputs + outputs > buffer_bytes:
        fetched += added
        spilled += added if added <= buffer_bytes / 2 else 0
    moved = {
        ("dram", "weight", "read"): weights,
        ("sram_512kib", "weight", "write"): weights,
        ("sram_512kib", "weight", "read"): weights,
        ("sram_8kib", "activation", "read"): inputs * input_reads(trace, parameters) + added,
        ("sram_8kib", "output", "write"): outputs,
        ("spad_448b", "weight", "read"): tally.wanted,
        ("spad_448b", "activation", "read"): tally.wanted,
        ("spad_448b", "metadata", "read"): ceil(tally.entries * 2 * THREADS / 8),
        ("spad_80b", "psum", "read"): 4 * tally.sums,
        ("spad_80b", "psum", "write"): 4 * tally.sums,
    }
    if fetched:
        moved |= {
            ("dram", "activation", "read"): fetched,
            ("sram_8kib", "activation", "write"): fetched,
        }
    if spilled:
        moved |= {
            ("sram_8kib", "output", "read"): spilled,
            ("dram", "output", "write"): spilled,
        }
    return moved
