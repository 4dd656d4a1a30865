import subprocess
import sys
from pathlib import Path

import pandas as pd

from workflow.event_rows import Row, write_rows

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


def test_the_steps_that_write_events_start_without_pandas() -> None:
    modules = "workflow.steps.simulate, workflow.steps.footing"
    command = [sys.executable, "-c", f"import sys, {modules}; print('pandas' in sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"
