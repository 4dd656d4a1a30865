from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, weight_norm

from models.imagenet.user_checkpoints import load_user_checkpoint
from tests.models.imagenet.checkpoint_files import (
    NAME,
    WEIGHT,
    changed,
    equal,
    network,
    refused,
    saved,
)


def prefixed(prefix: str) -> dict[str, Tensor]:
    return {f"{prefix}{name}": value for name, value in network(0).state_dict().items()}


PREFIXES = ("module.", "_orig_mod.", "model.", "module._orig_mod.", "model.module.", "net.")
WRAPPINGS: tuple[tuple[str, ...], ...] = (
    ("state_dict",),
    ("model_state_dict",),
    ("model",),
    ("ema",),
    ("model_ema",),
    ("net",),
    ("checkpoint", "model"),
    ("ema", "module"),
)


AROUND = [
    pytest.param(
        prefix,
        keys,
        # every prefix and every wrapping are among the fast ones, not every pair
        marks=() if prefix == PREFIXES[0] or keys == () else pytest.mark.slow,
        id=f"{prefix}{'.'.join(keys)}",
    )
    for prefix in PREFIXES
    for keys in ((), *WRAPPINGS)
]


@pytest.mark.parametrize(("prefix", "keys"), AROUND)
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


def test_a_teacher_beside_a_student_is_no_choice_of_ours(tmp_path: Path) -> None:
    student, teacher = network(0).state_dict(), network(2).state_dict()
    content = {"student": student, "teacher": teacher}
    refused(saved(tmp_path, content), "more than once, with key 'student' and with key 'teacher'")
    content["ema"], content["teacher"] = teacher, {k: v.clone() for k, v in student.items()}
    module = network(1)
    load_user_checkpoint(saved(tmp_path, content), module)
    assert equal(module, network(0))


@pytest.mark.parametrize("around", ["", "module."])
def test_what_trains_a_network_beside_it_is_left_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, around: str
) -> None:
    content = {**prefixed(f"{around}model."), f"{around}criterion.weight": torch.ones(3)}
    module = network(1)
    with caplog.at_level("INFO", logger="models"):
        load_user_checkpoint(saved(tmp_path, {"state_dict": content}), module)
    assert equal(module, network(0))
    assert f"prefix '{around}model.' (left aside: {around}criterion.weight ...)" in caplog.text


def test_a_network_that_is_there_twice_is_not_chosen_from(tmp_path: Path) -> None:
    content = {**prefixed("teacher."), **prefixed("student.")}
    refused(saved(tmp_path, content), "more than once, with prefix 'student.'.* 'teacher.'")
    content = {**network(0).state_dict(), **prefixed("ema.")}
    refused(saved(tmp_path, content), "unexpected")


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
