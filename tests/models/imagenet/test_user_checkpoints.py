import hashlib
import pickle
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, weight_norm

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
    module = network(1)
    with pytest.raises(UserError, match=message):
        load_user_checkpoint(path, module, sha256)
    assert equal(module, network(1))


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


def saved(tmp_path: Path, content: object, name: str = "net.pth") -> Path:
    path = tmp_path / name
    torch.save(content, path)
    return path


def prefixed(prefix: str) -> dict[str, Tensor]:
    return {f"{prefix}{name}": value for name, value in network(0).state_dict().items()}


PREFIXES = ("module.", "_orig_mod.", "model.", "module._orig_mod.", "model.module.", "net.")
WRAPPINGS: tuple[tuple[str, ...], ...] = (
    *(("state_dict",), ("model_state_dict",), ("model",), ("ema",), ("model_ema",)),
    *(("net",), ("checkpoint", "model"), ("ema", "module")),
)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("keys", [(), *WRAPPINGS], ids=".".join)
def test_what_training_tools_put_around_a_state_dict(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, prefix: str, keys: tuple[str, ...]
) -> None:
    content: dict[str, object] = dict(prefixed(prefix))
    for key in reversed(keys):
        content = {"epoch": 3, "best": 0.5, key: content, "args": Namespace(lr=0.1)}
    module = network(1)
    with caplog.at_level("INFO", logger="models"):
        load_user_checkpoint(saved(tmp_path, content, "net.pth.tar"), module)
    assert equal(module, network(0))
    (record,) = caplog.records
    assert prefix.strip(".").rpartition(".")[2] in record.getMessage()
    assert not keys or f"key {'.'.join(keys)!r}" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_plain_files_are_loaded_without_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        load_user_checkpoint(saved(tmp_path, network(0).state_dict()), network(1))
    assert not caplog.records


def test_training_checkpoints_with_optimizer_schedule_and_records(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trained = network(0).train()
    optimizer = torch.optim.Adam(trained.parameters())
    trained(torch.randn(4, 3, 32, 32)).sum().backward()
    optimizer.step()
    content = {
        "epoch": 90,
        "optimizer": optimizer.state_dict(),
        "best_acc1": np.float64(76.1),
        "args": Namespace(arch="resnet18", rate=np.float32(0.1)),
        "history": [1.0, 2.0],
        "model": {f"module.{name}": value for name, value in trained.state_dict().items()},
    }
    module = network(1)
    with caplog.at_level("INFO"):
        load_user_checkpoint(saved(tmp_path, content), module)
    assert equal(module, trained)
    message = caplog.records[0].getMessage()
    assert "left aside: epoch, optimizer, best_acc1, args, history" in message


def test_plain_weights_come_before_averaged_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    average = {"n_averaged": torch.tensor(7)} | {
        f"module.{name}": value for name, value in network(2).state_dict().items()
    }
    both = {"model_ema": average, "model": network(0).state_dict()}
    module = network(1)
    with caplog.at_level("INFO"):
        load_user_checkpoint(saved(tmp_path, both), module)
        assert equal(module, network(0))
        load_user_checkpoint(saved(tmp_path, {"model_ema": average}), module)
    assert "left aside: model_ema" in caplog.records[0].getMessage()
    assert equal(module, network(2))
    assert "bookkeeping (n_averaged)" in caplog.records[1].getMessage()


def test_compiled_and_checkpointed_parts_inside_a_network(tmp_path: Path) -> None:
    def renamed(name: str) -> str:
        inner = name.replace("layer1.", "layer1._orig_mod.")
        return inner.replace("layer2.0.", "layer2.0._checkpoint_wrapped_module.")

    state = {renamed(name): value for name, value in network(0).state_dict().items()}
    module = network(1)
    load_user_checkpoint(saved(tmp_path, state), module)
    assert equal(module, network(0))


def pruned(module: nn.Module) -> nn.Module:
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            prune.l1_unstructured(layer, "weight", amount=0.5)
        if isinstance(layer, nn.Linear):
            prune.random_unstructured(layer, "bias", amount=0.4)
    return module


def normalized_before(module: nn.Module) -> nn.Module:
    for dimension, name in ((0, "conv1"), (1, "layer1.0.conv1"), (None, "fc")):
        weight_norm(module.get_submodule(name), dim=dimension)  # type: ignore[arg-type]
    return module


def normalized_since(module: nn.Module) -> nn.Module:
    for dimension, name in ((0, "conv1"), (1, "layer1.0.conv1"), (0, "fc")):
        parametrizations.weight_norm(module.get_submodule(name), dim=dimension)
    return module


@pytest.mark.parametrize("change", [pruned, normalized_before, normalized_since])
@pytest.mark.filterwarnings("ignore:.*weight_norm.*is deprecated")
def test_weights_in_parts_are_those_that_the_module_computes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, change: Callable[[nn.Module], nn.Module]
) -> None:
    trained = change(network(0)).eval()
    trained(torch.zeros(1, 3, 32, 32))  # the hooks compute `weight`
    module = network(1)
    with caplog.at_level("INFO"):
        load_user_checkpoint(saved(tmp_path, {"state_dict": trained.state_dict()}), module)
    for name in ("conv1", "layer1.0.conv1", "fc"):
        for theirs, ours in zip(
            (trained.get_submodule(name).weight, trained.get_submodule(name).bias),
            (module.get_submodule(name).weight, module.get_submodule(name).bias),
            strict=True,
        ):
            assert theirs is None or torch.equal(theirs, ours)
    said = "weights times its mask" if change is pruned else "3 weights from its weight norm"
    assert said in caplog.records[0].getMessage()


