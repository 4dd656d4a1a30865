import numpy as np
import pytest

from models.products import Operation, matrix_product
from models.products.matrices import stacked

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("known", [(False, True), (True, False), (False, False)])
@pytest.mark.parametrize(
    ("first", "second"),
    [((5, 4), (4, 3)), ((2, 5, 4), (4, 3)), ((2, 3, 5, 4), (3, 4, 2)), ((4,), (4, 3))],
)
def test_pairs_of_nonzeros_are_those_of_the_product(
    first: tuple[int, ...], second: tuple[int, ...], known: tuple[bool, bool]
) -> None:
    """Of 0 and 1, the sum of the product is the number of pairs of nonzeros."""
    a, b = RNG.random(first) < 0.5, RNG.random(second) < 0.5
    product = matrix_product(Operation("p", stacked(a, b, known), known))
    layer = product.layer
    weight = product.weight.reshape(layer.groups, layer.group_filters, layer.group_channels)
    activation = product.activation.reshape(layer.groups, layer.group_channels, -1)
    pairs = (weight.astype(int) @ activation.astype(int)).sum()
    assert pairs == (a.astype(int) @ b.astype(int)).sum()
    assert layer.is_product == (not any(known))
    assert layer.dense_macs == layer.output_pixels * layer.window * layer.out_channels


def test_weights_that_multiply_a_whole_stack_are_one_layer_on_all_rows() -> None:
    x, weight = np.ones((2, 3, 5, 4), dtype=bool), np.ones((4, 7), dtype=bool)
    assert [m.shape for m in stacked(x, weight, (False, True))] == [(30, 4), (4, 7)]
    turned = stacked(weight.T, x.swapaxes(2, 3), (True, False))
    assert [m.shape for m in turned] == [(7, 4), (4, 30)]
