"""What the rest of the project knows of a network besides its layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from models.networks.variant import Variant


@dataclass(frozen=True)
class InputForm:
    """What a network takes: sides in pixels, channels, and how pixel values in [0, 1] are scaled.

    Values become (value - mean) / std, per channel. `bicubic`: pictures are resized so, as some
    networks were trained, and not bilinearly.
    """

    height: int
    width: int
    channels: int = 3
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    bicubic: bool = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        return self.channels, self.height, self.width


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network as configurations name it; its file lists it in `NETWORKS`.

    Attributes:
        name: in configurations and tables.
        title: in figures.
        place: in lists and figures networks stand by rising place, equal ones by name.
        build: the layers, from what may vary between two builds.
        form: the images it was published for; the usual ones are ImageNet's.
        classes: outputs as published.
        detector: whether it finds objects instead of saying one class, so that top-1 means nothing.
        weight_table, activation_table: which of the published tables its densities come from
            unless another is asked for; None = the only one there is, if any.
        densities_from: network of the same family whose published means stand in for missing ones.
    """

    name: str
    title: str
    place: int
    build: Callable[[Variant], nn.Module]
    form: InputForm = InputForm(224, 224)
    classes: int = 1000
    detector: bool = False
    weight_table: str | None = None
    activation_table: str | None = None
    densities_from: str | None = None
