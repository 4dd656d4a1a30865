"""Whole 224 x 224 networks in the time and memory that a run over many networks allows."""

import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from sim import Layer, LayerTrace, accelerator, simulate

SECONDS = {
    "dense_ideal": 3.0,
    "dense_mapped": 3.0,
    "scnn": 3.0,
    "sparten_no_balancing": 3.0,
    "sparten_gb_s": 3.0,
    "sparten": 3.0,
    "eyeriss_v2": 3.0,
    "phantom_2d": 15.0,
    "sense": 5.0,
    "sense_unclustered": 5.0,
    "swallow_like": 5.0,
    "eyeriss": 5.0,
}
"""Limit of one image on one core."""
BYTES = 2e9


def vgg16() -> Iterator[Layer]:
    channels, size = 3, 224
    for filters, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            yield Layer.conv("conv", channels, filters, 3, padding=1, input_size=size)
            channels = filters
        size //= 2
    yield from (Layer.linear("fc6", 25088, 4096), Layer.linear("fc7", 4096, 4096))
    yield Layer.linear("fc8", 4096, 1000)


def resnet50() -> Iterator[Layer]:
    yield Layer.conv("conv1", 3, 64, 7, stride=2, padding=3, input_size=224)
    channels, size = 64, 56
    for stage, (width, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            yield Layer.conv("reduce", channels, width, 1, input_size=size)
            yield Layer.conv("middle", width, width, 3, stride=stride, padding=1, input_size=size)
            if not block:
                yield Layer.conv("shortcut", channels, 4 * width, 1, stride=stride, input_size=size)
            size //= stride
            yield Layer.conv("expand", width, 4 * width, 1, input_size=size)
            channels = 4 * width
    yield Layer.linear("fc", 2048, 1000)


def trace(layer: Layer, rng: np.random.Generator) -> LayerTrace:
    weight = rng.integers(0, 256, layer.weight_shape, dtype=np.uint8) < 80
    activation = rng.integers(0, 256, (1, *layer.input_shape), dtype=np.uint8) < 120
    return LayerTrace(layer, weight, activation)


@pytest.mark.slow
@pytest.mark.parametrize("network", [vgg16, resnet50])
@pytest.mark.parametrize("name", SECONDS)
def test_one_image_takes_seconds_of_one_core(
    name: str, network: Callable[[], Iterator[Layer]]
) -> None:
    rng = np.random.default_rng(0)
    hardware = accelerator(name)
    seconds = 0.0
    for layer in network():
        masks = trace(layer, rng)
        start = time.process_time()
        simulate(masks, hardware)
        seconds += time.process_time() - start
    assert seconds < SECONDS[name]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["sparten", "eyeriss_v2", "scnn", "phantom_2d", "dense_ideal", "sense", "eyeriss"]
)
def test_largest_layers_stay_below_two_gigabytes(name: str) -> None:
    rng = np.random.default_rng(0)
    hardware = accelerator(name)
    for layer in (
        Layer.linear("fc6", 25088, 4096),
        Layer.conv("conv1_2", 64, 64, 3, padding=1, input_size=224),
    ):
        masks = trace(layer, rng)
        tracemalloc.start()
        simulate(masks, hardware)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < BYTES
