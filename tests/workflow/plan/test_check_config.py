import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from sim import UserError, configurations
from tests.workflow.plan.data_sets import data_set
from workflow.plan.check_config import check_config
from workflow.plan.config_files import ConfigFiles
from workflow.plan.name_checks import notes
from workflow.plan.sweeps import Sweeps

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize("overlay", [p.name for p in sorted((ROOT / "config").glob("*.yaml"))])
def test_every_shipped_configuration_is_valid(
    config: dict[str, Any], overlay: str, tmp_path: Path
) -> None:
    change = yaml.safe_load((ROOT / "config" / overlay).read_text())
    update_config(config, change)
    for suite in config["training"].values():
        if "folder" in suite:
            suite["folder"] = str(data_set(tmp_path))
    check_config(config)


def test_every_key_of_the_schema_is_described() -> None:
    undescribed = [
        name for name, entry in SCHEMA["properties"].items() if "description" not in entry
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"suite": "digit"}, "did you mean 'digits'"),
        ({"networks": ["resnet5"]}, "did you mean 'resnet50'"),
        ({"schemes": ["dbbb"]}, "did you mean 'dbb'"),
    ],
)
def test_names_that_do_not_exist_are_named(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    broken = copy.deepcopy(config)
    broken["runs"][0] |= change
    with pytest.raises(UserError, match=message):
        check_config(broken)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"suite": "shape"}, "footing_runs.0..suite: unknown suite 'shape'.*did you mean 'shapes'"),
        (
            {"schemes": ["dbbb"]},
            "schemes.0.: unknown scheme 'dbbb'.*did you mean 'dbb'",
        ),
    ],
)
def test_names_in_footing_runs_exist(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    config["footing_runs"][0] |= change
    with pytest.raises(UserError, match=message):
        check_config(config)


def test_unknown_accelerators_and_repeated_runs_are_named(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"accelerators.0.: unknown accelerator 's2ta'"):
        check_config({**config, "accelerators": ["s2ta"]})
    doubled = {**config, "runs": [config["runs"][0]] * 2}
    with pytest.raises(UserError, match="twice"):
        check_config(doubled)


def test_unknown_keys_and_wrong_values_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="unknown key 'epoch'"):
        check_config({**config, "epoch": 3})
    with pytest.raises(UserError, match="trace_images: 0 is less than the minimum of 1"):
        check_config({**config, "trace_images": 0})


def test_default_accelerators_exist(config: dict[str, Any]) -> None:
    assert set(config["accelerators"]) <= set(configurations())


SWEEP: dict[str, Any] = {
    "accelerators": ["phantom_2d"],
    "parameters": {"lookahead": [3, 9]},
    "suites": ["imagenet"],
    "networks": ["vgg16"],
    "seeds": [0, 1],
}


