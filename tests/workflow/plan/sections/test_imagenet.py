import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError
from workflow.plan.check_config import check_config
from workflow.plan.config_errors import ConfigError
from workflow.plan.layout import Layout
from workflow.plan.plan import Plan
from workflow.plan.products import products
from workflow.plan.runs import Run
from workflow.plan.sections.imagenet import FullSize

ROOT = Path(__file__).parents[4]


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize(
    ("files", "settings", "message"),
    [
        ([], {}, r"networks\.vgg16\.image_folder: .*pictures: holds no images"),
        (["a.png"], {"images": 2}, r"images is 2; .* holds 1"),
        (["a.txt"], {}, r"a\.txt: not an image"),
        (["a.png", "cat/b.png"], {}, "both class folders and files"),
        (["cat/a.png", "dog/b.png"], {}, "2 class folders, the network has 1000 classes"),
        (["cat/a.png"], {"num_classes": 2, "classes": "classes.txt"}, r"classes\.txt"),
        (["cat/a.png", "dog/b.png"], {"num_classes": 2}, None),
        (["a.png"], {}, None),
    ],
)
def test_pictures_that_a_trace_cannot_use_are_refused_at_the_start(
    config: dict[str, Any],
    tmp_path: Path,
    files: list[str],
    settings: dict[str, Any],
    message: str | None,
) -> None:
    weights, folder = tmp_path / "vgg16.pth", tmp_path / "pictures"
    folder.mkdir()
    for path in (weights, tmp_path / "classes.txt", *(folder / name for name in files)):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    entry = {"checkpoint": str(weights), "image_folder": str(folder), **settings}
    if "classes" in entry:
        entry["classes"] = str(tmp_path / entry["classes"])
    config["imagenet"]["networks"] = {"vgg16": entry}
    if message is None:
        check_config(config)
        return
    with pytest.raises(UserError, match=message):
        check_config(config)


def test_more_images_than_there_are_photographs_are_refused(config: dict[str, Any]) -> None:
    config["imagenet"]["images"] = 21
    with pytest.raises(UserError, match=r"imagenet\.images: .* photographs give 20"):
        check_config(config)


@pytest.mark.parametrize("labelled", [False, True])
def test_pictures_without_labels_are_not_pruned_blockwise(
    config: dict[str, Any], tmp_path: Path, labelled: bool
) -> None:
    """The README's own example: a checkpoint and a folder, with class folders or without."""
    picture = tmp_path / "val" / ("cat/1.png" if labelled else "1.png")
    picture.parent.mkdir(parents=True)
    for path in (picture, tmp_path / "resnet50.pth"):
        path.touch()
    entry = {"checkpoint": "resnet50.pth", "image_folder": "val", "num_classes": 1}
    given = {key: str(tmp_path / value) for key, value in entry.items() if key != "num_classes"}
    config["imagenet"]["networks"] = {"resnet50": {**entry, **given}}
    config["sparse_blox"]["full_size_networks"] = ["resnet50"]
    check_config(config)
    plan = Plan(config, ROOT)
    schemes = {run.scheme for run in plan.block_skipping.runs() if run.suite == "imagenet"}
    assert schemes == ({"dense", "blockwise"} if labelled else {"dense"})
    read = {path for table in products(plan).tables for path in table.inputs}
    blocks = "results/sparse_blox/imagenet/resnet50/"
    made = {path.removeprefix(blocks) for path in read if path.startswith(blocks)}
    assert made == {f"{scheme}.csv" for scheme in schemes}


def user(config: dict[str, Any], folder: Path, **settings: Any) -> FullSize:
    """The section with two classes of empty pictures, which no check opens."""
    for part, count in (("val", 1), ("train", 2)):
        for name in ("cat", "dog"):
            (folder / part / name).mkdir(parents=True)
            for index in range(count):
                (folder / part / name / f"{index}.png").touch()
    (folder / "vgg16.pth").touch()
    entry = {
        "checkpoint": str(folder / "vgg16.pth"),
        "image_folder": str(folder / "val"),
        "train_folder": str(folder / "train"),
        "num_classes": 2,
    }
    config["imagenet"]["networks"] = {"vgg16": entry | settings}
    return FullSize(Layout(config))


def test_only_networks_with_training_pictures_are_fine_tuned(
    config: dict[str, Any], tmp_path: Path
) -> None:
    section = user(config, tmp_path, fine_tune_threads=3)
    check_config(config)
    assert section.fine_tuned(on_gpu=False) == ["vgg16"]
    assert section.fine_tuned(on_gpu=True) == []
    assert (section.threads("vgg16"), section.threads("resnet50")) == (3, 1)
    assert str(tmp_path / "train") in section.user_files("vgg16")
    state = "results/fine_tuning/imagenet/vgg16/dbb.safetensors"
    assert section.state_option("vgg16", "dbb") == ["--state", state]
    assert section.state_option("resnet50", "dbb") == []
    assert section.same_under_every_seed(Run("imagenet", "vgg16", "dbb")) is None
    before = section.inputs_digest("vgg16")
    (tmp_path / "train" / "cat" / "more.png").touch()
    assert section.inputs_digest("vgg16") != before
    (checkpoint,) = [path for path in section.user_files("vgg16") if not Path(path).is_dir()]
    before = section.inputs_digest("vgg16")
    os.utime(checkpoint, (1, 1))  # moved here from elsewhere: older than what was made of it
    assert section.inputs_digest("vgg16") != before


@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_those_that_may_take_a_gpu_ask_a_cluster_for_one(
    config: dict[str, Any], tmp_path: Path, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    section = user(config, tmp_path, device=device)
    assert section.fine_tuned(on_gpu=True) == ["vgg16"]
    if device == "auto":
        section.check_devices()
        return
    with pytest.raises(ConfigError, match="device is cuda, but PyTorch sees no GPU here"):
        section.check_devices()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: shutil.rmtree(folder), r"train_folder: .*train: no such file"),
        (lambda folder: (folder / "cat/1.png").unlink(), r"train_folder: .*'cat' has 1 pictures"),
        (lambda folder: (folder / "cat").rename(folder / "cow"), r"train_folder: .*class 'cat'"),
    ],
)
def test_training_pictures_that_do_not_fit_are_refused_at_the_start(
    config: dict[str, Any], tmp_path: Path, damage: Callable[[Path], object], message: str
) -> None:
    user(config, tmp_path)
    damage(tmp_path / "train")
    with pytest.raises(UserError, match=message):
        check_config(config)
