"""Densities of layers that none is published for: simple rules with stated anchors.

Rules for weights (what pruning leaves), the first that fits:

1. the first layer and depthwise convolutions stay dense (1.0), as in the published pruned
   MobileNets (IntelLabs/distiller; google-research fastconvnets);
2. the mean of the network's own rows for layers of the same kind (convolution, fully connected);
3. the same from the reference network (MobileNetV1 for the later MobileNets);
4. `default_weight_density`, an assumption.

Rules for input activations, by what made the input:

1. the image, a sum or a convolution without an activation function, SiLU or hard swish: 1.0, for
   they have no zeros to speak of;
2. an average over the whole map: 1.0, zero only where a whole channel is;
3. the mean of the network's own rows, then of the reference network's, for inputs of one kind;
4. a ReLU after an addition: 0.82 on maps of 1/4 of the image's side, 0.27 from 1/16 on, straight in
   between over the logarithm of the size. The two anchors are ResNet-50 layers of the Sparseloop
   artifact;
5. a sum of rectified maps: 0.81, zero only where both of two maps by rule 7 are;
6. a ReLU before a fully connected layer: 0.45, the middle of the 50 to 60 % zeros that
   IntelLabs/distiller's guide gives for ReLU maps;
7. any other ReLU: 0.56, from the average of 44 % zeros in convolution inputs over several ImageNet
   networks (Cnvlutin, as quoted in arXiv:1704.07724).
"""

import math
from collections.abc import Iterable, Mapping

from models.graph.dataflow import InputKind, LayerInput
from models.imagenet.densities.tables import Density, Operand, published_densities
from models.networks import networks
from sim.layer import Layer
from sim.validation import require_fraction

FC_RELU_DENSITY = 0.45
CONV_RELU_DENSITY = 0.56
SUM_DENSITY = round(1 - (1 - CONV_RELU_DENSITY) ** 2, 4)
RESIDUAL_ANCHORS = ((2.0, 0.82), (4.0, 0.27))
"""(log2 of image side / map side, density) of a ReLU after an addition."""


def weight_densities(
    network: str,
    inputs: Iterable[LayerInput],
    published: Mapping[str, Density],
    default_weight_density: float,
) -> dict[str, Density]:
    """A weight density for every layer: the one found, or one by rule.

    Raises:
        UserError: default_weight_density outside [0, 1].
    """
    require_fraction(default_weight_density=default_weight_density)
    rows = list(inputs)
    result: dict[str, Density] = {}
    for row in rows:
        layer = row.layer
        if layer.name in published:
            result[layer.name] = published[layer.name]
        elif row.kind is InputKind.IMAGE or layer.is_depthwise:
            result[layer.name] = _rule(layer, "weight", 1.0, "first and depthwise layers dense")
        else:
            value, why = _weight_mean(network, layer, rows, published) or (
                default_weight_density,
                f"assumed default {default_weight_density:g}",
            )
            result[layer.name] = _rule(layer, "weight", value, why)
    return result


def _reference(network: str) -> str | None:
    """The network of the same family whose published means stand in; None if there is none."""
    record = networks().get(network)
    return None if record is None else record.densities_from


def _weight_mean(
    network: str, layer: Layer, rows: list[LayerInput], published: Mapping[str, Density]
) -> tuple[float, str] | None:
    kind = "fully connected layers" if layer.is_linear else "convolutions"
    same_kind = [
        published[row.layer.name].value
        for row in rows
        if row.layer.name in published
        and row.layer.is_linear == layer.is_linear
        and not row.layer.is_depthwise
    ]
    if same_kind:
        return _mean(same_kind), f"mean of the published {kind} of {network}"
    reference = _reference(network)
    if reference is None:
        return None
    # Without the reference's shapes: its FC layer is named fc, and its depthwise rows say so.
    others = [
        density.value
        for name, density in published_densities(reference, "weight").items()
        if (name == "fc") == layer.is_linear and "depthwise" not in name
    ]
    return (_mean(others), f"mean of the published {kind} of {reference}") if others else None


def activation_densities(
    network: str, inputs: Iterable[LayerInput], published: Mapping[str, Density]
) -> dict[str, Density]:
    """An input density for every layer: the one found, or one by rule.

    Layers that read one tensor have one density: that of the first of them that has a row.
    """
    rows = list(inputs)
    by_tensor: dict[str, Density] = {}
    for row in rows:
        if row.layer.name in published:
            by_tensor.setdefault(row.tensor, published[row.layer.name])
    image_side = max(max(row.layer.input_size) for row in rows)
    means = _kind_means(network, rows, by_tensor)
    result = {}
    for row in rows:
        density = by_tensor.get(row.tensor)
        if density is None:
            value, why = _activation_rule(row, means, image_side)
            density = _rule(row.layer, "activation", value, why)
        result[row.layer.name] = Density(
            row.layer.name, "activation", density.value, density.status, density.source
        )
    return result


def _kind_means(
    network: str, rows: list[LayerInput], by_tensor: Mapping[str, Density]
) -> dict[tuple[InputKind, bool], tuple[float, str]]:
    """Mean of the rows found per (kind of input, layer is fully connected)."""
    values: dict[tuple[InputKind, bool], list[float]] = {}
    for row in rows:
        if row.tensor == row.layer.name and row.tensor in by_tensor:
            key = (row.kind, row.layer.is_linear)
            values.setdefault(key, []).append(by_tensor[row.tensor].value)
    means = {
        key: (_mean(parts), f"mean of the published {key[0]} inputs of {network}")
        for key, parts in values.items()
    }
    reference = _reference(network)
    if reference is not None:
        # The rows of both reference networks that are inside blocks are plain ReLU outputs.
        inner = [
            density.value
            for name, density in published_densities(reference, "activation").items()
            if name.endswith((".pointwise", "conv2", "conv3"))
        ]
        why = f"mean of the published relu inputs of {reference}"
        means.setdefault((InputKind.RELU, False), (_mean(inner), why))
    return means


def _activation_rule(
    row: LayerInput, means: Mapping[tuple[InputKind, bool], tuple[float, str]], image_side: int
) -> tuple[float, str]:
    if row.kind in (InputKind.IMAGE, InputKind.SIGNED, InputKind.POOLED):
        return 1.0, f"{row.kind} input has no zeros"
    if row.kind is InputKind.RESIDUAL:
        return _residual_density(row.layer, image_side), "ReLU after addition, by map size"
    if row.kind is InputKind.SUM:
        return SUM_DENSITY, "sum of two rectified maps"
    if (row.kind, row.layer.is_linear) in means:
        return means[row.kind, row.layer.is_linear]
    if row.layer.is_linear:
        return FC_RELU_DENSITY, "ReLU before a fully connected layer"
    return CONV_RELU_DENSITY, "average convolution input of ImageNet networks"


def _residual_density(layer: Layer, image_side: int) -> float:
    (start, high), (end, low) = RESIDUAL_ANCHORS
    depth = math.log2(image_side / max(layer.input_size))
    share = min(max((depth - start) / (end - start), 0.0), 1.0)
    return round(high + share * (low - high), 4)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)


def _rule(layer: Layer, operand: Operand, value: float, why: str) -> Density:
    return Density(layer.name, operand, value, "rule", f"modelled by rule: {why}")
