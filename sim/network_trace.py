"""A network's zeros: its layers with what made them and who reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sim.errors import UserError
from sim.layer import Mask
from sim.trace import LayerTrace
from sim.validation import described, require_choice, require_text, unknown

Source = Literal["measured", "modelled"]
Operand = Literal["activation", "weight"]
Numbers = Literal["int8", "real"]
"""How the numbers of a run are kept: rounded to INT8, or real as they are."""
IN_WORDS: Mapping[Numbers, str] = {"int8": "INT8", "real": "real"}


@dataclass(frozen=True)
class Provenance:
    """Where the zeros of a trace come from; every result row repeats it.

    Attributes:
        suite, network, scheme: the wildcards of the pipeline.
        weight_source, activation_source: "measured" (a trained network on real inputs) or
            "modelled" (generated to stated densities).
        data: the images, or the tables and generator that the masks follow.
    """

    suite: str
    network: str
    scheme: str
    weight_source: Source
    activation_source: Source
    data: str

    def __post_init__(self) -> None:
        require_choice("weight_source", self.weight_source, get_args(Source))
        require_choice("activation_source", self.activation_source, get_args(Source))
        require_text(suite=self.suite, network=self.network, scheme=self.scheme, data=self.data)


@dataclass(frozen=True, eq=False)
class TracedLayer:
    """One layer of a trace.

    Attributes:
        trace: shape and masks.
        weight_int8: (K, C/groups, R, S) quantized weights whose zeros are the mask's, or None.
        consumer: name of the layer that reads this layer's output, or None for the last.
        consumer_operand: which operand of it that is; "weight" only of a product of activations.
        pieces: who reads the other pieces of this layer's output, each with the operand, where it
            is cut up (one layer for query, key and value) and the consumer reads the first piece.
    """

    trace: LayerTrace
    weight_int8: npt.NDArray[np.int8] | None = None
    consumer: str | None = None
    consumer_operand: Operand = "activation"
    pieces: tuple[tuple[str, Operand], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.trace, LayerTrace):
            raise UserError(f"a TracedLayer holds a LayerTrace, not {described(self.trace)}")
        name = self.trace.layer.name
        pieces = self.pieces if isinstance(self.pieces, tuple) else (self.pieces,)
        if not all(isinstance(piece, tuple) and len(piece) == 2 for piece in pieces):
            raise UserError(
                f"{name}: pieces are {described(self.pieces)}; expected a tuple of readers, each "
                "with its operand"
            )
        for reader, operand in self.readings:
            require_choice(f"{name}: consumer_operand", operand, get_args(Operand))
            require_text(**{f"{name}: consumer": reader})
        if self.pieces and self.consumer is None:
            raise UserError(f"{name}: pieces of it are read, but it has no consumer")
        if self.weight_int8 is not None:
            kind = getattr(self.weight_int8, "dtype", type(self.weight_int8).__name__)
            if kind != np.int8:
                raise UserError(f"{name}: weights of type {kind}; expected int8")

    @property
    def readings(self) -> tuple[tuple[str | None, Operand], ...]:
        """The consumer, then the readers of the other pieces, each with the operand."""
        return ((self.consumer, self.consumer_operand), *self.pieces)


@dataclass(frozen=True, eq=False)
class NetworkTrace:
    """All conv and FC layers of a network, in the order they are computed.

    Attributes:
        provenance: where the zeros come from.
        layers: in running order.
        numbers: how the numbers are kept whose zeros these are.
        other: the zeros of the same layers, weights and inputs with numbers kept the other way;
            None = not recorded.
    """

    provenance: Provenance
    layers: tuple[TracedLayer, ...]
    numbers: Numbers = "int8"
    other: "NetworkTrace | None" = None

    def __post_init__(self) -> None:
        if not isinstance(self.provenance, Provenance):
            raise UserError(f"provenance is {described(self.provenance)}; expected a Provenance")
        layers = self.layers if isinstance(self.layers, tuple) else ()
        if not layers or not all(isinstance(layer, TracedLayer) for layer in layers):
            raise UserError(
                f"layers of a trace are {described(self.layers)}; "
                "expected a tuple of TracedLayer, at least one"
            )
        require_choice("numbers", self.numbers, get_args(Numbers))
        if self.other is not None:
            self._check_other(self.other)

    def _check_other(self, other: object) -> None:
        if not isinstance(other, NetworkTrace):
            raise UserError(f"other is {described(other)}; expected a NetworkTrace")
        shapes = [[entry.trace.layer for entry in trace.layers] for trace in (self, other)]
        if other.numbers == self.numbers or other.other is not None or shapes[0] != shapes[1]:
            raise UserError(
                f"other is a trace of {other.numbers} numbers; expected the same layers beside "
                f"these {self.numbers} ones, kept the other way"
            )

    @property
    def forms(self) -> dict[Numbers, "NetworkTrace"]:
        """The traces that there are by how numbers are kept, this one first, none with another."""
        first = self if self.other is None else replace(self, other=None)
        others = {} if self.other is None else {self.other.numbers: self.other}
        return {self.numbers: first} | others

    def form(self, numbers: Numbers) -> "NetworkTrace":
        """The zeros of real or of INT8 numbers alone.

        Raises:
            UserError: they were not recorded.
        """
        require_choice("numbers", numbers, get_args(Numbers))
        if numbers not in self.forms:
            raise UserError(
                f"{self.provenance.network}: holds no zeros of {IN_WORDS[numbers]} numbers, only "
                f"those of {IN_WORDS[self.numbers]} ones ({self.provenance.data})"
            )
        return self.forms[numbers]

    @cached_property
    def traces(self) -> tuple[LayerTrace, ...]:
        """The layers as the simulator takes them: with the mask of what each writes back.

        The first layer reads the image; a layer whose output no layer reads ends the network.
        """
        read = self._readers()
        return tuple(
            replace(
                entry.trace,
                output=_written(entry, read),
                reads_image=place == 0,
                ends_network=entry.consumer is None,
            )
            for place, entry in enumerate(self.layers)
        )

    def _readers(self) -> dict[str, LayerTrace]:
        """The layers by name; a reader that is none of them is refused."""
        layers = {entry.trace.layer.name: entry.trace for entry in self.layers}
        for entry in self.layers:
            for reader, _ in entry.readings:
                if not (reader is None or reader in layers):
                    raise unknown(f"consumer of {entry.trace.layer.name}:", reader, layers)
        return layers


def _written(entry: TracedLayer, read: Mapping[str, LayerTrace]) -> Mask | None:
    """What a layer writes: its output as its readers see it, (N, K', H', W'); None = unread."""
    if entry.consumer is None:
        return None
    if not entry.pieces:
        return _read(read[entry.consumer], entry.consumer_operand)
    layer = entry.trace.layer
    masks = [
        _piece(layer.name, read[str(reader)], operand, layer.output_pixels)
        for reader, operand in entry.readings
    ]
    return np.concatenate(masks, axis=1).reshape(len(masks[0]), -1, *layer.output_size)


def _piece(name: str, reader: LayerTrace, operand: Operand, positions: int) -> Mask:
    """A piece of a layer's output as it is written, (N, channels, positions).

    The second operand of a product has the writer's positions in its columns (keys) or in its rows
    (values).
    """
    mask = _read(reader, operand)
    if operand == "weight" and reader.layer.group_filters != positions:
        shape = (reader.images, *reader.layer.weight_shape)
        mask = np.broadcast_to(reader.weight, shape)
    if mask[0].size % positions:
        raise UserError(
            f"{name}: {reader.layer.name} reads {mask[0].size} values of its {positions} positions"
        )
    return mask.reshape(len(mask), -1, positions)


def _read(reader: LayerTrace, operand: Operand) -> Mask:
    """What a layer's output is to its reader, (N, K', H', W')."""
    return reader.second_map if operand == "weight" else reader.activation
