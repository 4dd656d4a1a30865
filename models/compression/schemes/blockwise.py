"""Blockwise activation pruning (Sparse-Blox): blocks of small inputs of a layer become zero.

Nothing is trained, as published. The pruning sits at the input of each convolution, after INT8
rounding, because it acts on the im2col matrix and not on the stored feature map.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import yaml

from models.compression.bisection import most_within_budget
from models.compression.blocks.pruning import input_scales, set_blocks
from models.compression.blocks.rule import BlockRule, Criterion
from models.compression.full_size import FullSizeScheme
from models.compression.scheme import Samples, Scheme
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.files import intact
from sim.validation import require_not_negative, require_text, unknown


@dataclass(frozen=True, kw_only=True)
class Blockwise(Scheme):
    """Blocks below a threshold become zero; its unit is the mean magnitude over the samples.

    Attributes:
        block: width (columns of the im2col matrix) and height (output pixels) of a block.
        criterion: statistic that is compared with the threshold, see BlockRule.
        threshold: of the convolutions that neither `thresholds` nor the file names.
        thresholds: by convolution.
        thresholds_file: YAML of the Spex search, whose block, criterion and thresholds are taken
            instead when the network is pruned.

    Raises:
        UserError: a threshold is negative or no number, or the block or criterion is not allowed.
    """

    fine_tune_epochs: int = 0
    block: tuple[int, int] = (8, 8)
    criterion: Criterion = "signed_mean"
    threshold: float = 0.0
    thresholds: Mapping[str, float] = field(default_factory=dict)
    thresholds_file: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.rule  # checks block and criterion
        named = {"threshold": self.threshold}
        named |= {f"thresholds.{name}": value for name, value in self.thresholds.items()}
        require_not_negative(**named)

    @property
    def rule(self) -> BlockRule:
        """Shape of the blocks, and criterion."""
        return BlockRule.of(self.block, self.criterion)

    def with_thresholds_read(self) -> "Blockwise":
        """Settings with what their file says in its place; unchanged if they name none.

        Raises:
            UserError: the file is none of the Spex search's.
        """
        if self.thresholds_file is None:
            return self
        searched = read_thresholds(Path(self.thresholds_file))
        return replace(self, thresholds_file=None, **searched)

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Replace every convolution by its pruned twin.

        Raises:
            UserError: the file is none of the Spex search's, or a convolution is not in the
                network.
        """
        settings = self.with_thresholds_read()
        scales = input_scales(network.module, samples.images)
        for name in settings.thresholds:
            if name not in scales:
                raise unknown("convolution in thresholds:", name, scales)
        absolute = {
            name: settings.thresholds.get(name, settings.threshold) * scale
            for name, scale in scales.items()
        }
        set_blocks(network, settings.rule, absolute)


def read_thresholds(path: Path) -> dict[str, Any]:
    """`block`, `criterion` and `thresholds` of a file that the Spex search wrote.

    Raises:
        UserError: no such file, or it is no YAML or lacks one of the three.
    """
    keys = {"block": list, "criterion": str, "thresholds": dict}
    try:
        content = yaml.safe_load(intact(path).read_text())
    except FileNotFoundError:
        raise UserError(f"{path}: no such thresholds; make them with the Spex search") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not YAML ({error}); search again") from error
    for key, kind in keys.items():
        if not isinstance(content, dict) or not isinstance(content.get(key), kind):
            raise UserError(f"{path}: lacks {key!r}; expected a file of the Spex search")
    return {key: content[key] for key in keys}


LEVELS = 100
"""Steps of the threshold between 0 and the mean magnitude of a layer's input."""


@dataclass(frozen=True, kw_only=True)
class FullSizeBlockwise(FullSizeScheme):
    """A user's network loses blocks by thresholds of a file, or by one found within a budget.

    Blockwise pruning acts on values and is bounded by accuracy: it needs trained weights.

    Attributes:
        blockwise_thresholds: file of the Spex search; None = one threshold for all layers, found
            on the labelled images.
        blockwise_budget_points: top-1 that this threshold may cost.
    """

    after_rounding: ClassVar[bool] = True
    blockwise_thresholds: str | None = None
    blockwise_budget_points: float = 1.0

    def __post_init__(self) -> None:
        require_text(blockwise_thresholds=self.blockwise_thresholds)
        require_not_negative(blockwise_budget_points=self.blockwise_budget_points)

    def prune(self, network: SparseNetwork, samples: Samples) -> str | None:
        """Take blocks of the inputs of a network's convolutions as zero, after INT8 rounding.

        Without a file, one threshold for all layers, in units of the mean magnitude of each
        layer's input, is the largest that bisection over LEVELS steps finds whose top-1 is at most
        `blockwise_budget_points` below that of the same network unpruned. The Spex search, which
        sets each layer's threshold, can find more.

        Raises:
            UserError: neither a file nor labels, or a file that does not fit the network.
        """
        if self.blockwise_thresholds is not None:
            scheme = Blockwise(thresholds_file=self.blockwise_thresholds).with_thresholds_read()
            scheme.prune(network, samples)
            file = Path(self.blockwise_thresholds).name
            return f"{scheme.rule.name} blocks, thresholds of {file}"
        if samples.accuracy_percent is None:
            raise UserError(
                "scheme blockwise needs labelled images (image_folder with a folder per class) to "
                "keep top-1 within blockwise_budget_points, or a file of blockwise_thresholds"
            )
        rule, top1 = BlockRule(), samples.accuracy_percent
        scales = input_scales(network.module, samples.images)
        least = top1(network) - self.blockwise_budget_points

        def set_level(level: int) -> None:
            share = level / LEVELS
            set_blocks(network, rule, {name: share * scale for name, scale in scales.items()})

        def holds(level: int) -> bool:
            set_level(level)
            return top1(network) >= least

        level = most_within_budget(LEVELS, holds)
        set_level(level)
        return (
            f"{rule.name} blocks below {level / LEVELS:g} of the mean magnitude, found within "
            f"{self.blockwise_budget_points:g} points of top-1 on these images"
        )


SCHEME = Blockwise
FULL_SIZE = FullSizeBlockwise
