"""What zero blocks save, counted as Spex counts: blocks, multiplications and bytes, no hardware."""

from dataclasses import dataclass
from typing import Self

from sim.accelerators.sparse_blox.work import blocks_kept
from sim.masks.blocks import natural_zero_blocks, padded_macs
from sim.memory import dense_bytes
from sim.trace import LayerTrace


@dataclass(frozen=True, kw_only=True)
class BlockSavings:
    """Totals of one or more layers over the images of their traces.

    Attributes:
        blocks: all blocks, partial ones at the edges included.
        natural_zero_blocks: those that the activation mask leaves without a nonzero.
        zero_blocks: those, and the ones that the network took as zero (the block map).
        padded_macs, padded_macs_saved: multiplications when every block counts as a whole one.
        macs, macs_saved: multiplications that exist, padding of the feature map among them.
        im2col_bytes, im2col_bytes_saved: INT8 values of the im2col matrix.
        weight_bytes, output_bytes: INT8, moved once per image whatever is skipped.
    """

    blocks: int = 0
    natural_zero_blocks: int = 0
    zero_blocks: int = 0
    padded_macs: int = 0
    padded_macs_saved: int = 0
    macs: int = 0
    macs_saved: int = 0
    im2col_bytes: int = 0
    im2col_bytes_saved: int = 0
    weight_bytes: int = 0
    output_bytes: int = 0

    def __add__(self, other: Self) -> "BlockSavings":
        return BlockSavings(
            **{name: count + vars(other)[name] for name, count in vars(self).items()}
        )


def savings(trace: LayerTrace, width: int, height: int) -> BlockSavings:
    """What the zero blocks of one layer save."""
    layer, images = trace.layer, trace.images
    kept = blocks_kept(trace, width, height)
    zero = int((~kept.kept).sum())
    natural = zero
    if trace.block_map is not None:
        natural = int(natural_zero_blocks(layer, trace.activation, width, height).sum())
    values = images * layer.groups * layer.window * layer.output_pixels
    saved = values - int(kept.fetched_values.sum())
    stored = dense_bytes(trace)
    return BlockSavings(
        blocks=kept.kept.size,
        natural_zero_blocks=natural,
        zero_blocks=zero,
        padded_macs=images * padded_macs(layer, width, height),
        padded_macs_saved=zero * width * height * layer.group_filters,
        macs=values * layer.group_filters,
        macs_saved=saved * layer.group_filters,
        im2col_bytes=values,
        im2col_bytes_saved=saved,
        weight_bytes=images * stored.weight,
        output_bytes=images * stored.written,
    )
