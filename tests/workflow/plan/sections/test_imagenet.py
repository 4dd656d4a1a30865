from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError
from workflow.plan.check_config import check_config

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
