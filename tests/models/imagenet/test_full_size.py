"""Blocks of whole networks: the denominators of the published savings."""

import pytest

from models.graph.layer_table import layer_table
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from sim import Layer
from sim.masks.blocks import block_count, padded_macs


def convolutions(network: str) -> list[Layer]:
    settings = FullSizeSettings()
    form = settings.shape.form(network)
    module = full_size_network(network, settings, weights=False)
    layers = layer_table(module, (form.channels, form.height, form.width))
    return [layer for layer in layers if not layer.is_linear]


@pytest.mark.parametrize(
    ("network", "edges", "blocks"),
    [
        ("resnet50", (8, 8), 345_440),
        ("resnet50", (16, 16), 88_080),
        ("resnet50", (1, 16), 1_399_088),
        ("resnet50", (4, 4), 1_368_000),
        ("yolov5s", (8, 8), 946_560),
        ("yolov5s", (16, 16), 236_640),
        ("yolov5s", (1, 16), 3_767_040),
        ("yolov5s", (4, 4), 3_763_200),
        ("yolov5s_relu", (8, 8), 946_560),
    ],
)
def test_blocks_of_one_image(network: str, edges: tuple[int, int], blocks: int) -> None:
    assert sum(block_count(layer, *edges) for layer in convolutions(network)) == blocks


def test_padded_and_plain_macs() -> None:
    resnet, yolo = convolutions("resnet50"), convolutions("yolov5s")
    assert len(resnet) == 53
    assert len(yolo) == 60
    assert sum(padded_macs(layer, 8, 8) for layer in resnet) == 4_221_960_192
    assert sum(padded_macs(layer, 8, 8) for layer in yolo) == 6_192_599_040
    assert sum(layer.dense_macs for layer in resnet) == 4_087_136_256
    assert sum(layer.dense_macs for layer in yolo) == 6_162_585_600
