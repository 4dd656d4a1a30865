import numpy as np

from models.compression.blocks.convolution import install_blocks
from models.compression.blocks.recording import recorded_blocks
from models.compression.blocks.rule import BlockRule
from sim import Layer, LayerTrace
from tests.models.toy import toy, toy_images


def test_recorded_maps_fit_the_layers() -> None:
    network = toy()
    for layer in install_blocks(network, BlockRule(1, 16)).values():
        layer.set_threshold(0.3)
    with recorded_blocks(network) as maps:
        network(toy_images(3))
    layer = Layer.conv("conv", 20, 20, 3, padding=1, input_size=9, groups=2)
    trace = LayerTrace(layer, activation=np.ones((3, 20, 9, 9), bool), block_map=maps["conv"])
    assert 0 < maps["conv"].zero.sum() < maps["conv"].zero.size
    assert trace.block_map is not None