def changed(name: str, value: object) -> dict[str, object]:
    return dict(network(0).state_dict()) | {name: value}


WEIGHT = torch.ones(8, 3, 3, 3)
NAME = "conv1.weight"


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


def split(state: dict[str, object], **parts: Tensor) -> dict[str, object]:
    del state[NAME]
    return state | {f"conv1.weight_{part}": value for part, value in parts.items()}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"orig": WEIGHT, "mask": 2 * WEIGHT}, "weight_mask: mask that holds more than zeros"),
        ({"orig": WEIGHT, "mask": WEIGHT[:4]}, "weight_mask: mask of shape"),
        ({"orig": WEIGHT.bool(), "mask": WEIGHT}, "conv1.weight is bool"),
        ({"orig": WEIGHT[:4], "mask": WEIGHT[:4]}, r"has shape \(4, 3, 3, 3\)"),
        ({"orig": WEIGHT, "mask": WEIGHT.to_sparse()}, "weight_mask is sparse_coo"),
        ({"orig": WEIGHT, "u": torch.ones(8), "v": torch.ones(27)}, "remove parametrizations"),
        ({"g": torch.ones(3), "v": WEIGHT}, "lengths of shape"),
        ({"g": torch.ones(8, 1, 1, 1), "v": 0 * WEIGHT}, "NaN or infinity"),
        ({"g": torch.ones(8, 1, 1, 1).int(), "v": WEIGHT}, "is int32"),
        ({"g": torch.ones(8, 1, 1, 1)}, "conv1.weight_g"),
    ],
)
def test_parts_that_do_not_make_a_weight(
    tmp_path: Path, parts: dict[str, Tensor], message: str
) -> None:
    refused(saved(tmp_path, split(changed(NAME, None), **parts)), message)


def test_unknown_parametrizations_are_refused_with_the_mend(tmp_path: Path) -> None:
    trained = network(0)
    parametrizations.spectral_norm(trained.get_submodule("conv1"))
    refused(saved(tmp_path, trained.state_dict()), "1 missing.*remove parametrizations")


def test_two_names_that_become_one(tmp_path: Path) -> None:
    twice = changed("conv1._orig_mod.weight", WEIGHT)
    refused(saved(tmp_path, twice), "twice")
