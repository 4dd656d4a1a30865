"""The networks at the size of the papers, or another that the settings ask for."""

from typing import Any

import torch
from torch import nn

from models.imagenet.settings import FullSizeSettings
from models.networks import build


def full_size_network(name: str, settings: FullSizeSettings, *, weights: bool) -> nn.Module:
    """A network with random weights from the settings' seed, or on the meta device without any.

    Raises:
        UserError: no such network, or a value it cannot take.
    """
    form = settings.shape.form(name)
    arguments: dict[str, Any] = {
        "num_classes": settings.shape.classes(name),
        "in_channels": form.channels,
        "width": settings.shape.width,
        "input_size": min(form.height, form.width),
    }
    if not weights:
        with torch.device("meta"):
            return build(name, **arguments).eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        return build(name, **arguments).eval()
