"""Trace files: the only thing that crosses from the networks to the simulator.

One safetensors file holds every conv and FC layer of one (suite, network, scheme): shapes, weights
(INT8 values, or the zero mask alone), bit-packed zero masks of the input activations and, where a
network takes blocks of the im2col matrix as zero, a bit for each block. The zeros of the same run
with numbers kept the other way (real beside INT8) may lie in the same file. The header carries one
JSON string, so that the same trace always has the same bytes.
"""

import hashlib
import json
import os.path
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from sim.errors import UserError
from sim.files import intact, whole_file
from sim.layer import Layer
from sim.masks.block_map import BlockMap, block_grid
from sim.masks.packed_bits import unpacked_bits
from sim.network_trace import NetworkTrace, Provenance, TracedLayer
from sim.sizes import whole
from sim.trace import LayerTrace
from sim.validation import described, required_path, shown

VERSION = 2
OTHER = "other."
"""In front of the names of tensors whose numbers are kept the other way."""
Tensors = dict[str, npt.NDArray[Any]]


def _digest(header: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]]) -> str:
    """SHA-256 over the header, its own checksum apart, and every tensor with type and shape."""
    total = hashlib.sha256()
    stated = {name: value for name, value in header.items() if name != "sha256"}
    total.update(json.dumps(stated, sort_keys=True).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total.update(f"{name} {tensor.dtype.str} {tensor.shape}".encode())
        total.update(tensor.tobytes())
    return total.hexdigest()


def _packed(trace: NetworkTrace, prefix: str = "") -> tuple[Tensors, list[dict[str, Any]]]:
    tensors: Tensors = {}
    records: list[dict[str, Any]] = []
    for index, entry in enumerate(trace.layers):
        mask = entry.trace
        key = f"{prefix}{index:03d}"
        if entry.weight_int8 is None:
            weight = np.broadcast_to(mask.weight, _weight_shape(mask.layer, mask.images))
            tensors[f"{key}.weight_mask"] = np.packbits(weight)
        else:
            if not np.array_equal(entry.weight_int8 != 0, mask.weight):
                raise ValueError(f"{mask.layer.name}: INT8 weights and weight mask disagree")
            tensors[f"{key}.weight_int8"] = np.ascontiguousarray(entry.weight_int8)
        tensors[f"{key}.activation_mask"] = np.packbits(mask.activation)
        record = {
            "layer": _stated(mask.layer),
            "images": mask.images,
            "activation_bound": mask.activation_bound,
            "consumer": entry.consumer,
        }
        if entry.consumer_operand != "activation":
            record["consumer_operand"] = entry.consumer_operand
        if entry.pieces:
            record["pieces"] = [list(piece) for piece in entry.pieces]
        if mask.block_map is not None:
            tensors[f"{key}.block_map"] = np.packbits(mask.block_map.zero)
            record["block"] = [mask.block_map.width, mask.block_map.height]
        records.append(record)
    return tensors, records


def _weight_shape(layer: Layer, images: int) -> tuple[int, ...]:
    """Shape of the weight mask of a file; a product of activations has one for each image."""
    return (images, *layer.weight_shape) if layer.is_product else layer.weight_shape


def _stated(layer: Layer) -> dict[str, Any]:
    """The fields of a layer but for what has its default: plain layers keep their bytes."""
    usual = {field.name: field.default for field in fields(layer)}
    return {name: value for name, value in asdict(layer).items() if value != usual[name]}


def write_trace(path: Path | str, trace: NetworkTrace) -> None:
    """Write a trace under a temporary name, then rename: a reader never sees half a file.

    Raises:
        UserError: the path or the trace is none, a layer is read by one that is not there, or the
            file cannot be written.
    """
    path = required_path("write_trace()", path)
    if not isinstance(trace, NetworkTrace):
        raise UserError(f"write_trace() takes a NetworkTrace second, not {type(trace).__name__}")
    tensors, header = _written(trace)
    if trace.other is not None:
        others, header["other"] = _written(trace.other, OTHER)
        tensors |= others
    _ = [form.traces for form in trace.forms.values()]  # what cannot be read is not written
    header["version"] = VERSION
    header["sha256"] = _digest(header, tensors)
    try:
        with whole_file(path) as temporary:
            temporary.write_bytes(save(tensors, {"trace": json.dumps(header, sort_keys=True)}))
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error


def _written(trace: NetworkTrace, prefix: str = "") -> tuple[Tensors, dict[str, Any]]:
    """Tensors and header of one form of the numbers."""
    tensors, records = _packed(trace, prefix)
    header = {"provenance": asdict(trace.provenance), "layers": records}
    return tensors, header | ({"numbers": trace.numbers} if trace.numbers != "int8" else {})


def read_trace(path: Path | str) -> NetworkTrace:
    """Read a trace; needs no torch.

    Raises:
        UserError: `path` is no path, or the file is missing, truncated, not a trace, of another
            version, or its parts contradict each other.
    """
    path = required_path("read_trace()", path)
    if not os.path.isfile(path):  # a name too long is no file, not an error
        raise UserError(f"{path}: no such trace; `sparsebench trace` makes one of a network")
    header, tensors = _load(path)
    if header.get("version") != VERSION:
        raise UserError(
            f"{path}: trace version {described(header.get('version'))}, this release reads "
            f"{VERSION}; "
            "delete the file and make it again"
        )
    if header.get("sha256") != _digest(header, tensors):
        raise UserError(
            f"{path}: header or tensors do not match the checksum; delete and remake it"
        )
    try:
        trace = _read_form(header, tensors)
        if "other" in header:
            trace = replace(trace, other=_read_form(header["other"], tensors, OTHER))
    except (AttributeError, KeyError, TypeError, ValueError, UserError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise UserError(
            f"{path}: inconsistent trace ({shown(what, 300)}); delete and remake it"
        ) from error
    intact(path)
    return trace


def _read_form(header: Mapping[str, Any], tensors: Tensors, prefix: str = "") -> NetworkTrace:
    """The trace of one form of the numbers, whose layers agree with each other."""
    layers = tuple(
        _unpacked(f"{prefix}{index:03d}", record, tensors)
        for index, record in enumerate(header["layers"])
    )
    provenance = Provenance(**header["provenance"])
    trace = NetworkTrace(provenance, layers, header.get("numbers", "int8"))
    _ = trace.traces
    return trace


def _load(path: Path) -> tuple[dict[str, Any], Tensors]:
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, TypeError, AttributeError) as error:  # or an unknown type
        raise UserError(
            f"{path}: not a whole safetensors file ({error}); delete and remake it"
        ) from error
    try:
        header = json.loads(metadata["trace"])
        if not isinstance(header, dict):
            raise TypeError("the header is no object")
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: a safetensors file, but not a trace") from error
    return header, tensors


def _unpacked(key: str, record: Mapping[str, Any], tensors: Tensors) -> TracedLayer:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in record["layer"].items()
    }
    layer = Layer(**fields)
    images = whole(f"{layer.name}: images", record["images"], 1)
    int8 = tensors.get(f"{key}.weight_int8")
    weight = int8 != 0 if int8 is not None else None
    if weight is None:
        weight = unpacked_bits(tensors[f"{key}.weight_mask"], _weight_shape(layer, images))
    activation = unpacked_bits(tensors[f"{key}.activation_mask"], (images, *layer.input_shape))
    trace = LayerTrace(
        layer,
        weight,
        activation,
        # None stands for the tightest bound where a trace is made; a file states one
        activation_bound=whole(f"{layer.name}: activation_bound", record["activation_bound"], 0),
        block_map=_block_map(layer, record, tensors.get(f"{key}.block_map")),
    )
    operand = record.get("consumer_operand", "activation")
    pieces = tuple((reader, place) for reader, place in record.get("pieces", ()))
    return TracedLayer(trace, int8, record["consumer"], operand, pieces)


def _block_map(
    layer: Layer, record: Mapping[str, Any], packed: npt.NDArray[Any] | None
) -> BlockMap | None:
    if (packed is None) != ("block" not in record):
        raise ValueError(f"{layer.name}: block map without its block size, or the reverse")
    if packed is None:
        return None
    width, height = record["block"]
    shape = (record["images"], *block_grid(layer, width, height))
    return BlockMap(width, height, unpacked_bits(packed, shape))
