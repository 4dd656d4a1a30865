"""SCALE-Sim 3.0.0: cycles and buffer accesses of dense systolic arrays, and of N:M weights.

The folders of data/scalesim hold its own reports for a 32x32 array without stalls. Weights of N:M
are, to its weight-stationary array, a window of N/M of the length.
"""

import math
from collections.abc import Iterator
from functools import cache

import pandas as pd

from sim import Access, Events, Layer, LayerTrace, accelerator, simulate
from sim.declared import data_files, modules_by_name
from workflow.studies.trust.comparison import DATA, Check, Comparison, paired, reference

data_files("sim/accelerators/systolic/configs.yaml")
modules_by_name("sim.accelerators.systolic.model")

ORACLE = "SCALE-Sim 3.0.0"
SIDE = 32
RUNS = tuple(
    (topology, dataflow)
    for topology, dataflows in (
        ("alexnet_tv", ("os", "ws", "is")),
        ("alexnet_tv_fc", ("os", "ws")),
        ("mobilenetv1", ("os", "ws", "is")),
    )
    for dataflow in dataflows
)


def _table(name: str) -> pd.DataFrame:
    table = pd.read_csv(DATA / "scalesim" / f"{name}.csv", index_col=False, skipinitialspace=True)
    return table.loc[:, ~table.columns.str.startswith("Unnamed")].rename(columns=str.strip)


def _layer(row: pd.Series) -> tuple[Layer, int]:
    """The layer of a topology row, and how many times it holds the row (depthwise channels)."""
    name, kernel, stride = str(row["Layer name"]), int(row["Filter Height"]), int(row["Strides"])
    padding = 2 if kernel == 11 else kernel // 2
    # One line that the stride does not reach was trimmed from the padded input.
    size = int(row["IFMAP Height"]) + (stride > 1) - 2 * padding
    times = int(name.split("_x")[1]) if "_x" in name else 1
    channels, filters = int(row["Channels"]) * times, int(row["Num Filter"]) * times
    layer = Layer.conv(
        name,
        channels,
        filters,
        kernel,
        stride=stride,
        padding=padding,
        input_size=size,
        groups=times,
    )
    return layer, times


@cache
def _run(topology: str, dataflow: str) -> list[tuple[Layer, int, Events]]:
    array = accelerator("sa", rows=SIDE, columns=SIDE, dataflow=dataflow)
    layers = [_layer(row) for _, row in _table(topology).iterrows()]
    return [(layer, times, simulate(LayerTrace.of(layer), array)) for layer, times in layers]


def _rows() -> Iterator[tuple[str, str, Layer, int, Events, pd.Series]]:
    """(case, dataflow, layer, times, events, its counts) of all runs."""
    for topology, dataflow in RUNS:
        counts = _table(f"cycles_{topology}_{dataflow}_{SIDE}x{SIDE}")
        for (layer, times, events), (_, row) in zip(
            _run(topology, dataflow), counts.iterrows(), strict=True
        ):
            yield f"{topology} {layer.name} {dataflow}", dataflow, layer, times, events, row


def cycles() -> list[Comparison]:
    """Cycles; its `total_cycles` is the index of the last one."""
    return [
        Comparison(case, events.cycles, times * (int(row["total_cycles"]) + 1))
        for case, _, _, times, events, row in _rows()
    ]


def accesses() -> list[Comparison]:
    """Buffer reads of both operands and writes of sums and results, in values."""
    comparisons = []
    for case, dataflow, layer, times, events, row in _rows():
        for operand, column in (("activation", "ifmap"), ("weight", "filter")):
            read = _moved(events, operand, "read")
            comparisons.append(
                Comparison(f"{case} {operand}", read, times * int(row[f"{column}_sram_reads"]))
            )
        written = _moved(events, "output", "write") + _moved(events, "psum", "write") / 4
        expected = times * int(row["ofmap_sram_writes"]) - _empty_writes(layer, dataflow)
        comparisons.append(Comparison(f"{case} output", written, expected))
    return comparisons


def _empty_writes(layer: Layer, dataflow: str) -> int:
    """Writes that carry no result: rows + columns per fold, output stationary only."""
    folds = math.ceil(layer.output_pixels / SIDE) * math.ceil(layer.group_filters / SIDE)
    return layer.groups * folds * 2 * SIDE if dataflow == "os" else 0


def _moved(events: Events, operand: str, direction: str) -> int:
    def counts(access: Access) -> bool:
        return access.memory != "dram" and (access.operand, access.direction) == (
            operand,
            direction,
        )

    return sum(count for access, count in events.traffic_bytes.items() if counts(access))


def condensed() -> list[Comparison]:
    """Weight-stationary cycles of a layer whose channels are cut to the nonzeros of a block."""
    table = reference("scalesim/condensed_ws_32x32.csv")
    array = accelerator("sa", rows=SIDE, columns=SIDE, dataflow="ws")
    layers = [
        Layer.conv(
            str(row["layer"]),
            int(row["in_channels"] * row["nonzeros"] // row["block"]),
            int(row["out_channels"]),
            int(row["kernel"]),
            stride=int(row["stride"]),
            input_size=int(row["input_size"]),
        )
        for _, row in table.iterrows()
    ]
    modelled = [simulate(LayerTrace.of(layer), array).cycles for layer in layers]
    return paired(table["layer"], modelled, table["total_cycles"] + 1)


CHECKS = (
    Check("sa", ORACLE, "cycles", "exact", cycles),
    Check(
        "sa",
        ORACLE,
        "buffer accesses",
        "exact",
        accesses,
        definition=(
            "SCALE-Sim also counts rows + columns writes per output-stationary fold that "
            "carry no result; they are taken off its count"
        ),
    ),
    Check(
        "sa (condensed window)",
        ORACLE,
        "cycles of N:M weights",
        "exact",
        condensed,
        definition=(
            "N:M weights are a window of N/M the length to both; how the array picks the "
            "activations is outside both models"
        ),
    ),
)