def swept(config: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {**config, "sweeps": {"mine": SWEEP | change}, "design_space": ["mine"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"accelerators": ["phantom"]},
            r"sweeps.mine.accelerators.0.: .* 'phantom' \(did you mean 'phantom_2d'",
        ),
        (
            {"parameters": {"look_ahead": [3]}},
            r"mine.parameters: unknown parameter of accelerator 'phantom_2d': .*mean 'lookahead'",
        ),
        (
            {"parameters": {"lookahead": [3, 0]}},
            "mine.parameters: accelerator 'phantom_2d': lookahead",
        ),
        ({"parameters": {"lookahead": [3, 4.5]}}, "lookahead is 4.5.*expected a whole number"),
        (
            {"parameters": {"lookahead": [3, 99]}},
            "mine.parameters: phantom_2d with lookahead=99 has no price: no component 'multipl",
        ),
        ({"parameters": {}}, "sweeps.mine.parameters: {} should be non-empty"),
        ({"parameters": {"lookahead": [3, 3]}}, "3 twice"),
        ({"networks": ["vgg15"]}, r"sweeps.mine.networks.0.: .*'vgg15' \(did you mean 'vgg16'"),
        ({"suites": ["digits"]}, "sweeps.mine: no run has its suites, networks and schemes"),
        ({"seed": [1]}, "sweeps.mine.seed: unknown key 'seed'"),
        ({"seeds": [-1]}, "-1 is less than the minimum of 0"),
    ],
)
def test_a_sweep_that_cannot_run_is_named_before_anything_starts(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    check_config(swept(config))
    with pytest.raises(UserError, match=message):
        check_config(swept(config, **change))


def test_an_unknown_sweep_in_the_design_space_is_named(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"design_space.0.: unknown sweep 's2ta_gate'"):
        check_config({**config, "design_space": ["s2ta_gate"]})


def test_seeds_of_a_measured_network_are_refused(config: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "vgg16.pth"
    file.touch()
    measured = {**config["imagenet"], "networks": {"vgg16": {"checkpoint": str(file)}}}
    check_config(swept({**config, "imagenet": measured}, seeds=[1]))
    with pytest.raises(UserError, match=r"vgg16 has a checkpoint.*leave out seeds"):
        check_config(swept({**config, "imagenet": measured}))


def test_the_demonstration_has_over_500_points(config: dict[str, Any]) -> None:
    config |= yaml.safe_load((ROOT / "config/design_space.yaml").read_text())
    sweeps = Sweeps(config)
    chunks = [
        json.loads(sweeps.chunk(folder.sweep, str(index)))
        for folder in sweeps.folders(config["design_space"])
        for index in range(folder.chunks)
    ]
    assert sum(map(len, chunks)) >= 500
    assert max(map(len, chunks)) <= config["points_per_job"]


def with_change(config: dict[str, Any], text: str) -> dict[str, Any]:
    """The configuration as Snakemake merges a user's file into it."""
    update_config(config, yaml.safe_load(text))
    return config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # imagenet: what would be read as measured is refused, not ignored
        ("imagenet: {networks: {resnet_50: {}}}", r"networks\.resnet_50: .* 'resnet50'"),
        ("imagenet: {networks: {VGG16: {}}}", "mean 'vgg16'"),
        ("imagenet: {networks: {efficientnet_lite0: {}}}", "settings would be ignored"),
        ("imagenet: {networks: {vgg16: }}", "is null; expected a mapping"),
        ("imagenet: {networks: {vgg16: {checkpoint: 5}}}", r"vgg16\.checkpoint: .* is 5; .*text"),
        ("imagenet: {networks: {vgg16: {checkpoint: no.pth}}}", r"no\.pth: no such file"),
        ("imagenet: {image_folder: config/config.yaml}", "image_folder: .* is a file"),
        ("imagenet: {weight_bound: 9}", "imagenet.weight_bound: weight_bound is 9"),
        # settings of jobs, by the classes that the jobs use
        ("training: {digits: {networks: {lenet5: {width: 5e-1}}}}", "text '5e-1'.*write 0.5"),
        ("training: {digits: {networks: {lenet5: {width: -1}}}}", "width is -1"),
        ("training: {digits: {recipe: {epoch: 3}}}", "recipe.epoch: .*mean 'epochs'"),
        ("training: {shapes: {fine_tuning: {epochs: 3}}}", "fine_tuning.epochs: unknown setting"),
        ("training: {shapes: {networks: {resnet_18: {width: 1}}}}", "mean 'resnet18'"),
        ("training: {digit: {recipe: {}, networks: {}}}", "training.digit: .*mean 'digits'"),
        ("compression: {foo: {}}", "compression.foo: unknown scheme"),
        ("compression: {dbb: {networks: {lenet_5: {}}}}", "networks.lenet_5: .*mean 'lenet5'"),
        ("compression: {dbb: {networks: {lenet5: {weight_bound: 0}}}}", "lenet5.weight_bound"),
        ("compression: {magnitude: {density: 1.5}}", "magnitude.density: density is 1.5"),
        ("detection: {networks: {yolov5s: {width: x}}}", "yolov5s.width: width is 'x'"),
        ("pretrained: {settings: {repair: x}}", "settings.repair: .*one of none"),
        (
            "pretrained: {curves: {networks: [], schemes: {dbb: {weight_bounds: [4]}}}}",
            "curves.schemes.dbb.weight_bounds: unknown setting 'weight_bounds'",
        ),
        (
            "pretrained: {curves: {networks: [], schemes: {dbb: {weight_bound: [4, 9]}}}}",
            "curves.schemes.dbb.weight_bound: weight_bound is 9",
        ),
        ("pretrained: {budgets: {points: [2, 101]}}", r"budgets\.points\[1\]: .*101"),
        ("pretrained: {budgets: {points: []}}", r"budgets\.points: "),
        ("pretrained: {budgets: {methods: [spex]}}", r"budgets\.methods\[0\]: .*'spex'"),
        ("dataflow: {settings: {dsp_shares: 0.1}}", "dsp_shares is 0.1; expected a list"),
        ("dataflow: {settings: {dsp_share: 0}}", "settings.dsp: limit dsp is 0|settings"),
        ("threshold_search: {settings: {trails: 3}}", "settings.trails: .*mean 'trials'"),
        ("threshold_search: {settings: {networks: {lenet: {}}}}", "mean 'lenet5'"),
        ("spex: {settings: {population: 1}}", "settings.population"),
        ("zeros: {most_removed: [0.1, 1.5]}", r"zeros\.most_removed\[1\]"),
        ("zeros: {most_removd: [0.1]}", r"zeros\.most_removd: .*mean 'most_removed'"),
        # names among the runs
        ("runs: [{suite: imagenet, networks: [vgg-16], schemes: [dense]}]", "mean 'vgg16'"),
        ("runs: [{suite: imagenet, networks: [vgg16], schemes: [thresholds]}]", r"schemes\[0\]"),
        ("runs: [{suite: imagenet, networks: [vgg16], schemes: [blockwise]}]", "a checkpoint"),
        ("compared_schemes: [thresholds]", "'thresholds' is in no run"),
        ("sweep_suites: [foo]", r"sweep_suites\[0\]: unknown suite 'foo'"),
        ("footing_runs: [{suite: digits, networks: [vgg16], schemes: [dense]}]", "not among runs"),
        ("sensitivity_runs: [{suite: shapes, networks: [vgg1], schemes: [dbb]}]", "mean 'vgg16'"),
        ("dataflow: {sensitivity: [vgg16]}", r"sensitivity\[0\]: 'vgg16' is in no run"),
        ("sparse_blox: {full_size_networks: [yolov5]}", "mean 'yolov5s'"),
        # forms
        ("technology_nodes_nm: [16, 16]", "has 16 twice"),
        ("seed: 1.0", "seed: is 1.0; expected a whole number"),
        ("training: {1: {}}", "has the key 1, which is not text"),
        ("sweeps: {A/B: {accelerators: [scnn], parameters: {rows: [1]}}}", "small letters"),
        ("cluster_model: {poll_s: .nan}", "poll_s: is nan; expected a number"),
        ("results_dir: ../../x", "outside the working folder"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    config: dict[str, Any], text: str, message: str
) -> None:
    change = with_change(config, text)
    if "cluster_model" in text:
        whole = yaml.safe_load((ROOT / "config/design_space.yaml").read_text())
        change["cluster_model"] = whole["cluster_model"] | change["cluster_model"]
    with pytest.raises(UserError, match=message) as said:
        check_config(change)
    assert "\n" not in str(said.value)


def test_a_mistake_names_file_and_line(config: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text("seed: 1\nimagenet:\n  networks:\n    resnet_50: {}\n")
    update_config(config, yaml.safe_load(file.read_text()))
    with pytest.raises(UserError) as said:
        check_config(config, ConfigFiles([ROOT / "config/config.yaml", file]))
    assert str(said.value).startswith(f"{file}:4: imagenet.networks.resnet_50: unknown network")


def test_what_is_inherited_may_name_more_than_the_own_runs_and_a_note_says_so(
    config: dict[str, Any],
) -> None:
    assert notes(config) == []
    change = with_change(
        config,
        "{runs: [{suite: digits, networks: [lenet5], schemes: [dense]}],"
        " training: {digits: {networks: {resnet18: {width: 0.125}}}},"
        " sweeps: {mine: {accelerators: [phantom_2d], parameters: {lookahead: [3]}}}}",
    )
    change["spex"]["searches"] = []
    check_config(change)
    said = "\n".join(notes(change))
    assert "footing_runs: none of them is among runs" in said
    assert "compared_schemes: no run has one of them" in said
    assert "training.digits.networks.resnet18: no run has it" in said
    assert "sweeps.mine: not in design_space" in said


def test_a_checkpoint_of_all_networks_takes_no_seeds(
    config: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "vgg16.pth"
    file.touch()
    config["imagenet"]["checkpoint"] = str(file)
    with pytest.raises(UserError, match=r"vgg16 has a checkpoint.*leave out seeds"):
        check_config(swept(config))
