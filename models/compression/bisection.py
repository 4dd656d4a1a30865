"""How far a network can be pruned within a budget, found by bisection."""

from collections.abc import Callable


def most_within_budget(most: int, holds: Callable[[int], bool]) -> int:
    """The largest step from 0 to `most` at which a budget holds; step 0 is taken to hold.

    Pruning is taken to cost more at every step, so that `holds` is asked about log2(most) times.

    Args:
        most: the last step.
        holds: whether the budget holds with so many steps taken.
    """
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
