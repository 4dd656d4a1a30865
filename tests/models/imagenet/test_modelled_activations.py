from models.graph.dataflow import layer_inputs
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled import target_densities
from models.imagenet.modelled_activations import (
    ActivationBounds,
    activation_masks,
    random_stream,
)
from models.imagenet.settings import FullSizeSettings

NETWORK = "mobilenet_v1"
SMALL = {"width": 0.25, "input_height": 64, "input_width": 64, "activation_masks": "generator"}
SETTINGS = FullSizeSettings.of(SMALL)
INPUTS = layer_inputs(
    full_size_network(NETWORK, SETTINGS, weights=False), SETTINGS.shape.form(NETWORK).shape
)
AIMED = target_densities(NETWORK, INPUTS, SETTINGS)


def test_bounds_take_away_from_what_is_not_bounded_and_only_where_that_saves() -> None:
    free, tight = ActivationBounds(INPUTS, None), ActivationBounds(INPUTS, 0.5)
    every, _ = activation_masks(NETWORK, INPUTS, AIMED, SETTINGS, free)
    fewer, _ = activation_masks(NETWORK, INPUTS, AIMED, SETTINGS, tight)
    bounded = {name for name in fewer if tight.of(name) < 8}
    for name in every:
        assert free.of(name) == 8
        assert (fewer[name] <= every[name]).all()
        assert (fewer[name] == every[name]).all() == (name not in bounded)
    saving = {row.tensor for row in INPUTS if not row.layer.is_depthwise}
    assert bounded
    assert bounded < saving < set(every)


def test_operands_and_names_have_streams_of_their_own() -> None:
    draws = [
        random_stream(seed, operand, name).random()
        for seed, operand, name in [
            (0, "weight", "a"),
            (0, "activation", "a"),
            (0, "weight", "b"),
            (1, "weight", "a"),
        ]
    ]
    assert len(set(draws)) == 4
    assert draws[0] == random_stream(0, "weight", "a").random()
