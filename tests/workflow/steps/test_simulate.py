from pathlib import Path

import numpy as np
import pytest

from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, UserError
from sim.footing import footing
from sim.trace_file import write_trace
from workflow.event_rows import Row
from workflow.events import read_events
from workflow.steps import simulate
from workflow.steps.simulate import simulated, sweep, swept


def network(kernel: int) -> NetworkTrace:
    layer = Layer.conv("patches", 3, 4, kernel, stride=kernel, input_size=(2 * kernel, kernel))
    rng = np.random.default_rng(0)
    weight = rng.random(layer.weight_shape) < 0.5
    trace = LayerTrace(layer, weight, rng.random((1, *layer.input_shape)) < 0.5)
    origin = Provenance("imagenet", "deit_s", "magnitude", "modelled", "modelled", "one picture")
    return NetworkTrace(origin, (TracedLayer(trace),))


def variants(kernel: int, design: str = "eyeriss_v2") -> list[object]:
    return [rows[0]["variant"] for rows in swept(network(kernel), design, [{}])]


def test_a_value_under_which_a_layer_cannot_run_is_left_out_and_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small, large = variants(5), variants(16)
    assert capsys.readouterr().err.splitlines() == [
        "eyeriss_v2 pe_rows=12: left out: patches: the kernel has 16 rows; the array stacks one PE "
        "per kernel row and has 12"
    ]
    assert small[0] == large[0] == ""
    assert set(small) - set(large) == {"pe_rows=12"}
    assert len(large) == len(small) - 1


def test_where_all_values_run_the_rows_are_those_of_a_sweep() -> None:
    trace = network(3)
    points = [{}, *sweep("sparten")]
    assert swept(trace, "sparten", [{}]) == simulated(trace, "sparten", points)


def test_a_design_that_cannot_run_a_layer_as_configured_is_an_error() -> None:
    with pytest.raises(UserError, match="kernel has 25 rows"):
        swept(network(25), "eyeriss_v2", [{}])


def test_what_a_model_counts_wrong_is_an_error_and_leaves_nothing_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(*_: object) -> list[list[Row]]:
        raise UserError("counts more than the masks hold")

    monkeypatch.setattr(simulate, "rows_of_runs", wrong)
    with pytest.raises(UserError, match="counts more"):
        swept(network(3), "eyeriss_v2", [{}])
    assert not capsys.readouterr().err


def test_the_step_sweeps_every_design_that_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_trace(tmp_path / "t", network(2))
    output = tmp_path / "rows.csv"
    designs = footing().meant_for("dbb")
    arguments = ["step", "--trace", tmp_path / "t", "--sweep", "--output", output]
    monkeypatch.setattr("sys.argv", [*map(str, arguments), "--accelerator", *designs])
    simulate.main()
    rows = read_events([output])
    assert list(rows["accelerator"].unique()) == designs


def test_each_trace_has_a_table_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kernel in (2, 3):
        write_trace(tmp_path / f"{kernel}.trace", network(kernel))
    traces = [tmp_path / "2.trace", tmp_path / "3.trace"]
    together = [tmp_path / "2.csv", tmp_path / "3.csv"]

    def run(traces: list[Path], outputs: list[Path]) -> None:
        arguments = ["step", "--accelerator", "sa", "--trace", *traces, "--output", *outputs]
        monkeypatch.setattr("sys.argv", list(map(str, arguments)))
        simulate.main()

    run(traces, together)
    run(traces[1:], [tmp_path / "alone.csv"])
    assert together[1].read_bytes() == (tmp_path / "alone.csv").read_bytes()
    assert together[0].read_bytes() != together[1].read_bytes()
    with pytest.raises(UserError, match="--output names 1 files for 2 traces"):
        run(traces, together[:1])


def test_an_error_names_the_trace_that_it_is_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "small.trace", tmp_path / "large.trace"]
    for path, kernel in zip(paths, (3, 25), strict=True):
        write_trace(path, network(kernel))
    outputs = [path.with_suffix(".csv") for path in paths]
    arguments = ["step", "--accelerator", "eyeriss_v2", "--trace", *paths, "--output", *outputs]
    monkeypatch.setattr("sys.argv", list(map(str, arguments)))
    with pytest.raises(UserError, match=r"large\.trace: .*kernel has 25 rows"):
        simulate.main()
    assert capsys.readouterr().err.splitlines()[-1] == f"simulating {paths[1]}"
    paths[0].write_bytes(b"no trace")
    with pytest.raises(UserError, match=r"^\S*small\.trace(?!.*small\.trace)"):
        simulate.main()
