"""Layers that are a two-dimensional convolution in disguise."""

from sim.errors import UserError
from sim.layer import Layer
from sim.sizes import Padding, Pair, pair, sides, token_grid, whole


def conv1d(
    name: str,
    in_channels: int,
    out_channels: int,
    kernel: int,
    stride: int = 1,
    padding: int | Pair | str = 0,
    length: int = 1,
    groups: int = 1,
    dilation: int = 1,
) -> Layer:
    """Make a convolution over (N, C, length): a map of one row.

    Args:
        name: of the layer.
        in_channels: of all groups together.
        out_channels: likewise.
        kernel: weights along the axis.
        stride: step of the windows.
        padding: zeros on both ends, (first, last), or "same".
        length: of the input.
        groups: convolution groups.
        dilation: step between the weights.

    Raises:
        UserError: as `Layer`.
    """
    ends = padding if isinstance(padding, str) else ((0, 0), pair(f"{name}: padding", padding, 0))
    return Layer.conv(
        name,
        in_channels,
        out_channels,
        (1, kernel),
        stride=(1, stride),
        padding=ends,  # type: ignore[arg-type]  # checked there
        input_size=(1, length),
        groups=groups,
        dilation=(1, dilation),
    )


def conv_transpose(
    name: str,
    in_channels: int,
    out_channels: int,
    kernel: int | Pair,
    stride: int | Pair = 1,
    padding: Padding = 0,
    input_size: int | Pair = 1,
    groups: int = 1,
    dilation: int | Pair = 1,
    output_padding: int | Pair = 0,
) -> Layer:
    """Make a transposed convolution as the convolution it is: zeros go between the inputs.

    The window slides with step 1 over the input spread by `stride`, with dilation * (kernel - 1) -
    padding zeros around and `output_padding` more below and right. Its weights are those of the
    transposed one, turned by 180 degrees and with the two channel axes exchanged
    (`transposed_weight`). Multiplications with the zeros in between count as dense ones. The
    padding may differ on each side, ((top, bottom), (left, right)).

    Raises:
        UserError: as `Layer`, or the padding cuts outputs away that a window alone makes.
    """
    kernel, spread = pair(f"{name}: kernel", kernel, 1), pair(f"{name}: dilation", dilation, 1)
    if isinstance(padding, str) and padding == "same":
        raise UserError(f"{name}: padding 'same' of a transposed convolution; expected numbers")
    cut = sides(f"{name}: padding", padding)
    more = pair(f"{name}: output_padding", output_padding, 0)
    (top, bottom), (left, right) = (
        (step * (size - 1) - before, step * (size - 1) - after + further)
        for step, size, (before, after), further in zip(spread, kernel, cut, more, strict=True)
    )
    if min(top, left, bottom, right) < 0:
        raise UserError(
            f"{name}: padding {padding} of a transposed convolution is more than the kernel "
            f"{kernel} reaches; expected at most dilation * (kernel - 1)"
        )
    return Layer.conv(
        name,
        in_channels,
        out_channels,
        kernel,
        padding=((top, bottom), (left, right)),
        input_size=input_size,
        groups=groups,
        dilation=spread,
        input_dilation=stride,
    )


def matmul(name: str, rows: int | Pair, inner: int, columns: int, batch: int = 1) -> Layer:
    """Make the product of two activations, (rows x inner) by (inner x columns), `batch` times.

    Attention over T tokens with heads of d channels: Q K^T is T x d by d x T, P V is T x T by
    T x d, one each per head. Each of the batch is a convolution group: its rows are the
    positions, its columns the filters.

    Args:
        name: of the product.
        rows: of the first operand; a pair arranges them as a map (`token_grid`).
        inner: columns of the first and rows of the second operand.
        columns: of the second operand.
        batch: products of one image.

    Raises:
        UserError: as `Layer`.
    """
    groups = whole(f"{name}: batch", batch, 1)
    return Layer(
        name=name,
        kind="matmul",
        in_channels=groups * whole(f"{name}: inner", inner, 1),
        out_channels=groups * whole(f"{name}: columns", columns, 1),
        kernel=(1, 1),
        stride=(1, 1),
        padding=(0, 0),
        input_size=token_grid(f"{name}: rows", rows),
        groups=groups,
    )
