import hashlib
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from models.imagenet.user_checkpoints import load_user_checkpoint
from models.networks import build
from sim.errors import UserError


def network(seed: int, name: str = "resnet18") -> nn.Module:
    torch.manual_seed(seed)
    return build(name, num_classes=3, width=0.125, input_size=32)


def equal(first: nn.Module, second: nn.Module) -> bool:
    theirs = second.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in first.state_dict().items())


def refused(path: Path, message: str, sha256: str | None = None) -> None:
    """The file is refused with the message and the network stays as it was."""
    own = network(1)
    with pytest.raises(UserError, match=message):
        load_user_checkpoint(path, own, sha256)
    assert equal(own, network(1))


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("key", [None, "state_dict", "model"])
def test_pth_files(tmp_path: Path, legacy: bool, key: str | None) -> None:
    trained, own, path = network(0), network(1), tmp_path / "net.pth"
    state = trained.state_dict()
    torch.save(
        state if key is None else {key: state, "epoch": 3},
        path,
        _use_new_zipfile_serialization=not legacy,
    )
    load_user_checkpoint(path, own)
    assert equal(own, trained)


def test_safetensors_and_missing_counters(tmp_path: Path) -> None:
    trained, own, path = network(0), network(1), tmp_path / "net.safetensors"
    state = {k: v for k, v in trained.state_dict().items() if "num_batches" not in k}
    save_file(state, path)
    load_user_checkpoint(path, own)
    assert equal(own, trained)


def test_digest(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save(network(0).state_dict(), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    load_user_checkpoint(path, network(1), digest)
    load_user_checkpoint(path, network(1), digest[:8].upper())
    refused(path, f"its SHA-256 is {digest}, expected 0123456789", "0123456789")
    refused(path, "sha256 is 'abc'; expected at least 8 hexadecimal digits", "abc")
    refused(path, "sha256 is 'not hex!'", "not hex!")


def test_weights_of_another_network(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save(network(0, "mobilenet_v2").state_dict(), path)
    refused(path, r"weights of another network: 102 missing \(first: conv1.weight\), 3\d\d unexp")
    torch.save(build("resnet18", num_classes=3, width=0.25, input_size=32).state_dict(), path)
    refused(path, r"conv1.weight has shape \(16, 3, 3, 3\), the network expects \(8, 3, 3, 3\)")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite(tmp_path: Path, value: float) -> None:
    path, state = tmp_path / "net.pth", network(0).state_dict()
    state["layer1.0.conv1.weight"][0, 0, 0, 0] = value
    torch.save(state, path)
    refused(path, r"layer1\.0\.conv1\.weight holds NaN or infinity")


class Hostile:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_hostile_pickles_do_not_run(tmp_path: Path) -> None:
    sign = tmp_path / "ran"
    for index, write in enumerate((torch.save, lambda o, p: p.write_bytes(pickle.dumps(o, 2)))):
        path = tmp_path / f"hostile{index}.pth"
        write({"conv1.weight": Hostile(sign)}, path)
        refused(path, "refused, for it holds more than tensors")
    assert not sign.exists()


def test_pickled_models_are_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save(network(0), path)
    refused(path, r"save `model\.state_dict\(\)` instead of the model")


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.99])
def test_truncated_files(tmp_path: Path, legacy: bool, share: float) -> None:
    path = tmp_path / "net.pth"
    torch.save(network(0).state_dict(), path, _use_new_zipfile_serialization=not legacy)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, r"net\.pth: (not a whole PyTorch file|refused.*cut short)")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_truncated_safetensors(tmp_path: Path, share: float) -> None:
    path = tmp_path / "net.safetensors"
    save_file(network(0).state_dict(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "not a whole safetensors file")


def test_other_files(tmp_path: Path) -> None:
    refused(tmp_path / "none.pth", "no such checkpoint")
    for name, message in (("a.onnx", "unknown kind of file '.onnx'"), ("a.pth", "cut short|whole")):
        (tmp_path / name).write_bytes(b"hello")
        refused(tmp_path / name, message)
    torch.save([1, 2, 3], tmp_path / "list.pth")
    refused(tmp_path / "list.pth", "not a state dict; expected names with tensors")
    torch.save({"conv1.weight": 3}, tmp_path / "number.pth")
    refused(tmp_path / "number.pth", "not a state dict")
