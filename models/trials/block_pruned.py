"""A network whose block thresholds change at will: the accuracy side of the Spex search."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.compression.blocks.convolution import Watcher, install_blocks
from models.compression.blocks.pruning import input_scales
from models.compression.blocks.recording import watching
from models.compression.blocks.rule import BlockRule
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.trials.level_profile import LevelProfile
from sim.errors import UserError
from sim.validation import require_not_negative

Accuracy = Callable[[nn.Module], float]
"""Runs a network on the images of its choice, once each, and says how well it does, in percent."""


@dataclass(frozen=True)
class LayerBlocks:
    """What thresholds do to the input of one convolution, per image.

    Attributes:
        name: path of the convolution.
        filters: outputs of one group, the multiplications that each value of a block takes.
        total: blocks.
        present: blocks of zeros that were there without pruning this layer.
        created: further blocks that the threshold makes zero.
    """

    name: str
    filters: int
    total: int
    present: float
    created: float


@dataclass(frozen=True)
class BlockEvaluation:
    """What thresholds do to a network: its accuracy, and the blocks of each layer."""

    accuracy_percent: float
    layers: tuple[LayerBlocks, ...]


class BlockPrunedNetwork:
    """Applies thresholds without training and measures; knows nothing of hardware or searches.

    Thresholds are multiples of the mean magnitude of each convolution's input.

    Args:
        module: the trained network; its convolutions are replaced in place.
        rule: shape of the blocks and criterion.
        images: on which the mean magnitudes are measured, (N, C, H, W).
        accuracy: judges the network.
    """

    def __init__(
        self, module: nn.Module, rule: BlockRule, images: Tensor, accuracy: Accuracy
    ) -> None:
        self._module = module.eval()
        self._scales = input_scales(module, images)
        self._layers = install_blocks(module, rule)
        self._accuracy = accuracy
        self._images = images

    @property
    def names(self) -> tuple[str, ...]:
        """The convolutions, each of which takes a threshold."""
        return tuple(self._layers)

    def evaluate(
        self, thresholds: Mapping[str, float], accuracy: Accuracy | None = None
    ) -> BlockEvaluation:
        """Set all thresholds, then measure accuracy and blocks.

        Args:
            thresholds: one for each of `names`.
            accuracy: another judge, for instance on held-out images; None = the usual one.

        Raises:
            UserError: a convolution has no threshold, a threshold no convolution, or a threshold
                is no number of at least 0.
        """
        self._apply(thresholds)
        counter = _Counter()
        with watching(self._module, counter.watcher):
            percent = (accuracy or self._accuracy)(self._module)
        return BlockEvaluation(
            percent,
            tuple(counter.counts(name, self._filters(name)) for name in self._layers),
        )

    def profiles(self, step: float, levels: int, images: int) -> tuple[LevelProfile, ...]:
        """What each layer would lose and save at 0, 1, ..., `levels` times `step`, in one pass.

        Args:
            step: between levels, in the unit of the thresholds.
            levels: above 0.
            images: how many of the constructor's images to measure on.
        """
        self._apply(dict.fromkeys(self._layers, 0.0))
        profiles: dict[str, LevelProfile] = {}

        def recorder(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
            def record(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
                profiles[name] = self._profile(name, inputs[0], step, levels)

            return record

        hooks = (layer.register_forward_pre_hook(recorder(n)) for n, layer in self._layers.items())
        with temporary(hooks), evaluating(self._module), torch.no_grad():
            self._module(self._images[:images])
        return tuple(profiles[name] for name in self._layers)

    def _profile(self, name: str, x: Tensor, step: float, levels: int) -> LevelProfile:
        layer, unit = self._layers[name], step * self._scales[name]
        blocks, magnitude = torch.zeros(levels + 2), torch.zeros(levels + 2)
        for images in layer.chunks(x):
            statistic, total = layer.block_statistics(x[images])
            # the first level whose threshold is above the statistic; zeros are there from level 0
            first = (statistic / unit).floor().clamp(max=levels).to(torch.int64) + 1
            first[total == 0] = 0
            blocks += torch.bincount(first.flatten(), minlength=levels + 2)
            magnitude += torch.bincount(first.flatten(), total.flatten(), levels + 2)
        lost = magnitude.cumsum(0) / magnitude.sum().clamp_min(1e-30)
        return LevelProfile(
            name,
            self._filters(name),
            (blocks.cumsum(0) / len(x))[:-1].double().numpy(),
            lost[:-1].double().numpy(),
        )

    def _filters(self, name: str) -> int:
        layer = self._layers[name]
        return layer.out_channels // layer.groups

    def _apply(self, thresholds: Mapping[str, float]) -> None:
        missing = [name for name in self._layers if name not in thresholds]
        extra = [name for name in thresholds if name not in self._layers]
        if missing or extra:
            wrong = f"lacks {missing[0]!r}" if missing else f"has {extra[0]!r}"
            raise UserError(
                f"{len(thresholds)} thresholds for {len(self._layers)} convolutions ({wrong}); "
                "expected one for each"
            )
        for name, layer in self._layers.items():
            require_not_negative(**{f"threshold of {name}": thresholds[name]})
            layer.set_threshold(thresholds[name] * self._scales[name])


class _Counter:
    """Sums blocks over all images that run."""

    def __init__(self) -> None:
        self._sums: dict[str, list[int]] = {}

    def watcher(self, name: str) -> Watcher:
        """Counts the blocks of one convolution."""
        sums = self._sums.setdefault(name, [0, 0, 0, 0])

        def count(zero: Tensor, present: Tensor) -> None:
            sums[0] += len(zero)
            sums[1] += zero.numel()
            sums[2] += int(present.sum())
            sums[3] += int(zero.sum())

        return count

    def counts(self, name: str, filters: int) -> LayerBlocks:
        """The means per image of one convolution's counts."""
        images, total, present, zero = self._sums[name]
        if images == 0:
            raise UserError(f"the accuracy function ran no image through {name}")
        return LayerBlocks(
            name, filters, total // images, present / images, (zero - present) / images
        )
