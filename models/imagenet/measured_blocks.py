"""Scheme blockwise on a user's network: thresholds from a file, or one found within a budget."""

from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from models.compression.blocks.rule import BlockRule
from models.compression.scheme import Samples
from models.compression.schemes.blockwise import Blockwise, input_scales, set_blocks
from models.graph.stored_tensors import SparseNetwork
from models.imagenet.full_size import FullSizeSettings
from sim.errors import UserError

LEVELS = 100
"""Steps of the threshold between 0 and the mean magnitude of a layer's input."""

Top1 = Callable[[SparseNetwork], float]


def prune_blocks(
    network: SparseNetwork, settings: FullSizeSettings, images: Tensor, top1: Top1 | None
) -> str:
    """Take blocks of the inputs of a network's convolutions as zero, after INT8 rounding.

    With `settings.blockwise_thresholds` its thresholds are taken as they are. Without, one
    threshold for all layers, in units of the mean magnitude of each layer's input, is the largest
    that bisection over LEVELS steps finds whose top-1 is at most
    `settings.blockwise_budget_points` below that of the same network unpruned. The Spex search,
    which sets each layer's threshold, can find more.

    Args:
        network: in INT8; its convolutions are replaced.
        settings: the two above.
        images: what the mean magnitudes are measured on.
        top1: accuracy of a network in percent; None = there are no labels.

    Returns:
        What was done, for the provenance of the trace.

    Raises:
        UserError: neither a file nor labels, or a file that does not fit the network.
    """
    if settings.blockwise_thresholds is not None:
        path = Path(settings.blockwise_thresholds)
        scheme = Blockwise(thresholds_file=str(path))
        scheme.prune(network, Samples(images, lambda _: 0.0))
        return f"{scheme.rule.name} blocks, thresholds of {path.name}"
    if top1 is None:
        raise UserError(
            "scheme blockwise needs labelled images (image_folder with a folder per class) to keep "
            "top-1 within blockwise_budget_points, or a file of blockwise_thresholds"
        )
    rule = BlockRule()
    scales = input_scales(network.module, images)
    least = top1(network) - settings.blockwise_budget_points

    def set_level(level: int) -> None:
        share = level / LEVELS
        set_blocks(network, rule, {name: share * scale for name, scale in scales.items()})

    kept, lost = 0, LEVELS + 1
    while lost - kept > 1:
        level = (kept + lost) // 2
        set_level(level)
        if top1(network) >= least:
            kept = level
        else:
            lost = level
    set_level(kept)
    return (
        f"{rule.name} blocks below {kept / LEVELS:g} of the mean magnitude, found within "
        f"{settings.blockwise_budget_points:g} points of top-1 on these images"
    )
