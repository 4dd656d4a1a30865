import numpy as np

from sim import BlockMap, Layer, LayerTrace
from sim.batches import batches, repeated

LAYER = Layer.linear("fc", 4, 2)
INPUTS = np.eye(4, dtype=bool)[:3].reshape(3, 4, 1, 1)
TRACE = LayerTrace(LAYER, activation=INPUTS, output=INPUTS[:, :2])


def test_the_last_batch_holds_what_is_left() -> None:
    parts = list(batches(TRACE, 2))
    assert [part.images for part in parts] == [2, 1]
    assert np.array_equal(np.concatenate([p.activation for p in parts]), INPUTS)
    assert np.array_equal(parts[1].output, INPUTS[2:, :2])


def test_repeated_images_come_round_in_order() -> None:
    longer = repeated(TRACE, 7)
    assert longer.images == 7
    assert np.array_equal(longer.activation[3:6], INPUTS)
    assert np.array_equal(longer.output[6], INPUTS[0, :2])


def test_a_batch_takes_the_blocks_of_its_images_along() -> None:
    zero = np.array([[[True]], [[False]], [[True]]])
    trace = LayerTrace(LAYER, activation=INPUTS, block_map=BlockMap(4, 4, zero))
    assert [part.block_map.zero.ravel().tolist() for part in batches(trace, 2)] == [
        [True, False],
        [True],
    ]
