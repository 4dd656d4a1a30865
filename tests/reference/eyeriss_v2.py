"""Eyeriss v2 stepped by hand: every pass, every PE, every activation that slides by."""

from collections import Counter
from dataclasses import dataclass, field

from sim import LayerTrace
from tests.reference.windows import activation_at


@dataclass
class Steps:
    """What was counted."""

    cycles: int = 0
    products: int = 0
    effectual: int = 0
    activation_reads: int = 0
    weight_reads: int = 0
    weight_loads: int = 0
    idle: Counter[str] = field(default_factory=Counter)


@dataclass
class Hardware:
    """As in configs.yaml."""

    pe_rows: int
    pe_columns: int
    macs_per_pe: int
    psum_entries: int
    activation_entries: int
    weight_entries: int
    empty_column_cycles: int
    depthwise_skips_zero_activations: bool


def _parts(items: range, size: int) -> list[range]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _filters(trace: LayerTrace, group: int) -> range:
    per_group = trace.layer.group_filters
    return range(group * per_group, (group + 1) * per_group)


def _fits(trace: LayerTrace, hardware: Hardware, filters: int, channels: int) -> bool:
    """Do the nonzero weights of every item fit a PE?"""
    layer = trace.layer
    for group in range(layer.groups):
        for block in _parts(_filters(trace, group), filters):
            for part in _parts(range(layer.group_channels), channels):
                for r in range(layer.kernel[0]):
                    held = sum(
                        bool(trace.weight[k, c, r, s])
                        for k in block
                        for c in part
                        for s in range(layer.kernel[1])
                    )
                    if held > hardware.weight_entries:
                        return False
    return True


def block_size(trace: LayerTrace, hardware: Hardware) -> tuple[int, int]:
    """Filters and channels that a PE takes at a time."""
    layer = trace.layer
    filters = min(hardware.psum_entries, layer.group_filters)
    channels = 1
    spanned = layer.dilation[1] * (layer.kernel[1] - 1) + 1
    while 2 * channels * spanned <= hardware.activation_entries:
        channels *= 2
    channels = min(channels, layer.group_channels)
    while not _fits(trace, hardware, filters, channels) and (filters, channels) != (1, 1):
        if channels > 1:
            channels //= 2
        else:
            filters //= 2
    return filters, channels


@dataclass
class Item:
    """Filters and channels that a set of PEs works on, for one output row."""

    group: int
    filters: range
    channels: range
    output_row: int


def _items(trace: LayerTrace, hardware: Hardware) -> list[Item]:
    filters, channels = block_size(trace, hardware)
    return [
        Item(group, block, part, row)
        for group in range(trace.layer.groups)
        for block in _parts(_filters(trace, group), filters)
        for part in _parts(range(trace.layer.group_channels), channels)
        for row in range(trace.layer.output_size[0])
    ]


def _run_pe(
    trace: LayerTrace, hardware: Hardware, image: int, item: Item, r: int, steps: Steps
) -> int:
    """Cycles of the PE that holds kernel row r."""
    layer = trace.layer
    takes_all = layer.is_depthwise and not hardware.depthwise_skips_zero_activations
    busy = 0
    for column in range(layer.output_size[1]):
        for s in range(layer.kernel[1]):
            for c in item.channels:
                channel = item.group * layer.group_channels + c
                output = item.output_row, column
                nonzero = activation_at(trace, image, channel, output, (r, s))
                if not (nonzero or takes_all):
                    continue
                steps.activation_reads += 1
                waiting = [k for k in item.filters if trace.weight[k, c, r, s]]
                if not waiting:
                    busy += hardware.empty_column_cycles
                    steps.idle["column_padding"] += (
                        hardware.empty_column_cycles * hardware.macs_per_pe
                    )
                while waiting:
                    now, waiting = waiting[: hardware.macs_per_pe], waiting[hardware.macs_per_pe :]
                    busy += 1
                    steps.products += len(now)
                    steps.weight_reads += hardware.macs_per_pe
                    steps.effectual += len(now) * nonzero
                    steps.idle["zero_operand"] += len(now) * (not nonzero)
                    steps.idle["column_padding"] += hardware.macs_per_pe - len(now)
    return busy


def eyeriss_v2(trace: LayerTrace, hardware: Hardware) -> Steps:
    """All images of a layer, one after the other."""
    layer, steps = trace.layer, Steps()
    kernel_rows = layer.kernel[0]
    sets = hardware.pe_rows // kernel_rows * hardware.pe_columns
    items = _items(trace, hardware)
    for image in range(trace.images):
        held: list[tuple[range, range] | None] = [None] * sets
        for turn in _parts(range(len(items)), sets):
            times = []
            for place, number in enumerate(turn):
                item = items[number]
                if held[place] != (item.filters, item.channels):
                    held[place] = (item.filters, item.channels)
                    steps.weight_loads += sum(
                        bool(trace.weight[k, c, r, s])
                        for k in item.filters
                        for c in item.channels
                        for r in range(kernel_rows)
                        for s in range(layer.kernel[1])
                    )
                times += [
                    _run_pe(trace, hardware, image, item, r, steps) for r in range(kernel_rows)
                ]
            slowest = max(times)
            steps.cycles += slowest
            steps.idle["barrier"] += hardware.macs_per_pe * sum(slowest - time for time in times)
            vacant = hardware.pe_rows * hardware.pe_columns - len(times)
            steps.idle["fragmentation"] += hardware.macs_per_pe * vacant * slowest
    return steps
