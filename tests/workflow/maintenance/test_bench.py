from dataclasses import replace

import pytest

from sim import Layer
from workflow.maintenance import bench

SMALL = bench.Case("lenet5", 1.0, 32, 1, 10.0)


@pytest.mark.slow  # a process for each row
def test_rows_hold_every_kernel_and_accelerator_with_its_time_and_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "KERNEL_CASE", SMALL)
    monkeypatch.setattr(bench, "EXPLORED", [replace(SMALL, network="alexnet", width=0.25)])
    monkeypatch.setattr(bench, "CASES", {"trained": [SMALL]})
    # the memory is that of the whole test run, torch and all
    monkeypatch.setitem(bench.KERNEL_LIMITS, "limit_mb", 4000.0)
    monkeypatch.setattr(bench, "LIMIT_MB", 4000.0)
    rows = list(bench.rows(["trained"], ["sa", "s2ta_aw"]))
    assert [row.what for row in rows[:2]] == ["effectual totals", "tile counts 64x32"]
    assert [row.what for row in rows[-2:]] == ["sa", "s2ta_aw"]
    assert (rows[5].what, rows[5].network) == ("hass exploration", "alexnet x0.25 32x32")
    assert (rows[6].what, rows[6].network) == ("hass balancing", "alexnet x0.25 32x32")
    assert rows[0].network == "lenet5 2 convolutions"
    for row in rows:
        assert row.wall_s > 0
        assert 10 < row.peak_mb < 4000
        assert row.within


def test_a_row_over_its_limit_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = bench.Timing("sa", "lenet5", 0.5, 0.5, 100.0, limit_s=1.0, limit_mb=500.0)
    slow, large = replace(good, what="slow", cpu_s=1.1), replace(good, what="large", peak_mb=501.0)
    unknown = replace(good, peak_mb=float("nan"))
    monkeypatch.setattr(bench, "rows", lambda *_: iter([good, slow, large, unknown]))
    monkeypatch.setattr(bench, "slowness", lambda: 1.0)
    monkeypatch.setattr("sys.argv", ["bench", "--accelerators", "sa", "--sizes", "trained"])
    with pytest.raises(SystemExit, match="1"):
        bench.main()
    captured = capsys.readouterr()
    table = [line for line in captured.out.splitlines() if "wall_s" in line or "sa" in line]
    assert table[0].split() == ["wall_s", "cpu_s", "limit_s", "peak_mb"]
    assert table[1].split() == ["sa", "lenet5", "0.500", "0.500", "1.00", "100"]
    over = [line.split()[0] for line in captured.out.splitlines() if line.endswith("OVER")]
    assert over == ["slow", "large"]
    assert "2 rows over" in captured.err


def test_on_a_slower_machine_limits_of_time_are_longer_and_those_of_memory_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = bench.Timing("slow", "lenet5", 1.9, 1.9, 100.0, limit_s=1.0, limit_mb=500.0)
    rows = [slow, replace(slow, what="slower", cpu_s=2.1), replace(slow, what="large", peak_mb=501)]
    monkeypatch.setattr(bench, "rows", lambda *_: iter(rows))
    monkeypatch.setattr(bench, "slowness", lambda: 2.0)
    monkeypatch.setattr("sys.argv", ["bench"])
    with pytest.raises(SystemExit, match="1"):
        bench.main()
    printed = capsys.readouterr().out
    assert "2.00 times" in printed
    over = [line.split()[0] for line in printed.splitlines() if line.endswith("OVER")]
    assert over == ["slower", "large"]


def test_the_peak_falls_again_after_a_large_row() -> None:
    trace = bench.random_trace(Layer.linear("fc", 4, 4), 1)
    kept = []
    large = bench.measured(lambda _: kept.append(bytearray(b"x") * 200_000_000), [trace])[2]
    kept.clear()
    small = bench.measured(lambda _: None, [trace])[2]
    assert small < large - 150


def test_random_masks_have_the_stated_density() -> None:
    trace = bench.random_trace(Layer.conv("conv", 64, 64, 3, padding=1, input_size=32), 2)
    assert trace.weight_density == pytest.approx(bench.WEIGHT_DENSITY, abs=0.01)
    assert trace.activation_density == pytest.approx(bench.ACTIVATION_DENSITY, abs=0.01)
