"""Densities of layers that none is published for: simple rules with stated anchors.

Rules for weights (what pruning leaves), the first that fits:

1. the first layer and depthwise convolutions stay dense (1.0), as in the published pruned
   MobileNets (IntelLabs/distiller; google-research fastconvnets);
2. the mean of the network's own rows for layers of the same kind (convolution, fully connected);
3. the same from the reference network (MobileNetV1 for the later MobileNets);
4. `default_weight_density`, an assumption.

Rules for input activations, by what made the input. Rules 2 and 3 are what was measured here on
three trained ImageNet-size networks (models/imagenet/densities/places.py); they stand before any
published average, because those are of other layers, map sizes or networks:

1. the image, a sum or a convolution without an activation function, SiLU or hard swish, an average
   over the whole map: 1.0, for they have no zeros to speak of;
2. a ReLU after an addition, before or after a depthwise convolution, or elsewhere: the mean of the
   measured ReLUs of that place on maps of the nearest size;
3. a ReLU of a place that was not measured: 4 or 7;
4. a ReLU after an addition: 0.82 on maps of 1/4 of the image's side, 0.27 from 1/16 on, straight in
   between over the logarithm of the size. The two anchors are ResNet-50 layers of the Sparseloop
   artifact;
5. a sum of rectified maps: 0.81, zero only where both of two maps by rule 7 are;
6. a ReLU before a fully connected layer: the mean of the network's own rows for such layers, else
   0.45, the middle of the 50 to 60 % zeros that IntelLabs/distiller's guide gives for ReLU maps;
7. any other ReLU: 0.56, from the average of 44 % zeros in convolution inputs over several ImageNet
   networks (Cnvlutin, as quoted in arXiv:1704.07724).

GELU and softmax are hardly ever zero; what INT8 makes zero of them is assumed (`gelu_density`,
`softmax_density`) and varied in the full configuration. Operands of products of activations follow
the same rules, both of them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from models.graph.dataflow import InputKind, LayerInput
from models.imagenet.densities.places import (
    MeasuredInput,
    ReluPlace,
    depth_of,
    measured_inputs,
    measured_mean,
    relu_places,
)
from models.imagenet.densities.tables import Density, Operand, published_densities
from models.networks import networks
from sim.layer import Layer
from sim.validation import require_fraction

ASSUMED_WEIGHTS = "assumed default"
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
    """A density for the weights of every layer: the one found, or one by rule.

    Raises:
        UserError: default_weight_density outside [0, 1].
    """
    require_fraction(default_weight_density=default_weight_density)
    rows = list(inputs)
    result: dict[str, Density] = {}
    for row in rows:
        layer = row.layer
        if layer.is_product:
            continue
        if layer.name in published:
            result[layer.name] = published[layer.name]
        elif row.kind is InputKind.IMAGE or layer.is_depthwise:
            result[layer.name] = _rule(layer, "weight", 1.0, "first and depthwise layers dense")
        else:
            value, why = _weight_mean(network, layer, rows, published) or (
                default_weight_density,
                f"{ASSUMED_WEIGHTS} {default_weight_density:g}",
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
    inputs: Iterable[LayerInput],
    published: Mapping[str, Density],
    measured: Sequence[MeasuredInput] | None = None,
    assumed: Mapping[InputKind, float] = MappingProxyType({}),
) -> dict[str, Density]:
    """An input density for every layer: the one found, or one by rule.

    Layers that read one tensor have one density: that of the first of them that has a row.

    Args:
        inputs: all layers of a network in running order.
        published: rows of some of them.
        measured: what rule 2 goes by; None = all that was measured.
        assumed: densities of kinds of tensors that have no rule; a kind that is not here is dense.
    """
    rows = list(inputs)
    by_tensor: dict[str, Density] = {}
    for row in rows:
        if row.layer.name in published:
            by_tensor.setdefault(row.tensor, published[row.layer.name])
    measured = measured_inputs() if measured is None else measured
    rule = _ActivationRule(rows, by_tensor, measured, assumed)
    result = {}
    for row in rows:
        density = by_tensor.get(row.tensor)
        if density is None:
            value, why = rule.density(row)
            density = _rule(row.layer, "activation", value, why)
        result[row.layer.name] = Density(
            row.layer.name, "activation", density.value, density.status, density.source
        )
    return result


class _ActivationRule:
    """The rules for input activations of one network."""

    def __init__(
        self,
        rows: Sequence[LayerInput],
        by_tensor: Mapping[str, Density],
        measured: Sequence[MeasuredInput],
        assumed: Mapping[InputKind, float],
    ) -> None:
        self._places: Mapping[str, ReluPlace] = relu_places(rows)
        self._image_side = max(max(row.layer.input_size) for row in rows)
        self._measured = measured
        self._assumed = assumed
        self._linear = [
            by_tensor[row.tensor].value
            for row in rows
            if row.layer.is_linear and row.kind is InputKind.RELU and row.tensor in by_tensor
        ]

    def density(self, row: LayerInput) -> tuple[float, str]:
        """Density of a layer's input, and why."""
        if row.kind in (InputKind.GELU, InputKind.SOFTMAX):
            return assumed_density(row.kind, self._assumed)
        if row.kind in (InputKind.IMAGE, InputKind.SIGNED, InputKind.POOLED):
            return 1.0, f"{row.kind} input has no zeros"
        if row.kind is InputKind.SUM:
            return SUM_DENSITY, "sum of two rectified maps"
        if row.tensor in self._places:
            depth = depth_of(self._image_side, max(row.layer.input_size))
            mean = measured_mean(self._places[row.tensor], depth, self._measured)
            if mean is not None:
                return mean.density, mean.source
        if row.kind is InputKind.RESIDUAL:
            return _residual_density(row.layer, self._image_side), "ReLU after addition, by size"
        if row.layer.is_linear and self._linear:
            return _mean(self._linear), "mean of the published inputs of fully connected layers"
        if row.layer.is_linear:
            return FC_RELU_DENSITY, "ReLU before a fully connected layer"
        return CONV_RELU_DENSITY, "average convolution input of ImageNet networks"


def second_operands(
    inputs: Iterable[LayerInput], assumed: Mapping[InputKind, float]
) -> dict[str, Density]:
    """A density for the second operand of every product of activations."""
    return {
        row.layer.name: _rule(row.layer, "activation", *assumed_density(row.second[1], assumed))
        for row in inputs
        if row.second is not None
    }


def assumed_density(kind: InputKind, assumed: Mapping[InputKind, float]) -> tuple[float, str]:
    """Density of a tensor that no ReLU made, and why."""
    if kind in assumed:
        return assumed[kind], f"assumed share that INT8 leaves of {kind} outputs"
    return 1.0, f"{kind} input has no zeros"


def _residual_density(layer: Layer, image_side: int) -> float:
    (start, high), (end, low) = RESIDUAL_ANCHORS
    depth = math.log2(image_side / max(layer.input_size))
    share = min(max((depth - start) / (end - start), 0.0), 1.0)
    return round(high + share * (low - high), 4)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)


def _rule(layer: Layer, operand: Operand, value: float, why: str) -> Density:
    return Density(layer.name, operand, value, "rule", f"modelled by rule: {why}")
