from pathlib import Path

import pytest

from sim import read_trace
from sim.errors import UserError
from workflow.maintenance import bench_traces
from workflow.maintenance.bench import Timing

SMALL: dict[str, object] = {"width": 0.25, "input_height": 64, "input_width": 64}


@pytest.mark.slow
def test_a_row_measures_the_step_that_writes_the_trace(tmp_path: Path) -> None:
    row = bench_traces.trace_row("resnet18", "generator", tmp_path / "trace", SMALL)
    assert len(read_trace(tmp_path / "trace").layers) == 21
    assert row.wall_s > 0
    assert 0 < row.cpu_s < 60
    assert 50 < row.peak_mb < 3000
    assert row.within


@pytest.mark.slow
def test_a_failing_step_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="trace of resnet18: error: images is 0"):
        bench_traces.trace_row("resnet18", "generator", tmp_path / "trace", {"images": 0})


@pytest.mark.parametrize(
    ("cpu_s", "differs", "fails"), [(1, False, False), (61, False, True), (1, True, True)]
)
def test_slow_or_changing_traces_fail_the_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cpu_s: float,
    differs: bool,
    fails: bool,
) -> None:
    contents = iter(range(10))

    def fake(network: str, source: str, output: Path, options: dict[str, object]) -> Timing:
        output.write_text(str(next(contents)) if differs else "same")
        return Timing(
            what=source,
            network=network,
            wall_s=1.0,
            cpu_s=cpu_s,
            peak_mb=100.0,
            limit_s=60.0,
            limit_mb=3000.0,
        )

    monkeypatch.setattr(bench_traces, "trace_row", fake)
    monkeypatch.setattr("sys.argv", ["bench_traces", "--networks", "lenet5"])
    if not fails:
        bench_traces.main()
        return
    with pytest.raises(SystemExit, match="1"):
        bench_traces.main()
    assert ("DIFFERS" if differs else "OVER") in capsys.readouterr().out
