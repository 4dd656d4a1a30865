"""Who reads what a layer made: as a whole, or in pieces."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.products.product import Operand
from sim import Layer, TracedLayer

Cuts = frozenset[Hashable]
"""Pieces of a layer's result that a value is made of; none = it is no piece."""
WHOLE: Cuts = frozenset()


@dataclass(frozen=True)
class Reading:
    """One product reads a layer's result.

    Attributes:
        reader: name of the product's layer.
        operand: which operand of it that is.
        cuts: of the result; none = all of it, though it may be pooled or beside other results.
    """

    reader: str
    operand: Operand
    cuts: Cuts = WHOLE


def united(cuts: Sequence[Cuts]) -> Cuts:
    """The pieces that a value is computed from; none if a whole result is among them."""
    return WHOLE.union(*cuts) if cuts and all(cuts) else WHOLE


def linked(
    traced: TracedLayer, readings: Sequence[Reading], layers: Mapping[str, Layer]
) -> TracedLayer:
    """A layer of a trace with those that read its result: all of it, or each a piece.

    Args:
        traced: without its readers.
        readings: of its result, in running order.
        layers: the readers by name.
    """
    if not readings:
        return traced
    others = pieces(traced.trace.layer, readings, layers)
    first = readings[0]
    return replace(traced, consumer=first.reader, consumer_operand=first.operand, pieces=others)


def pieces(
    layer: Layer, readings: Sequence[Reading], layers: Mapping[str, Layer]
) -> tuple[tuple[str, Operand], ...]:
    """Who reads the further pieces of a result that is cut up, each with the operand.

    Nobody if the first reader reads no piece, or if the pieces that are read do not make up the
    result (as where the class token alone is read): the layer then writes what its first reader
    reads.

    Args:
        layer: whose result it is.
        readings: of the result, in running order, at least one.
        layers: the readers by name.
    """
    seen: set[Hashable] = set()
    parts: list[tuple[str, Operand]] = []
    values = 0
    for reading in readings:
        if reading.cuts and seen.isdisjoint(reading.cuts):
            seen |= reading.cuts
            parts.append((reading.reader, reading.operand))
            values += _values(layers[reading.reader], reading.operand)
    if not readings[0].cuts or values != layer.out_channels * layer.output_pixels:
        return ()
    return tuple(parts[1:])


def _values(layer: Layer, operand: Operand) -> int:
    """Of an operand, for one image."""
    if operand == "weight":
        return layer.out_channels * layer.group_channels
    height, width = layer.input_size
    return layer.in_channels * height * width
