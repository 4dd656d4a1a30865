import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, accelerator, matmul
from workflow.event_rows import DesignRun, Row, network_rows, rows_of_runs, write_rows

RUNS: list[list[Row]] = [
    [
        {"layer": "0.10", "variant": "", "cycles": 3},
        {"layer": 'a,"b"', "variant": "x=1", "cycles": 4},
    ],
    [
        {"layer": "c", "variant": "", "cycles": 5, "part": 1},
        {"layer": "d", "variant": "", "cycles": 6},
    ],
    [{"layer": "e", "variant": "", "cycles": 2**53 + 1, "energy": 1e16, "whole": 7}],
]


def test_written_as_pandas_would(tmp_path: Path) -> None:
    """Byte for byte: whole numbers stay whole where no row of a run lacks them."""
    write_rows(RUNS, tmp_path / "rows.csv")
    frames = [pd.DataFrame(run).fillna(0) for run in RUNS]
    columns = list(dict.fromkeys(name for frame in frames for name in frame))
    filled = [frame.reindex(columns=columns, fill_value=0) for frame in frames]
    pd.concat(filled, ignore_index=True).to_csv(tmp_path / "frames.csv", index=False)
    written = (tmp_path / "rows.csv").read_text().splitlines()
    without_digest = [line.rpartition(",")[0] for line in written]
    assert without_digest == (tmp_path / "frames.csv").read_text().splitlines()
    assert "9007199254740993,0.0,1e+16,7" in "\n".join(without_digest)


def test_designs_that_run_together_have_the_rows_that_each_has_alone() -> None:
    rng, origin = np.random.default_rng(2), Provenance("a", "b", "c", "modelled", "modelled", "d")
    layers = (Layer.conv("conv", 8, 70, 3, input_size=6), matmul("product", 3, 4, 5))
    trace = NetworkTrace(
        origin,
        tuple(
            TracedLayer(
                LayerTrace(
                    layer,
                    rng.random(layer.weight_shape) < 0.5,
                    rng.random((2, *layer.input_shape)) < 0.5,
                )
            )
            for layer in layers
        ),
    )
    names = ("sparten", "sparten_gb_s", "sense", "sense_unbalanced", "template")
    together = rows_of_runs(
        trace, [DesignRun(name, accelerator(name), {"variant": name}) for name in names]
    )
    alone = [network_rows(trace, name, accelerator(name), variant=name) for name in names]
    assert together == alone
    assert [row["refused"] != "" for row in together[0]] == [False, True]


def test_the_steps_that_write_events_start_without_pandas() -> None:
    modules = "workflow.steps.simulate, workflow.steps.footing"
    command = [sys.executable, "-c", f"import sys, {modules}; print('pandas' in sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"
