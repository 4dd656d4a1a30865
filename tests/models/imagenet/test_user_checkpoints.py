import hashlib
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.imagenet.user_checkpoints import load_user_checkpoint
from models.networks import build
from tests.models.imagenet.checkpoint_files import (
    NAME,
    WEIGHT,
    changed,
    equal,
    network,
    refused,
    saved,
)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("key", [None, "state_dict", "model"])
def test_pth_files(tmp_path: Path, legacy: bool, key: str | None) -> None:
    trained, module, path = network(0), network(1), tmp_path / "net.pth"
    state = trained.state_dict()
    torch.save(
        state if key is None else {key: state, "epoch": 3},
        path,
        _use_new_zipfile_serialization=not legacy,
    )
    load_user_checkpoint(path, module)
    assert equal(module, trained)


def test_safetensors_and_missing_counters(tmp_path: Path) -> None:
    trained, module, path = network(0), network(1), tmp_path / "net.safetensors"
    state = {k: v for k, v in trained.state_dict().items() if "num_batches" not in k}
    save_file(state, path)
    load_user_checkpoint(path, module)
    assert equal(module, trained)


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
    refused(path, r"net\.pth: (not a whole|refused.*cut short)")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_truncated_safetensors(tmp_path: Path, share: float) -> None:
    path = tmp_path / "net.safetensors"
    save_file(network(0).state_dict(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "not a whole")


def test_other_files(tmp_path: Path) -> None:
    refused(tmp_path / "none.pth", "no such checkpoint")
    torch.save([1, 2, 3], tmp_path / "list.pth")
    refused(tmp_path / "list.pth", "not a state dict; expected names with tensors")
    torch.save({"conv1.weight": 3}, tmp_path / "number.pth")
    refused(tmp_path / "number.pth", "not a state dict")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (WEIGHT.to(torch.int8), "is int8; expected real numbers"),
        (WEIGHT.to(torch.uint8), "is uint8; expected real numbers"),
        (WEIGHT.to(torch.int64), "is int64; expected real numbers"),
        (WEIGHT.to(torch.bool), "is bool; expected real numbers"),
        (WEIGHT.to(torch.float8_e4m3fn), "is float8_e4m3fn; expected real"),
        (WEIGHT.to(torch.complex64), "is complex64; expected real numbers"),
        (WEIGHT.double() * 1e300, r"holds NaN or infinity \(in float32\)"),
        (WEIGHT.to(torch.bfloat16) * float("nan"), "holds NaN or infinity"),
        (WEIGHT.half() * float("-inf"), "holds NaN or infinity"),
        (WEIGHT.to_sparse(), "is sparse_coo; expected a dense tensor"),
        (WEIGHT.to("meta"), r"is without values \(on the meta device\)"),
        (lambda: torch.quantize_per_tensor(WEIGHT, 0.1, 0, torch.qint8), "is quantized"),
        (lambda: torch.nested.nested_tensor([WEIGHT[0], WEIGHT[1]]), "is nested"),
        (torch.ones(1).expand(8, 3, 3, 2**40), "has shape"),
        (WEIGHT.numpy().tolist(), "1 missing"),
        (None, "1 missing"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_values_that_are_no_finite_real_numbers(
    tmp_path: Path, value: object, message: str
) -> None:
    made = value() if callable(value) else value
    refused(saved(tmp_path, changed(NAME, made)), message)


def test_formats_of_weights_that_are_exact(tmp_path: Path) -> None:
    for kind in (torch.float64, torch.bfloat16, torch.float16):
        half = {name: value.half() for name, value in network(0).state_dict().items()}
        wide = {name: value.to(kind) for name, value in half.items() if "num_b" not in name}
        module = network(1)
        load_user_checkpoint(saved(tmp_path, wide), module)
        assert torch.equal(module.get_parameter(NAME), half[NAME].to(kind).float())


def test_counters_and_variances_are_checked_too(tmp_path: Path) -> None:
    refused(saved(tmp_path, changed("bn1.num_batches_tracked", torch.tensor(1.5))), "whole number")
    refused(
        saved(tmp_path, changed("bn1.running_var", -torch.ones(8))), "bn1.running_var holds a neg"
    )
