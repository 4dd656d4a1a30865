"""Networks with real weights that are pruned further and further, by the rules of three designs.

Each has a ladder: settings of which every one prunes more than the one before. Networks are in
floating point, not repaired and not rounded.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from torch import Tensor, nn

from models.compression.activation_clip import clippable_tensors
from models.compression.activation_dbb import bound_ladder, set_bounds
from models.graph.hooks import temporary
from models.graph.stored_tensors import SparseNetwork, StoredTensor, weight
from models.imagenet.repaired import RepairBench
from models.trials.block_pruned import BlockPrunedNetwork
from models.trials.thresholded import Thresholding
from sim import Layer
from sim.masks.density_bound import DBB_BLOCK
from workflow.search.engine import Point
from workflow.search.hass.settings import SearchSettings
from workflow.search.hass.space import ACTIVATION, WEIGHT, Space
from workflow.search.spex.greedy import greedy
from workflow.search.spex.objectives import savings
from workflow.search.spex.settings import SpexSettings

BudgetMethod = Literal["activation_bounds", "spex_thresholds", "hass_thresholds"]
LEVELS = 50
"""Steps of a HASS threshold up to the largest that its searches try."""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Zeros:
    """What a setting makes zero, and the multiplications that this leaves a design, in percent.

    Attributes:
        zero_percent: of the values of all stored tensors but the image; under Spex of the blocks
            of the im2col matrices of all convolutions.
        macs_left_percent: of all layers' multiplications; under Spex of the convolutions'.
    """

    zero_percent: float
    macs_left_percent: float


class PruningTrial(ABC):
    """A network that can be set to each entry of a ladder.

    Attributes:
        ladder: settings; nothing is pruned under the first.
    """

    ladder: Sequence[Point]

    @abstractmethod
    def evaluate(self, point: Point, judge: Callable[[nn.Module], Answer]) -> tuple[Answer, Zeros]:
        """What a judge says of the network under a setting, and the zeros on the images it runs."""


class BoundTrial(PruningTrial):
    """S2TA: an n of 8 channels for each stored tensor, lowered where it loses least magnitude.

    Multiplications left are n/8 of those of each reader, which S2TA-AW spends whatever is zero
    among the n; first and depthwise layers spend all.
    """

    def __init__(self, bench: RepairBench, layers: Sequence[Layer]) -> None:
        self._network = copy.deepcopy(bench.dense)
        self._layers = layers
        self.ladder = bound_ladder(self._network, few(bench))

    def evaluate(self, point: Point, judge: Callable[[nn.Module], Answer]) -> tuple[Answer, Zeros]:
        """The network with bounds on its stored tensors."""
        set_bounds(self._network, point)
        with _stored_zeros(self._network) as counts:
            answer = judge(self._network.module)
        kept = {tensor.name: point[tensor.name] / DBB_BLOCK for tensor in self._network.stored}
        left = _macs_left_percent(self._network, self._layers, kept, {})
        return answer, Zeros(_zero_percent(counts), left)


class ThresholdTrial(PruningTrial):
    """HASS: a threshold for each layer's weights and each stored tensor, blind to hardware.

    Steps are raised greedily by the share of magnitude lost per multiplication saved. Those left
    are counted as if zeros of weights and activations fell independently, evenly over their uses.
    """

    def __init__(self, bench: RepairBench, layers: Sequence[Layer]) -> None:
        self._network = copy.deepcopy(bench.dense)
        self._layers = layers
        self._thresholds = Thresholding(self._network, few(bench))
        self._space = Space(
            self._thresholds.weight_names,
            tuple(tensor.name for tensor in clippable_tensors(self._network)),
        )
        step = SearchSettings().largest_threshold / LEVELS
        of_weights = self._thresholds.weight_profiles(layers, step, LEVELS)
        of_activations = self._thresholds.activation_profiles(layers, step, LEVELS)
        profiles = [
            *(replace(profile, name=WEIGHT + profile.name) for profile in of_weights),
            *(replace(profile, name=ACTIVATION + profile.name) for profile in of_activations),
        ]
        self.ladder = [
            {name: level * step for name, level in point.items()}
            for point in greedy(profiles, by_macs=True)
        ]

    def evaluate(self, point: Point, judge: Callable[[nn.Module], Answer]) -> tuple[Answer, Zeros]:
        """The network under thresholds on single values."""
        self._thresholds.apply(self._space.thresholds(point))
        with _stored_zeros(self._network) as counts:
            answer = judge(self._network.module)
        kept = {name: 1 - zero / total for name, (zero, total) in counts.items()}
        weights = {
            name: float((weight(layer) != 0).double().mean())
            for name, layer in self._network.layers.items()
        }
        left = _macs_left_percent(self._network, self._layers, kept, weights)
        return answer, Zeros(_zero_percent(counts), left)


class BlockTrial(PruningTrial):
    """Spex: a threshold on 8x8 blocks of each convolution's input, raised greedily.

    The order of steps, the blocks, the criterion and the levels are those of the searches on
    networks trained here (strategy `greedy`).
    """

    def __init__(self, bench: RepairBench, layers: Sequence[Layer]) -> None:
        del layers  # blocks are counted where they are pruned
        settings, images = SpexSettings(), few(bench)
        module = copy.deepcopy(bench.dense).module
        self._network = BlockPrunedNetwork(module, settings.rule, images, lambda _: 0.0)
        profiles = self._network.profiles(settings.step, settings.levels, len(images))
        points = greedy(profiles, by_macs=settings.saving == "macs")
        self.ladder = [settings.thresholds(point) for point in points]

    def evaluate(self, point: Point, judge: Callable[[nn.Module], Answer]) -> tuple[Answer, Zeros]:
        """The network under thresholds on blocks."""
        answers: list[Answer] = []

        def judged(module: nn.Module) -> float:
            answers.append(judge(module))
            return 0.0  # the evaluation only hands it on

        saved = savings(self._network.evaluate(point, judged).layers)
        zeros = Zeros(saved.saved_transfers_percent, 100 - saved.saved_macs_percent)
        return answers[0], zeros


TRIALS: Mapping[BudgetMethod, Callable[[RepairBench, Sequence[Layer]], PruningTrial]] = {
    "activation_bounds": BoundTrial,
    "spex_thresholds": BlockTrial,
    "hass_thresholds": ThresholdTrial,
}


def few(bench: RepairBench) -> Tensor:
    """Some of the views that may choose: steps are priced on them."""
    return bench.spread[::3]


@contextmanager
def _stored_zeros(network: SparseNetwork) -> Iterator[dict[str, tuple[int, int]]]:
    """Inside the block, count (zeros, values) of each stored tensor over all images that run."""
    counts: dict[str, tuple[int, int]] = {}

    def count(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(tensor, StoredTensor):
            zero, total = counts.get(tensor.name, (0, 0))
            nonzero = int(output.count_nonzero())
            counts[tensor.name] = (zero + output.numel() - nonzero, total + output.numel())

    hooks = (tensor.register_forward_hook(count) for tensor in clippable_tensors(network))
    with temporary(hooks):
        yield counts


def _zero_percent(counts: Mapping[str, tuple[int, int]]) -> float:
    zeros, values = map(sum, zip(*counts.values(), strict=True))
    return 100 * zeros / values


def _macs_left_percent(
    network: SparseNetwork,
    layers: Sequence[Layer],
    activations: Mapping[str, float],
    weights: Mapping[str, float],
) -> float:
    """Multiplications left, by the share kept of each stored tensor and of each layer's weights."""
    kept = {
        name: activations.get(tensor.name, 1.0)
        for tensor in network.stored
        for name in tensor.readers
    }
    left = sum(
        layer.dense_macs * kept[layer.name] * weights.get(layer.name, 1.0) for layer in layers
    )
    return 100 * left / sum(layer.dense_macs for layer in layers)
