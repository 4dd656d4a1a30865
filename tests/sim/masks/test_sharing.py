import gc
import weakref

from sim import Layer, LayerTrace
from sim.masks.sharing import is_sharing, shared, sharing


def _counted() -> tuple[list[LayerTrace], LayerTrace]:
    asked: list[LayerTrace] = []

    @shared
    def count(trace: LayerTrace, size: int) -> list[int]:
        asked.append(trace)
        return [size]

    trace = LayerTrace(Layer.linear("fc", 4, 2))
    with sharing():
        assert is_sharing()
        assert count(trace, 1) is count(trace, 1)
        assert count(trace, 2) == [2]
        with sharing():
            count(trace, 1)
        count(trace, 1)
    assert not is_sharing()
    count(trace, 1)
    return asked, trace


def test_what_is_shared_is_made_once_for_a_trace_and_arguments_and_not_kept_afterwards() -> None:
    asked, trace = _counted()
    assert asked == [trace] * 4  # two sizes, once more inside another block, once after all


def test_what_is_kept_is_freed_even_where_a_design_raises() -> None:
    class Large:
        pass

    made: list[weakref.ref[Large]] = []

    @shared
    def large() -> Large:
        result = Large()
        made.append(weakref.ref(result))
        return result

    try:
        with sharing():
            large()
            assert made[0]() is not None
            raise ValueError
    except ValueError:
        pass
    gc.collect()
    assert made[0]() is None
