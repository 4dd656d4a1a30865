"""Section `seeds`: which files, and what is refused."""

from typing import Any

import pytest
import yaml

from sim import UserError
from sim.declared import ROOT
from workflow.plan.check_config import check_config
from workflow.plan.layout import Layout
from workflow.plan.name_checks import notes
from workflow.plan.sections.seeds import Seeds

RUN = {"suite": "digits", "networks": ["lenet5"], "schemes": ["dbb"]}
FULL_SIZE = {"suite": "imagenet", "networks": ["resnet50"], "schemes": ["dbb"]}


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def repeated(config: dict[str, Any], **change: Any) -> dict[str, Any]:
    section = {"values": [0, 3], "accelerators": ["sparten"], "runs": [RUN]}
    return {**config, "seeds": section | change}


def test_the_own_seed_has_the_paths_of_every_other_table(config: dict[str, Any]) -> None:
    own, other = Seeds(Layout(repeated(config))).seeded()
    assert own.files == [
        "results/traces/digits/lenet5/dbb.safetensors",
        "results/networks/digits/lenet5/dbb.json",
        "results/events/digits/lenet5/dbb/sparten.csv",
    ]
    assert other.files == [path.replace("digits", "digits-seed3") for path in own.files]
    (modelled, _) = Seeds(Layout(repeated(config, runs=[FULL_SIZE]))).seeded()
    assert modelled.metrics is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [0]}, "seeds.values: .* is too short"),
        ({"values": [1, 1]}, "seeds.values: has 1 twice"),
        ({"values": [0, -1]}, r"seeds.values.1.: -1 is less than the minimum of 0"),
        ({"accelerators": ["s2ta"]}, r"seeds.accelerators.0.: unknown accelerator 's2ta'"),
        ({"runs": [RUN | {"networks": ["lenet"]}]}, r"runs.0..networks.0.: unknown network"),
        ({"runs": [RUN | {"suite": "pretrained"}]}, r"runs.0..suite: unknown suite 'pretrained'"),
        ({"runs": [RUN, RUN]}, "digits/lenet5/dbb is listed twice"),
        (
            {"runs": [RUN | {"networks": ["vgg16"]}]},
            r"seeds.runs.0.: digits/vgg16/dbb is not among runs; add it to runs",
        ),
    ],
)
def test_what_cannot_be_repeated_is_refused(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        check_config(repeated(config, **change), with_settings=False)


def test_measured_zeros_are_refused_where_the_user_asks_and_left_out_where_not(
    config: dict[str, Any],
) -> None:
    config["imagenet"]["networks"] = {"resnet50": {"checkpoint": "mine.pth"}}
    with pytest.raises(UserError, match=r"resnet50 has a checkpoint.*take it out"):
        check_config(repeated(config, runs=[FULL_SIZE]), with_settings=False)
    check_config(config, with_settings=False)
    runs = Seeds(Layout(config)).runs()
    assert ("imagenet", "vgg16", "dbb") in runs
    assert ("imagenet", "resnet50", "dbb") not in runs


def test_an_inherited_list_holds_as_a_whole_or_not_at_all(config: dict[str, Any]) -> None:
    assert len(Seeds(Layout(config)).runs()) == 6
    config["runs"] = [RUN]
    config["spex"]["searches"], config["sparse_blox"]["full_size_networks"] = [], []
    check_config(config, with_settings=False)
    assert Seeds(Layout(config)).runs() == []
    assert any(line.startswith("seeds: not all of its runs are made") for line in notes(config))
    without = {key: value for key, value in config.items() if key != "seeds"}
    assert Seeds(Layout(without)).seeded() == []
