import os
import sys
from pathlib import Path

import pytest

from sim import UserError
from workflow.maintenance import bench_peers

LAYER = bench_peers.layers_of(bench_peers.TOPOLOGY)[0]
REPORT = """LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles,
0, 90000, {last}, 0,
"""
PEER = """
import pathlib, sys
folder = pathlib.Path(sys.argv[-1], "run")
folder.mkdir(parents=True)
(folder / "COMPUTE_REPORT.csv").write_text({report!r})
"""


def _compared(monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    """Beside a peer that states the index of the last cycle of AlexNet's first layer.

    Its Python is named from the folder of the project, as `make bench-peers` does.
    """
    monkeypatch.setattr(bench_peers, "PEER", PEER.format(report=REPORT.format(last=last)))
    monkeypatch.setattr(bench_peers, "layers_of", lambda _: [LAYER])
    monkeypatch.setattr("sys.argv", ["bench_peers", "--python", os.path.relpath(sys.executable)])
    bench_peers.main()


def test_equal_cycles_pass_and_both_costs_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _compared(monkeypatch, 74855)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines[2:4]] == ["SCALE-Sim 3.0.0", "this simulator"]
    assert all(line.endswith(" 74,856") for line in lines[2:4])


def test_other_cycles_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        _compared(monkeypatch, 74856)
    assert capsys.readouterr().err == "cycles are not SCALE-Sim's: ws\n"


def test_a_peer_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise ImportError('no scalesim here')"]
    with pytest.raises(UserError, match="SCALE-Sim failed: ImportError: no scalesim here"):
        bench_peers.process_cost("SCALE-Sim", command, tmp_path)
