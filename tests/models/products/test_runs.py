import numpy as np
import pytest

from models.products import ImageRuns, Operation, Product, Reading, matrix_product
from sim import Provenance, UserError

ORIGIN = Provenance("yours", "net", "dense", "measured", "measured", "a test")
WEIGHT = np.eye(3, dtype=np.bool_)


def product(name: str, row: list[int], known: bool = True) -> Product:
    operands = (np.array([row], dtype=np.bool_), WEIGHT[:, : 3 - (not known)])
    return matrix_product(Operation(name, operands, (False, known)))


def test_images_are_put_together_and_weights_kept_once() -> None:
    runs = ImageRuns()
    for row in ([1, 0, 1], [0, 1, 1]):
        made = [product("a", row), product("b", row, known=False)]
        runs.add(made, {"a": [Reading("b", "weight")]}, {"b": 9})
    trace = runs.trace(ORIGIN, "real")
    first, second = trace.layers
    assert first.trace.activation[:, :, 0, 0].tolist() == [[True, False, True], [False, True, True]]
    assert (first.trace.weight.ndim, second.trace.weight.ndim) == (4, 5)
    assert (first.consumer, first.consumer_operand) == ("b", "weight")
    assert second.consumer is None
    assert [entry.trace.layer.residual_elements for entry in trace.layers] == [0, 9]
    assert runs.images == 2


def test_an_image_with_other_layers_is_refused() -> None:
    runs = ImageRuns()
    runs.add([product("a", [1, 0, 1]), product("b", [1, 0, 1])], {}, {})
    with pytest.raises(UserError, match=r"^b: image 1 runs other layers"):
        runs.add([product("a", [1, 1, 1]), product("c", [1, 0, 1])], {}, {})
    with pytest.raises(UserError, match=r"^the last layers: image 1"):
        runs.add([product("a", [1, 1, 1])], {}, {})
