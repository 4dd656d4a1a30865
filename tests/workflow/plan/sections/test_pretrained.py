from pathlib import Path
from typing import Any

import pytest

from sim import UserError
from workflow.plan.layout import Layout
from workflow.plan.sections.pretrained import Pretrained


def section(folder: Path, **changes: Any) -> Pretrained:
    config = {
        "results_dir": "results",
        "seed": 3,
        "compared_schemes": ["dbb"],
        "accelerators": ["sa", "scnn"],
        "pretrained": {
            "folder": str(folder),
            "networks": {"mobilenet_v1_relu6": {}, "resnet50_half": {"labels_in_names": False}},
            "schemes": ["dense", "dbb"],
            "settings": {"images": 2, "labels_in_names": True},
            "curves": {
                "networks": ["mobilenet_v1_relu6", "resnet50_half"],
                "schemes": {"dense": {}, "dbb": {"weight_bound": [4, 6]}},
            },
            "budgets": {
                "networks": ["mobilenet_v1_relu6", "resnet50_half"],
                "methods": ["spex_thresholds"],
                "points": [2.0, 5],
            },
        }
        | changes,
    }
    return Pretrained(Layout(config))


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """Pictures and one of the two networks."""
    for name in ("labelled", "unlabelled"):
        (tmp_path / name).mkdir()
    (tmp_path / "resnet50_half.safetensors").touch()
    return tmp_path


def test_only_networks_that_were_fetched_have_runs(fetched: Path) -> None:
    suite = section(fetched)
    assert suite.runs() == [
        ("pretrained", "resnet50_half", "dense"),
        ("pretrained", "resnet50_half", "dbb"),
    ]
    line = suite.missing()
    assert line is not None
    assert line.startswith("suite pretrained: mobilenet_v1_relu6 left out, not in ")
    assert "\n" not in line
    assert suite.absent == ["mobilenet_v1_relu6"]


def test_runs_are_those_that_match(fetched: Path) -> None:
    suite = section(fetched)
    assert suite.runs(["dbb", "magnitude"]) == [("pretrained", "resnet50_half", "dbb")]
    assert suite.runs(["dbb"], ["mobilenet_v1_relu6"]) == []


def test_without_pictures_there_are_no_runs(fetched: Path) -> None:
    (fetched / "unlabelled").rmdir()
    assert section(fetched).runs() == []


def test_nothing_configured_is_nothing_missing(fetched: Path) -> None:
    assert section(fetched, networks={}).missing() is None
    without_schemes = section(fetched, schemes=[])
    assert without_schemes.configured == []
    assert without_schemes.runs() == []
    assert without_schemes.missing() is None


def test_events_are_of_the_compared_schemes(fetched: Path) -> None:
    assert section(fetched).events() == [
        f"results/events/pretrained/resnet50_half/dbb/{name}.csv" for name in ("sa", "scnn")
    ]


def test_curves_are_of_fetched_networks(fetched: Path) -> None:
    suite = section(fetched)
    assert suite.curve_runs() == [
        ("pretrained", "resnet50_half", "dense"),
        ("pretrained", "resnet50_half", "dbb"),
    ]
    assert suite.axes("curves", "dbb") == '{"weight_bound": [4, 6]}'
    assert suite.judging("curves", "dbb") == [
        "workflow.studies.pretrained.curves_step",
        "models.compression.schemes.dbb",
    ]


def test_budgets_are_of_fetched_networks(fetched: Path) -> None:
    suite = section(fetched)
    assert suite.budget_runs() == [("pretrained", "resnet50_half", "spex_thresholds")]
    assert suite.axes("budgets", "spex_thresholds") == '{"points": [2.0, 5]}'
    step = "workflow.studies.pretrained.budgets_step"
    assert suite.judging("budgets", "spex_thresholds") == [step]


def test_settings_name_the_files_and_a_network_may_differ(fetched: Path) -> None:
    settings = section(fetched).settings("resnet50_half")
    assert settings == {
        "seed": 3,
        "images": 2,
        "labels_in_names": False,
        "checkpoint": str(fetched / "resnet50_half.safetensors"),
        "image_folder": str(fetched / "labelled"),
        "more_pictures": str(fetched / "unlabelled"),
    }


@pytest.mark.parametrize("name", ["~/nets", "a{b}", "a\nb"])
def test_a_folder_that_paths_cannot_spell_is_refused(name: str) -> None:
    suite = section(Path("my nets"))
    suite.check()
    suite.layout.config["pretrained"]["folder"] = name
    with pytest.raises(UserError, match=r"pretrained.folder: is .* expected the path of a folder"):
        suite.check()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "nets").touch()
    with pytest.raises(UserError, match="a file; expected a folder"):
        section(tmp_path / "nets").check()
