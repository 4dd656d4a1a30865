import numpy as np
import pytest

from sim import BlockMap, Layer, LayerTrace, UserError
from sim.masks.frozen import frozen

LAYER = Layer.conv("conv", 2, 2, 1, input_size=2)
ONES = np.ones((1, 2, 2, 2), dtype=bool)


def test_a_view_that_cannot_be_written_to_is_copied_while_its_owner_can_be() -> None:
    mask = ONES.copy()
    view = mask[:]
    view.flags.writeable = False
    kept = frozen(view)
    mask[:] = False
    assert kept.all()
    assert not kept.flags.writeable
    assert frozen(kept) is kept
    assert frozen(kept[0]).base is kept


def test_masks_of_a_trace_and_its_block_map_are_those_it_was_made_with() -> None:
    zero = np.zeros((1, 1, 1), dtype=bool)
    block_map = BlockMap(8, 8, zero)
    zero[:] = True
    assert not block_map.zero.any()
    trace = LayerTrace.of(LAYER)
    for mask in (trace.weight, trace.activation, block_map.zero):
        with pytest.raises(ValueError, match="read-only"):
            mask[:] = False


def test_a_masked_array_is_refused() -> None:
    masked = np.ma.masked_array(ONES, mask=ONES)
    with pytest.raises(UserError, match="conv: activation mask is a masked array"):
        LayerTrace.of(LAYER, activation=masked)
