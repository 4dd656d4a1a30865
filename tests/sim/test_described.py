"""Accelerators that a file describes."""

from pathlib import Path

import numpy as np
import pytest

from sim import Layer, LayerTrace, UserError, accelerator
from sim.comparison import compare
from sim.described import described_accelerators
from sim.network_trace import NetworkTrace, Provenance, TracedLayer


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_a_base_and_what_differs(tmp_path: Path) -> None:
    text = "mine:\n  parameters: {groups: 4, skips: weights}\nlarge:\n  base: sparten\n"
    designs = described_accelerators(written(tmp_path, text))
    assert designs == {
        "mine": accelerator("template", groups=4, skips="weights"),
        "large": accelerator("sparten"),
    }


def test_it_is_compared_beside_the_others_and_the_template_only_if_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    layer = Layer.conv("conv", 4, 4, 3, input_size=6)
    masks = rng.random(layer.weight_shape) < 0.5, rng.random((1, *layer.input_shape)) < 0.5
    origin = Provenance("yours", "small", "dense", "measured", "measured", "drawn")
    trace = NetworkTrace(origin, (TracedLayer(LayerTrace(layer, *masks)),))
    path = written(tmp_path, "mine: {parameters: {groups: 8, units_per_group: 2}}")
    compared = compare(trace, ["dense_mapped", str(path)])
    assert set(compared.layers) == {"dense_mapped", "mine"}
    for costs in compared.layers.values():
        assert all(sum(cost.energy_pj.values()) > 0 for cost in costs)
    everything = compare(trace)
    assert "template" not in everything.layers
    assert "template" in compare(trace, "template").layers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mine: {base: spartan}", r"mine: unknown accelerator 'spartan' \(did you mean 'sparten'"),
        ("mine: {parameters: {lane: 2}}", r"mine: unknown parameter .*'lane' \(did you mean"),
        ("mine: {parameters: {skips: all}}", "mine: accelerator 'template': skips is 'all'"),
        ("sparten: {}", "'sparten' is a configuration of the project; rename yours"),
        ("mine: {bass: sa}", "mine.yaml: .*'bass' was unexpected"),
        ("Mine: {}", "mine.yaml"),
        ("{}", "mine.yaml"),
        ("mine: {}\nmine: {base: sa}", "key 'mine' stands a second time.* line 2"),
        ("mine: {parameters: {lanes: 1, lanes: 2}}", "key 'lanes' stands a second time"),
        ("no: {}", "False is not of type 'string'"),
        ("mine: {parameters: {1: 2}}", "1 is not of type 'string'"),
        ("- 1", "is not of type 'object'"),
        ("a: [", "not YAML"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        described_accelerators(written(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none.yaml: cannot be read"):
        described_accelerators(tmp_path / "none.yaml")


def test_a_name_in_two_files_is_refused_whatever_the_case_of_their_ending(tmp_path: Path) -> None:
    (tmp_path / "one.YAML").write_text("mine: {parameters: {lanes: 1}}")
    (tmp_path / "two.yml").write_text("mine: {parameters: {lanes: 2}}")
    layer = TracedLayer(LayerTrace(Layer.linear("fc", 8, 4)))
    origin = Provenance("yours", "small", "dense", "measured", "measured", "drawn")
    trace = NetworkTrace(origin, (layer,))
    assert set(compare(trace, str(tmp_path / "one.YAML")).layers) == {"mine"}
    with pytest.raises(UserError, match=r"two\.yml: 'mine' is described by an earlier file too"):
        compare(trace, [str(tmp_path / "one.YAML"), str(tmp_path / "two.yml")])
