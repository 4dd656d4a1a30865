"""What a variant in a configs.yaml takes from its base, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError, configurations, registry
from sim.variants import with_bases

PATH = Path("paper/configs.yaml")
BASE = {"model": "Array", "title": "A", "parameters": {"rows": 1, "columns": 2, "depth": 3}}


def test_a_variant_has_what_its_base_has_in_the_same_order() -> None:
    variant = {"base": "array", "title": "B", "parameters": {"columns": 8, "threads": 2}}
    entry = with_bases({"variant": variant, "array": BASE}, PATH)["variant"]
    assert (entry["model"], entry["title"]) == ("Array", "B")
    assert list(entry["parameters"].items()) == [
        ("rows", 1),
        ("columns", 8),
        ("depth", 3),
        ("threads", 2),
    ]


def test_a_variant_of_a_variant_leaves_out_what_its_model_does_not_have() -> None:
    document = {
        "array": BASE,
        "flat": {"base": "array", "model": "Flat", "without": ["depth"]},
        "wide": {"base": "flat", "parameters": {"columns": 9}},
    }
    entry = with_bases(document, PATH)["wide"]
    assert entry["model"] == "Flat"
    assert entry["parameters"] == {"rows": 1, "columns": 9}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"a": {"base": "arry"}, "array": BASE}, r"base of 'a' in .*'arry' \(did you mean 'array'"),
        ({"a": {"base": "a"}}, r"bases in a circle: a -> a; one of them must state"),
        (
            {"a": {"base": "b"}, "b": {"base": "c"}, "c": {"base": "b"}},
            r"bases in a circle: a -> b -> c -> b",
        ),
        (
            {"array": BASE, "a": {"base": "array", "without": ["row"]}},
            r"parameter in `without` of 'a' .*'row' \(did you mean 'rows'",
        ),
    ],
)
def test_a_base_that_cannot_be_is_one_line(document: Any, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        with_bases(document, PATH)
    assert "\n" not in str(refused.value)


def _files() -> list[Path]:
    return sorted(registry.ACCELERATORS.glob("*/configs.yaml"))


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.parent.name)
def test_a_variant_states_only_what_differs_from_its_base(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    whole = with_bases(document, path)
    for name, entry in document.items():
        if "base" not in entry:
            continue
        base = whole[entry["base"]]
        assert entry.get("model") != base["model"], f"{name} repeats the model of its base"
        for parameter, value in entry.get("parameters", {}).items():
            assert value != base["parameters"].get(parameter), f"{name} repeats {parameter}"


def test_every_title_stands_for_one_configuration() -> None:
    titles = [configuration.title for configuration in configurations().values()]
    assert len(set(titles)) == len(titles)
