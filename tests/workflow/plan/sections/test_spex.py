import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.compression.schemes.blockwise import Blockwise
from sim import UserError
from sim.masks.block_map import BLOCK_SHAPES
from workflow.cli import settings
from workflow.plan.check_config import check_config
from workflow.plan.layout import Layout, as_json
from workflow.plan.sections.spex import Spex
from workflow.search.spex.run import STRATEGIES
from workflow.search.spex.settings import SpexSettings

ROOT = Path(__file__).parents[4]


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


def test_schema_knows_the_strategies_and_blocks_there_are() -> None:
    schema = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())
    assert set(schema["$defs"]["strategy"]["enum"]) == set(STRATEGIES)
    blocks = {f"{width}x{height}" for width, height in BLOCK_SHAPES}
    assert set(schema["$defs"]["block"]["enum"]) == blocks


@pytest.mark.parametrize("overlay", ["config.yaml", "full.yaml", "quick.yaml"])
def test_settings_of_every_shipped_search_are_valid(config: dict[str, Any], overlay: str) -> None:
    config |= yaml.safe_load((ROOT / "config" / overlay).read_text())
    spex = Spex(Layout(config))
    searches = spex.searches()
    assert searches
    for suite, network, block, _ in searches:
        search = settings(SpexSettings, as_json(spex.settings(suite, network, block)))
        assert search.rule.name == block
        assert search.budget_points == 1.0


def test_settings_of_an_entry_hold_for_its_networks_alone(config: dict[str, Any]) -> None:
    searches = config["spex"]["searches"]
    searches[0]["settings"] = {"trials": 9}
    spex = Spex(Layout(config))
    of_entry = spex.settings("shapes", "lenet5", "8x8")
    assert (of_entry["trials"], of_entry["block"]) == (9, [8, 8])
    assert spex.settings("shapes", "resnet50", "8x8")["trials"] != 9


def test_blockwise_takes_the_thresholds_of_the_search_in_use(
    config: dict[str, Any], tmp_path: Path
) -> None:
    config["results_dir"] = str(tmp_path)
    config["spex"]["used"] = {"block": "1x16", "strategy": "nsga2"}
    spex = Spex(Layout(config))
    path = tmp_path / "spex/shapes/lenet5/1x16/nsga2.yaml"
    assert spex.thresholds("shapes", "lenet5") == str(path)
    path.parent.mkdir(parents=True)
    path.write_text("block: [1, 16]\ncriterion: signed_mean\nthresholds: {conv1: 0.5}\n")
    scheme = settings(
        Blockwise, as_json(spex.compression("shapes", "lenet5"))
    ).with_thresholds_read()
    assert scheme.fine_tune_epochs == 0, "not retrained, though the suite fine-tunes"
    assert scheme.thresholds == {"conv1": 0.5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"suite": "shape"}, "searches.0..suite: unknown suite 'shape'.*did you mean 'shapes'"),
        ({"networks": ["lenet"]}, "networks.0.: .* 'lenet'.*did you mean 'lenet5'"),
        ({"blocks": ["3x3"]}, "unknown value '3x3'"),
        ({"strategies": ["tpe"]}, "unknown value 'tpe'"),
        ({"networks": ["resnet50"]}, "spex.searches: lists shapes/resnet50/8x8/greedy twice"),
        ({"strategies": ["nsga2"]}, "runs has shapes/lenet5/blockwise, but spex.searches has no"),
    ],
)
def test_wrong_searches_are_named(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    broken = copy.deepcopy(config)
    broken["spex"]["searches"][0] |= change
    with pytest.raises(UserError, match=message):
        check_config(broken)


@pytest.mark.parametrize(
    ("place", "settings", "message"),
    [
        ("searches", {"block": [4, 4]}, "searches.0..settings.block: is decided by blocks"),
        ("settings", {"block": [4, 4]}, "spex.settings.block: is decided by blocks"),
        ("blockwise", {"thresholds_file": "t.yaml"}, "blockwise.thresholds_file: is decided by"),
        ("blockwise", {"networks": {"lenet5": {"criterion": "signed_mean"}}}, "lenet5.criterion:"),
    ],
)
def test_no_setting_replaces_what_other_keys_decide(
    config: dict[str, Any], place: str, settings: dict[str, Any], message: str
) -> None:
    if place == "blockwise":
        config["compression"]["blockwise"] |= settings
    elif place == "settings":
        config["spex"]["settings"] |= settings
    else:
        config["spex"]["searches"][0]["settings"] = settings
    with pytest.raises(UserError, match=message):
        Spex(Layout(config)).check()


def test_one_search_has_the_settings_of_one_entry(config: dict[str, Any]) -> None:
    first = config["spex"]["searches"][0]
    config["spex"]["searches"].append(first | {"strategies": ["greedy"], "settings": {"trials": 9}})
    with pytest.raises(UserError, match=r"searches.2.: another entry has other settings"):
        Spex(Layout(config)).check()
