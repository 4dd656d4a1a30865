"""Which channels share an input stream, and how fast values get in and out."""

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.vectors import VectorShape
from sim.layer import Layer

Order = npt.NDArray[np.int64]


def dealt(work: Order, streams: int, interleave: bool) -> Order:
    """Stream, 0 to `streams` - 1, of each item along the last axis; `streams` divides the items.

    Without interleaving items are dealt as they come: 0, 1, 2, 0, 1, 2. With it they are sorted by
    falling work and dealt to and fro, 0, 1, 2, 2, 1, 0, so that every stream gets heavy and light
    ones.
    """
    if streams == 1:
        return np.zeros_like(work)
    turns, seat = np.divmod(np.arange(work.shape[-1]), streams)
    if not interleave:
        return np.broadcast_to(seat, work.shape)
    to_and_fro = np.where(turns % 2 == 0, seat, streams - 1 - seat)
    stream = np.empty_like(work)
    order = np.argsort(-work, axis=-1, kind="stable")
    np.put_along_axis(stream, order, np.broadcast_to(to_and_fro, order.shape), axis=-1)
    return stream


def stream_of_vector(
    work: npt.NDArray[np.int64],
    shape: VectorShape,
    coarse_group: int,
    coarse_in: int,
    interleave: bool,
) -> Order:
    """The stream, 0 to coarse_group * coarse_in - 1, that each of groups * vectors belongs to.

    Args:
        work: (groups, vectors), what the order goes by: nonzero pairs.
        shape: of the layer.
        coarse_group: groups worked on at once.
        coarse_in: vectors of a group worked on at once.
        interleave: deal by falling work, else in natural order.
    """
    group = dealt(work.sum(axis=1), coarse_group, interleave)
    vector = dealt(work, coarse_in, interleave)
    return (group[:, None] * coarse_in + vector).reshape(shape.groups * shape.vectors)


def port_cycles(
    layer: Layer, shape: VectorShape, images: int, coarse: tuple[Order, Order, Order]
) -> tuple[Order, Order]:
    """Cycles until all padded input, and all output, has passed at one value per stream and cycle.

    Pads and sliding windows pass the padded map, also where the engine skips its zeros. In
    pointwise layers a stream passes a whole cluster of channels per cycle.

    Args:
        layer: the layer.
        shape: the layer as vectors.
        images: N.
        coarse: columns of coarse_group, coarse_in, coarse_out.
    """
    group, vector, out = coarse
    height, width = layer.padded_size
    groups_each = shape.groups // group
    input_port = images * height * width * groups_each * (shape.vectors // vector)
    return input_port, images * layer.output_pixels * groups_each * (shape.filters // out)
