"""Event tables with something wrong in them: read as written, or refused in one line."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import Layer, UserError, accelerator
from tests.workflow.random_traces import random_trace
from workflow.events import read_events, simulate_network

FEW, MANY = 30, 4000
SLACK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
TRACE = random_trace(
    [Layer.conv("0.1", 2, 4, 3, input_size=4), Layer.linear("0.10", 16, 3)], (0.5, 0.5)
)
FRAME = pd.concat(
    [simulate_network(TRACE, name, accelerator(name)) for name in ("sa", "sparten")]
).fillna(0)
LINES = FRAME.to_csv(index=False).splitlines()
CELLS = st.sampled_from(
    [
        "",
        " ",
        "x",
        "-1",
        "1e3",
        "1e400",
        "nan",
        "inf",
        "-inf",
        "0x10",
        "1.5",
        "9" * 30,
        "TRUE",
        "NA",
        "a\tb",
        '"',
        "Ä",
        "\x00",
        "1;2",
        "0",
        "7",
        "#",
        "0.10",
        "z" * 200_000,
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The table with rows, columns or cells dropped, doubled, reordered or replaced."""
    rows = [line.split(",") for line in LINES]
    for _ in range(draw(st.integers(1, 2))):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
        change = draw(st.sampled_from(["cell", "cell", "cell", "row", "column", "order", "ragged"]))
        if change == "cell" and column < len(rows[row]):
            rows[row][column] = draw(CELLS)
        elif change == "row" and len(rows) > 2:
            rows = [*rows[:row], *rows[row + 1 :]] if draw(st.booleans()) else [*rows, rows[row]]
        elif change == "column":
            keep = draw(st.booleans())
            rows = [
                [*r[:column], *([r[column]] * 2 * keep), *r[column + 1 :]]
                for r in rows
                if column < len(r)
            ]
        elif change == "order":
            rows = [rows[0], *draw(st.permutations(rows[1:]))]
        elif change == "ragged":
            rows[row] = [*rows[row], "1"] if draw(st.booleans()) else rows[row][:column]
        if not (rows and rows[0]):
            return b""
    text = draw(st.sampled_from(["\n", "\n", "\r\n", "\n\n"])).join(map(",".join, rows))
    encoding = draw(st.sampled_from(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "latin-1"]))
    return text.encode(encoding, "replace")


def check(content: bytes) -> None:
    """What is read has every run whole; what was changed without a contradiction is kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_bytes(content)
        try:
            events = read_events([path])
        except UserError as error:
            said = str(error)
            assert said.isprintable()
            assert len(said) < 1000
            assert str(path) in said or said.startswith("events of ")
            return
        finally:
            assert [entry.name for entry in Path(folder).iterdir()] == [path.name]
    counts = events.select_dtypes("number")
    assert bool(np.isfinite(counts.to_numpy(float)).all())
    assert bool((counts.to_numpy(float) >= 0).all())
    idle = events[[name for name in events if name.startswith("idle_")]].sum(axis=1)
    slots = events["multipliers"] * events["cycles"]
    assert list(idle + events["effectual_macs"]) == list(slots)
    plain = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(plain["layer"]) == list(events["layer"])
    for _, run in events.groupby(["suite", "network", "scheme"]):
        for _, rows in run.groupby("accelerator"):
            assert rows["layer"].is_unique
            assert len(rows) == run["layer"].nunique()


@settings(max_examples=FEW, **SLACK)
@given(files())
def test_changed_tables_are_read_or_refused(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00" * 50, b"a,b\n1\n", b"PK\x03\x04" * 9])
def test_files_that_are_no_tables(content: bytes) -> None:
    check(content)


@pytest.mark.slow
@settings(max_examples=MANY, **SLACK)
@given(files() | st.binary(max_size=200))
def test_thousands_of_changed_tables(content: bytes) -> None:
    check(content)
