"""Checkpoints of a small network, as a user brings them."""

from pathlib import Path

import pytest
import torch
from torch import nn

from models.imagenet.user_checkpoints import load_user_checkpoint
from models.networks import build
from sim.errors import UserError

WEIGHT = torch.ones(8, 3, 3, 3)
NAME = "conv1.weight"


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


def saved(tmp_path: Path, content: object, name: str = "net.pth") -> Path:
    path = tmp_path / name
    torch.save(content, path)
    return path


def changed(name: str, value: object) -> dict[str, object]:
    return dict(network(0).state_dict()) | {name: value}
