from functools import cache

import numpy as np
import pytest

from models.imagenet.modelled import modelled_trace
from models.imagenet.settings import FullSizeSettings
from models.pretrained.twins import (
    HELD_OUT,
    OF_TRACE,
    channel_correlation,
    inputs_of,
    relu_statistics,
    twins,
)
from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer

NETWORK = "mobilenet_v1_relu6"
SMALL = {"width": 0.25, "input_height": 32, "input_width": 32, "images": 1}
DRAWN, AGAIN = (FullSizeSettings.of(SMALL | {"seed": seed}) for seed in (7, 0))


@cache
def measured(scheme: str) -> NetworkTrace:
    """What stands for a measured trace: zeros with a seed of their known."""
    return modelled_trace(NETWORK, scheme, DRAWN).trace


@cache
def of(scheme: str) -> dict[str, NetworkTrace]:
    return dict(twins(measured(scheme), AGAIN))


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "within"), [("magnitude", 0.002), ("dbb", 0.02)])
def test_a_twin_has_the_densities_of_the_measured_trace_and_other_zeros(
    scheme: str, within: float
) -> None:
    pairs = zip(measured(scheme).traces, of(scheme)[OF_TRACE].traces, strict=True)
    for real, drawn in list(pairs)[1:-1]:  # the image is what it is, the average has no zeros
        assert drawn.activation_density == pytest.approx(real.activation_density, abs=within)
        assert drawn.weight_density == pytest.approx(real.weight_density, abs=0.01)
        assert (drawn.activation != real.activation).any()


@pytest.mark.slow
def test_channels_spread_as_they_do_in_the_measured_trace() -> None:
    inputs = inputs_of(NETWORK, AGAIN)
    real, drawn = (
        relu_statistics(each, inputs) for each in (measured("magnitude"), of("magnitude")[OF_TRACE])
    )
    assert len(real) == 26
    for tensor, statistics in real.items():
        if 0.1 < statistics.density < 0.9:
            assert drawn[tensor].channel_std == pytest.approx(statistics.channel_std, abs=0.02)


@pytest.mark.slow
def test_held_out_densities_are_those_of_other_networks() -> None:
    both = of("magnitude")
    known, ruled = (
        [layer.activation_density for layer in both[key].traces] for key in (OF_TRACE, HELD_OUT)
    )
    assert np.abs(np.subtract(known, ruled)).max() > 0.05
    alike = zip(both[OF_TRACE].traces, both[HELD_OUT].traces, strict=True)
    assert all((a.weight == b.weight).all() for a, b in alike)  # a scheme sets weights


def channels(weight: list[float], activation: list[float]) -> NetworkTrace:
    """One convolution whose channels have these densities, in twentieths."""
    layer = Layer.conv("conv", in_channels=3, out_channels=20, kernel=1, input_size=20)
    rank = np.arange(20)
    weights = (rank[:, None] < 20 * np.array(weight))[..., None, None]
    maps = np.broadcast_to((rank < 20 * np.array(activation)[:, None])[:, None], (3, 20, 20))
    trace = LayerTrace(layer, weights, np.ascontiguousarray(maps)[None])
    origin = Provenance("s", "n", "magnitude", "measured", "measured", "none")
    return NetworkTrace(origin, (TracedLayer(trace),))


def test_channels_go_together_or_do_not() -> None:
    assert channel_correlation(channels([0.1, 0.5, 0.9], [0.2, 0.5, 0.8])) == pytest.approx(1)
    assert channel_correlation(channels([0.9, 0.5, 0.1], [0.2, 0.5, 0.8])) == pytest.approx(-1)
    whole = channels([1.0, 1.0, 0.9], [0.2, 0.5, 0.8])  # a layer that was not pruned
    assert channel_correlation(whole) == 0
