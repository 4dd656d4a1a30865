"""What several designs count of one layer: made once where they run one after the other."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_KEPT: ContextVar[dict[Hashable, Any] | None] = ContextVar("_KEPT", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Until the end of the block, `shared` functions keep what they make; then it is freed."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def is_sharing() -> bool:
    """Whether what is made now may be used again."""
    return _KEPT.get() is not None


def shared(make: Callable[P, T]) -> Callable[P, T]:
    """Make only once what is asked for again within `sharing`; outside of it, nothing is kept.

    Its arguments are hashable and given by position; traces are told apart by identity. What it
    returns must not be changed.
    """

    @wraps(make)
    def once(*arguments: P.args, **named: P.kwargs) -> T:
        kept = _KEPT.get()
        if kept is None or named:
            return make(*arguments, **named)
        key = make, arguments
        if key not in kept:
            kept[key] = make(*arguments, **named)
        result: T = kept[key]
        return result

    return once
