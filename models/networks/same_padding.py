"""TensorFlow's padding `SAME`: what one side cannot share evenly is added at the bottom right."""

from torch import nn

from models.graph.stored_zeros import StoredZeroPad2d
from models.networks.variant import after_window


def same_padded(
    in_channels: int, out_channels: int, kernel: int, stride: int, size: int, groups: int = 1
) -> tuple[nn.Module, nn.Conv2d]:
    """A convolution without bias whose output has ceil(size / stride) rows, and what goes before.

    Where the zeros to add are even in number the convolution pads both sides itself and the module
    before it does nothing. Where they are odd, that module adds the last row and column, so a trace
    counts them as stored zeros.

    Args:
        in_channels: of the convolution.
        out_channels: likewise.
        kernel: height and width of its filters.
        stride: in both directions.
        size: height and width of the map it reads.
        groups: of the convolution.
    """
    rows = -(-size // stride)
    missing = max((rows - 1) * stride + kernel - size, 0)
    odd = missing % 2
    before: nn.Module = StoredZeroPad2d((0, odd, 0, odd)) if odd else nn.Identity()
    convolution = nn.Conv2d(
        in_channels, out_channels, kernel, stride, missing // 2, groups=groups, bias=False
    )
    if after_window(size + odd, kernel, stride, missing // 2) != rows:
        raise ValueError(f"{size} pixels, kernel {kernel}, stride {stride}: not {rows} rows")
    return before, convolution
