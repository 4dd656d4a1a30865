"""What residual additions keep waiting: values of earlier layers that a later one adds to its own.

Of the operands of an addition those wait that are whole before the layer runs which completes the
last of them; that layer adds them as it writes its output. Nothing waits for operands that are all
complete with the same layer, for parameters, or for other operations, concatenation among them.
"""

from collections import Counter
from collections.abc import Iterable

Makers = frozenset[str]
"""Layers whose results a value carries, through anything that is no product."""
NOTHING: Makers = frozenset()
"""Of a value that no layer made."""


class Residuals:
    """Collects the additions of one image, as its layers run.

    Attributes:
        elements: values that a layer adds to its output, by its name.
    """

    def __init__(self) -> None:
        self.elements: Counter[str] = Counter()
        self._places: dict[str, int] = {}

    def ran(self, layer: str) -> None:
        """Note a layer, in running order."""
        self._places.setdefault(layer, len(self._places))

    def added(self, operands: Iterable[tuple[Makers, int]]) -> None:
        """Note an addition.

        Args:
            operands: of each that is not the same for all images, its makers (none = it is made of
                the input alone) and its elements.
        """
        complete = [
            (max((self._places[maker] for maker in makers), default=-1), elements)
            for makers, elements in operands
        ]
        last = max((place for place, _ in complete), default=-1)
        waiting = sum(elements for place, elements in complete if place < last)
        if waiting:
            self.elements[tuple(self._places)[last]] += waiting
