from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from models.checkpoints import load_checkpoint, read_metadata, save_checkpoint
from models.networks import build
from sim.errors import UserError


def lenet(seed: int, *, norm: bool = True, width: float = 1.0) -> nn.Module:
    torch.manual_seed(seed)
    return build("lenet5", num_classes=10, width=width, input_size=32, batch_norm=norm)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "lenet5.safetensors"
    save_checkpoint(path, lenet(0), {"seed": 3, "suite": "digits"})
    return path


def test_round_trip(path: Path) -> None:
    network = lenet(1)
    assert load_checkpoint(path, network) == {"seed": 3, "suite": "digits"}
    assert read_metadata(path) == {"seed": 3, "suite": "digits"}
    for name, value in lenet(0).state_dict().items():
        assert torch.equal(network.state_dict()[name], value)
    assert {p.name for p in path.parent.iterdir()} == {path.name, f".{path.name}.sha256"}


def test_same_content_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    network = lenet(0).to(memory_format=torch.channels_last)
    save_checkpoint(again, network, {"suite": "digits", "seed": 3})
    assert again.read_bytes() == path.read_bytes()


def test_files_from_elsewhere_need_no_metadata_and_no_counters(tmp_path: Path) -> None:
    state = {k: v for k, v in lenet(0).state_dict().items() if "num_batches" not in k}
    save_file(state, tmp_path / "a")
    assert load_checkpoint(tmp_path / "a", lenet(1)) == {}


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.safetensors: no such checkpoint"):
        load_checkpoint(tmp_path / "none.safetensors", lenet(0))


@pytest.mark.parametrize("keep", [0, 4, 300, -1])
def test_truncated_file(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match="not a whole safetensors file"):
        load_checkpoint(path, lenet(0))


def test_pickled_file_is_not_read(tmp_path: Path) -> None:
    torch.save(lenet(0).state_dict(), tmp_path / "a.pth")
    with pytest.raises(UserError, match=r"convert a \.pth"):
        load_checkpoint(tmp_path / "a.pth", lenet(0))


def test_another_network(path: Path) -> None:
    with pytest.raises(UserError, match=r"missing \(first: features\.0\.weight.*unexpected"):
        load_checkpoint(path, build("alexnet", width=0.25, input_size=32))
    with pytest.raises(UserError, match=r"10 unexpected \(first: bn1.bias\)"):
        load_checkpoint(path, lenet(0, norm=False))


def test_another_width_leaves_the_network_alone(path: Path) -> None:
    network = lenet(1, width=2.0)
    with pytest.raises(UserError, match=r"has shape .*, the network expects .*check width"):
        load_checkpoint(path, network)
    expected = lenet(1, width=2.0).state_dict()
    assert all(torch.equal(v, expected[k]) for k, v in network.state_dict().items())


def test_weights_that_are_not_numbers(tmp_path: Path) -> None:
    network = lenet(0)
    network.get_parameter("fc2.bias").data[5] = float("nan")
    save_checkpoint(tmp_path / "a", network, {})
    with pytest.raises(UserError, match=r"fc2\.bias holds NaN"):
        load_checkpoint(tmp_path / "a", lenet(0))


def test_metadata_of_another_kind(tmp_path: Path) -> None:
    for text, message in (("[1]", "not a JSON object"), ("{", "not JSON")):
        save_file(lenet(0).state_dict(), tmp_path / "a", {"metadata": text})
        with pytest.raises(UserError, match=message):
            load_checkpoint(tmp_path / "a", lenet(0))
