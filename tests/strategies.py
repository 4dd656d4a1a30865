"""Hypothesis strategies for small odd layers, shared by every accelerator's property tests."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim import BlockMap, Layer, LayerTrace, matmul
from sim.masks.block_map import block_grid


@st.composite
def window_sizes(draw: st.DrawFn, max_size: int = 9) -> dict[str, Any]:
    """Kernel, stride, dilation, padding and input that fit each other, each axis for itself.

    Half of them are plain: square steps, as much padding on either side. The others may be
    dilated, unevenly padded, "same", or have zeros between the values of their input.
    """
    kernel = draw(st.sampled_from([(1, 1), (2, 2), (3, 3), (1, 3), (5, 4)]))
    if draw(st.booleans()):
        padding = draw(st.tuples(st.integers(0, kernel[0] // 2), st.integers(0, kernel[1] // 2)))
        least = [max(1, k - 2 * p) for k, p in zip(kernel, padding, strict=True)]
        size = tuple(draw(st.integers(low, max_size)) for low in least)
        stride = draw(st.integers(1, 3))
        return {"kernel": kernel, "stride": stride, "padding": padding, "input_size": size}
    small = st.tuples(st.integers(1, 3), st.integers(1, 3))
    dilation, spread = draw(small), draw(st.sampled_from([(1, 1), (1, 1), (2, 2), (1, 3)]))
    size = tuple(draw(st.integers(1, max_size // step)) for step in spread)
    sizes = {"kernel": kernel, "stride": draw(small), "dilation": dilation, "input_size": size}
    sizes["input_dilation"] = spread
    if draw(st.booleans()):
        return sizes | {"padding": "same"}
    sides = []
    for k, d, n, i in zip(kernel, dilation, size, spread, strict=True):
        missing = max(0, (k - 1) * d - (n - 1) * i)
        before = draw(st.integers(0, missing + k // 2))
        sides.append((before, draw(st.integers(max(0, missing - before), missing + k // 2))))
    return sizes | {"padding": tuple(sides)}


@st.composite
def conv_layers(draw: st.DrawFn, max_channels: int = 20, max_size: int = 9) -> Layer:
    """Convolutions with stride, padding, groups, depthwise, 1x1 and sizes that do not divide."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    if draw(st.booleans()) and draw(st.booleans()):
        groups = draw(st.integers(2, max_channels))  # depthwise, with a channel multiplier
        channels, filters = groups, groups * draw(st.integers(1, 2))
    else:
        channels = groups * draw(st.integers(1, max_channels // groups))
        filters = groups * draw(st.integers(1, max_channels // groups))
    sizes = draw(window_sizes(max_size))
    return Layer.conv("conv", channels, filters, groups=groups, **sizes)


linear_layers = st.builds(
    Layer.linear,
    st.just("fc"),
    st.integers(1, 60),
    st.integers(1, 40),
    st.one_of(st.just(1), st.integers(1, 12), st.tuples(st.integers(1, 4), st.integers(1, 4))),
)

layers = st.one_of(conv_layers(), conv_layers(), conv_layers(), linear_layers)


@st.composite
def traces(
    draw: st.DrawFn,
    layer: st.SearchStrategy[Layer] = layers,
    max_images: int = 2,
    with_output: bool = False,
) -> LayerTrace:
    """A layer with masks of random density, all-zero and all-one masks among them.

    `with_output`: some traces state the mask that is written back, pooled or not, whether they are
    the first or last layer of a network, and how many values are added to their output.
    """
    shape = draw(layer)
    density = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 1.0])
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    images = draw(st.integers(1, max_images))
    weight = rng.random(shape.weight_shape) < draw(density)
    activation = rng.random((images, *shape.input_shape)) < draw(density)
    output = None
    if with_output and draw(st.booleans()):
        pooling = draw(st.integers(1, 2))
        size = [-(-edge // pooling) for edge in shape.output_size]
        output = rng.random((images, shape.out_channels, *size)) < draw(density)
    if with_output:
        residual = draw(st.sampled_from([0, 0, 1, 7, 300, 5000]))
        shape = replace(shape, residual_elements=residual)
    first, last = (draw(st.booleans()), draw(st.booleans())) if with_output else (False, False)
    return LayerTrace(shape, weight, activation, output, reads_image=first, ends_network=last)


products = st.builds(
    matmul,
    st.just("scores"),
    st.integers(1, 12),
    st.integers(1, 20),
    st.integers(1, 12),
    st.integers(1, 3),
)


@st.composite
def product_traces(draw: st.DrawFn) -> LayerTrace:
    """A product of two activations; each image has its own second operand."""
    trace = draw(traces(products))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    weight = rng.random((trace.images, *trace.layer.weight_shape)) < draw(
        st.sampled_from([0.2, 0.7])
    )
    return replace(trace, weight=weight)


@st.composite
def block_traces(
    draw: st.DrawFn,
    layer: st.SearchStrategy[Layer],
    edges: st.SearchStrategy[int],
) -> LayerTrace:
    """A trace most of whose activations stand together, half of them with a block map."""
    trace = draw(traces(layer))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    # Whole channels and whole lines of zeros, so that blocks of several values are zero.
    channels = rng.random((trace.images, trace.layer.in_channels, 1, 1)) < 0.6
    lines = rng.random((trace.images, 1, trace.layer.input_size[0], 1)) < 0.6
    trace = replace(trace, activation=trace.activation & (channels | lines), activation_bound=None)
    if draw(st.booleans()):
        return trace
    width, height = draw(edges), draw(edges)
    shape = (trace.images, *block_grid(trace.layer, width, height))
    zero = rng.random(shape) < draw(st.sampled_from([0.0, 0.3, 0.9]))
    return replace(trace, block_map=BlockMap(width, height, zero))
