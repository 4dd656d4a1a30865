"""From an ONNX file and a user's inputs to a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from onnx import ModelProto

from models.extras import networks_extra
from models.onnx_import.additions import add_sizes
from models.onnx_import.files import Array, read_model
from models.onnx_import.functions import inlined
from models.onnx_import.graph import Graph
from models.onnx_import.inputs import Inputs, by_image, fixed_batch
from models.onnx_import.layers import LayerTable
from models.onnx_import.rounding import round_to_int8
from models.onnx_import.session import Session
from models.products import AS_IT_IS, ROUNDED, ImageRuns, pruned_words, with_data
from sim import NetworkTrace, Provenance
from sim.errors import UserError
from sim.validation import shown

AS_QUANTIZED = "INT8 zeros as the network quantizes them"


def record_onnx(
    path: Path, inputs: Inputs, provenance: Provenance, int8: bool | None = None
) -> NetworkTrace:
    """Run inputs through an ONNX network and note the zeros of both operands of every product.

    The network runs image by image in onnxruntime, so that memory does not grow with the images
    but for a byte for each activation of theirs. Names, layers and zeros are those that PyTorch
    gives for the network that was exported (`models.dispatched`).

    Args:
        path: of the file; data of its weights may lie in other files of its folder.
        inputs: an array whose first axis counts images, scaled as in training, or arrays by name.
        provenance: goes into the trace; how the numbers are kept is added to its data.
        int8: a network of real numbers is rounded to INT8 as well, as
            `models.compression.quantization` does: True puts those zeros first, None second, False
            leaves them out. One that is quantized keeps its numbers in any case.

    Raises:
        UserError: no whole ONNX file, inputs that it does not take, an operator that multiplies
            and is not understood, values that are not finite or do not fit the memory.
    """
    model = inlined(path, read_model(path))
    graph = Graph(path, model)
    if not graph.products:
        kinds = shown(", ".join(sorted({node.op_type for node in graph.nodes})))
        raise UserError(
            f"{path}: computes no product, only {kinds or 'nothing'}; expected a network of layers"
        )
    batch = fixed_batch(graph.inputs)
    images = by_image(graph.inputs, inputs)
    try:
        return _traced(graph, model, images, provenance, int8)
    except UserError as error:
        if batch == 1:
            raise
        raise UserError(
            f"{error} (the file is made for {batch} images at once and is run with one; export it "
            "for one or for any number)"
        ) from error


def _traced(
    graph: Graph,
    model: ModelProto,
    images: Sequence[dict[str, Array]],
    origin: Provenance,
    int8: bool | None,
) -> NetworkTrace:
    """The zeros of the numbers as they are and, unless `int8` is False, of the rounded ones."""
    words, count = _words(graph), len(images)
    if words != AS_IT_IS:
        if origin.scheme != "dense":
            raise UserError(f"{graph.path}: is quantized; prune it before it is quantized")
        return _run(graph, model, images).trace(with_data(origin, words, count), "int8")
    names, pruned = LayerTable(graph).names, None
    if origin.scheme != "dense":
        with networks_extra(f"pruning {graph.path.name}"):
            from models.onnx_import.pruning import prune
        pruned = prune(graph, model, images, origin.scheme)
        graph = Graph(graph.path, model)
    bounds = pruned.bounds if pruned else {}
    real = _run(graph, model, images, names, bounds)
    real_trace = real.trace(with_data(origin, pruned_words(origin) + AS_IT_IS, count), "real")
    if int8 is False:
        return real_trace
    try:
        round_to_int8(graph, model, images, pruned.before if pruned else {})
        rounded = _run(Graph(graph.path, model), model, images, names, bounds)
    except UserError as error:
        if int8:
            raise
        words = f"{pruned_words(origin)}{AS_IT_IS}, no INT8 zeros: {error}"
        return replace(real_trace, provenance=with_data(origin, words, count))
    words = f"{origin.scheme} without fine-tuning, {ROUNDED}"
    trace = rounded.trace(with_data(origin, words, count), "int8")
    return replace(trace, other=real_trace) if int8 else replace(real_trace, other=trace)


def _words(graph: Graph) -> str:
    """How the numbers of a file are kept."""
    layers = len(graph.products)
    rounded = sum(graph.is_int8(product) for product in graph.products)
    if 0 < rounded < layers:
        return f"{AS_QUANTIZED} ({rounded} of {layers} layers, the others not INT8)"
    return AS_QUANTIZED if rounded else AS_IT_IS


def _run(
    graph: Graph,
    model: ModelProto,
    images: Sequence[dict[str, Array]],
    names: Mapping[str, str] | None = None,
    bounds: Mapping[str, int] | None = None,
) -> ImageRuns:
    """Run every image; `names` of layers by what they make, `bounds` by pruned activation."""
    table = LayerTable(graph, add_sizes(graph, model), names)
    runs = ImageRuns(table.bounded(bounds or {}))
    mixed, known = table.wanted()
    with Session(graph.path, model, [*mixed, *known]) as session:
        for feeds in images:
            wanted = mixed if runs.images else [*mixed, *known]
            runs.add(*table.of_image(session.run(wanted, feeds) | feeds))
    return runs
