"""Errors of whoever adds an accelerator, and of whoever overrides a parameter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError, accelerator, configurations, registry

Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"row": 3}, r"'row' \(did you mean 'rows'\?\)"),
        ({"rows": "3"}, "rows is '3' \\(str\\); expected a whole number like"),
        ({"rows": 3.0}, "rows is 3.0"),
        ({"rows": None}, "rows is None"),
        ({"dataflow": ["os"]}, "dataflow is"),
    ],
)
def test_overrides_that_cannot_be(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("sa", **overrides)


@pytest.mark.parametrize("name", ["s2ta", "", 3])
def test_unknown_accelerators_list_what_there_is(name: Any) -> None:
    with pytest.raises(UserError, match=r"there is: .*s2ta_aw"):
        accelerator(name)


def test_whole_numbers_do_for_fractional_parameters() -> None:
    assert accelerator("sa", dram_bytes_per_cycle=16) == accelerator(
        "sa", dram_bytes_per_cycle=16.0
    )


@pytest.fixture
def dense(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Edit], None]:
    """Replaces all configurations by an edited configs.yaml of the folder `dense`."""
    document = yaml.safe_load((registry.ACCELERATORS / "dense" / "configs.yaml").read_text())
    folder = tmp_path / "dense"
    folder.mkdir()

    def edited(edit: Edit) -> None:
        edit(document)
        (folder / "configs.yaml").write_text(yaml.safe_dump(document))
        monkeypatch.setattr(registry, "ACCELERATORS", tmp_path)
        monkeypatch.setattr(registry, "configurations", configurations.__wrapped__)

    return edited


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda entry: entry.update(colour="red"), r"dense_ideal.*'colour' was unexpected"),
        (lambda entry: entry.update(model="DenseIdol"), "no attribute 'DenseIdol'"),
        (lambda entry: entry.pop("model"), "'model' is a required property"),
        (lambda entry: entry.pop("title"), "'title' is a required property"),
        (
            lambda entry: entry.update(without=["multipliers"]),
            "'base' is a dependency of 'without'",
        ),
        (lambda entry: entry["parameters"].pop("buffer_reuse"), "differ in buffer_reuse"),
        (
            lambda entry: entry["parameters"].update(reuse=entry["parameters"]["buffer_reuse"]),
            "fields of DenseIdeal differ in reuse",
        ),
        (
            lambda entry: entry["parameters"]["multipliers"].pop("sweep"),
            "'sweep' is a required property",
        ),
        (
            lambda entry: entry["parameters"]["multipliers"].update(status="measured"),
            "'measured' is not one of",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_is_one_line(
    dense: Callable[[Edit], None], edit: Edit, message: str
) -> None:
    dense(lambda document: edit(document["dense_ideal"]))
    with pytest.raises(UserError, match=message) as refused:
        accelerator("dense_ideal")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_yaml_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "configs.yaml").write_text("new: [1")
    monkeypatch.setattr(registry, "ACCELERATORS", tmp_path)
    with pytest.raises(UserError, match=r"configs\.yaml: not YAML") as refused:
        configurations.__wrapped__()
    assert "\n" not in str(refused.value)
