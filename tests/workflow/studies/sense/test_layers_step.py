from pathlib import Path

import pytest

from sim import UserError, write_trace
from sim.accelerators.eyeriss.published import LAYERS
from tests.workflow.studies.sense.small_networks import TRACES, network
from workflow.studies.sense import layers_step
from workflow.studies.sense.layers_step import measured_as


def test_measured_tables_join_only_the_networks_that_were_measured() -> None:
    alexnet = network("balanced", LAYERS["alexnet"](), name="alexnet_caffe")
    assert measured_as(alexnet) == "alexnet"
    assert measured_as(TRACES["balanced"]) is None


def test_each_trace_has_a_table_of_its_own_and_an_error_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schemes = ["balanced", "unbalanced"]
    traces = [tmp_path / f"{scheme}.trace" for scheme in schemes]
    for scheme, path in zip(schemes, traces, strict=True):
        write_trace(path, TRACES[scheme])

    def run(paths: list[Path], suffix: str) -> list[Path]:
        outputs = [path.with_suffix(suffix) for path in paths]
        command = ["step", "--trace", *paths, "--output", *outputs]
        monkeypatch.setattr("sys.argv", list(map(str, command)))
        layers_step.main()
        return outputs

    together = run(traces, ".together")
    for path, output in zip(traces, together, strict=True):
        assert output.read_bytes() == run([path], ".alone")[0].read_bytes()
    assert together[0].read_bytes() != together[1].read_bytes()
    traces[1].write_bytes(b"no trace")
    with pytest.raises(UserError, match=r"^\S*unbalanced\.trace(?!.*unbalanced\.trace)"):
        run(traces, ".again")
    assert capsys.readouterr().err.splitlines()[-1] == f"simulating {traces[1]}"
