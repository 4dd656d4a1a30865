import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from tests.reference import systolic as reference
from tests.reference import windows
from tests.strategies import traces

DATA = Path(__file__).parents[2] / "data" / "scalesim"
RUNS = sorted(path.stem for path in DATA.glob("cycles_*.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open() as file:
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def _layer(row: dict[str, str]) -> tuple[Layer, int]:
    """Our layer for a topology row, and how many times it holds the row (depthwise channels)."""
    name = row["Layer name"]
    kernel, stride = int(row["Filter Height"]), int(row["Strides"])
    padding = 2 if kernel == 11 else kernel // 2
    # One line that the stride does not reach was trimmed from the padded input.
    size = int(row["IFMAP Height"]) + (stride > 1) - 2 * padding
    channels = int(name.split("_x")[1]) if "_x" in name else 1
    layer = Layer.conv(
        name,
        int(row["Channels"]) * channels,
        int(row["Num Filter"]) * channels,
        kernel,
        stride,
        padding,
        size,
        groups=channels,
    )
    assert (layer.output_size[0] - 1) * stride + kernel == int(row["IFMAP Height"])
    return layer, channels


def _moved(events: Events, operand: str, direction: str) -> int:
    return sum(
        count
        for access, count in events.traffic_bytes.items()
        if access.memory != "dram" and (access.operand, access.direction) == (operand, direction)
    )


@pytest.mark.parametrize("run", RUNS)
def test_dense_array_counts_what_scalesim_counts(run: str) -> None:
    _, *topology, dataflow, _ = run.split("_")
    array = accelerator("sa", rows=32, columns=32, dataflow=dataflow)
    shapes = _rows("_".join(topology))
    counts = _rows(run)
    assert [row["layer"] for row in counts] == [row["Layer name"] for row in shapes]
    for shape, count in zip(shapes, counts, strict=True):
        layer, times = _layer(shape)
        events = simulate(LayerTrace(layer), array)
        expected = {name: times * int(value) for name, value in count.items() if "_sram_" in name}
        assert events.cycles == times * (int(count["total_cycles"]) + 1), layer.name
        activations, weights = (_moved(events, x, "read") for x in ("activation", "weight"))
        assert activations == expected["ifmap_sram_reads"], layer.name
        assert weights == expected["filter_sram_reads"], layer.name
        results = events.traffic_bytes[Access("sram_2mib", "output", "write")]
        sums = _moved(events, "psum", "write") // 4
        folds = math.ceil(layer.output_pixels / 32) * math.ceil(layer.group_filters / 32)
        empty = layer.groups * folds * (32 + 32) if dataflow == "os" else 0
        assert results + sums + empty == expected["ofmap_sram_writes"], layer.name


arrays = st.tuples(st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=60, deadline=None)
@given(traces(), arrays, st.sampled_from(["os", "ws", "is"]), st.booleans())
def test_dense_array_equals_the_stepped_one(
    trace: LayerTrace, shape: tuple[int, int], dataflow: str, overlap: bool
) -> None:
    rows, columns = shape
    events = simulate(
        trace,
        accelerator("sa", rows=rows, columns=columns, dataflow=dataflow, fold_overlap=overlap),
    )
    expected = reference.dense(trace, rows, columns, dataflow, overlap)
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.effectual_macs == windows.effectual_macs(trace)
    assert _nonzero(events.idle_multiplier_cycles) == _nonzero(expected.idle)
    assert dict(events.actions) == dict(expected.actions)
    for operand in ("weight", "activation", "psum"):
        assert _moved(events, operand, "read") == expected.reads[operand], operand


def _nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"rows": 0}, "rows is 0"),
        ({"columns": -1}, "columns is -1"),
        ({"dataflow": "rs"}, "dataflow is 'rs'; expected one of os, ws, is"),
        ({"dram_bytes_per_cycle": 0.0}, "dram_bytes_per_cycle is 0.0"),
        ({"dram_bytes_per_cycle": math.nan}, "dram_bytes_per_cycle is nan"),
        ({"weight_buffer_kib": 0}, "weight_buffer_kib is 0"),
        ({"fold_overlap": 1}, "fold_overlap is 1"),
        ({"queue": 1}, "'queue'"),
    ],
)
def test_bad_parameters_are_named(override: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message.replace("[", r"\[")):
        accelerator("sa", **override)  # type: ignore[arg-type]
