"""Shares of zeros of a network's weights and inputs, as real numbers and as INT8 numbers."""

from collections.abc import Iterable, Mapping
from math import nan
from typing import get_args

from sim.layer import Mask
from sim.network_trace import NetworkTrace, Numbers
from sim.trace import LayerTrace

Shares = Mapping[str, float]


def zero_shares(trace: NetworkTrace) -> tuple[Shares, ...]:
    """The zeros of each layer, then of all together, in every form that the trace has.

    Returns:
        `weight_zeros_int8`, `weight_zeros_real`, `activation_zeros_int8` and
        `activation_zeros_real`, 0 to 1; nan of a form that was not recorded.
    """
    forms = {numbers: _shares(form) for numbers, form in trace.forms.items()}
    unknown = [(nan, nan)] * (len(trace.layers) + 1)
    columns: list[tuple[Numbers, list[tuple[float, float]]]] = [
        (numbers, forms.get(numbers, unknown)) for numbers in get_args(Numbers)
    ]
    return tuple(
        {f"weight_zeros_{numbers}": shares[place][0] for numbers, shares in columns}
        | {f"activation_zeros_{numbers}": shares[place][1] for numbers, shares in columns}
        for place in range(len(unknown))
    )


def _shares(trace: NetworkTrace) -> list[tuple[float, float]]:
    """Zeros among weights and inputs of each layer, and of all layers."""
    layers = [entry.trace for entry in trace.layers]
    return [*(_zeros([layer]) for layer in layers), _zeros(layers)]


def _zeros(layers: Iterable[LayerTrace]) -> tuple[float, float]:
    pairs = [(layer.weight, layer.activation) for layer in layers]
    return _share(weight for weight, _ in pairs), _share(mask for _, mask in pairs)


def _share(masks: Iterable[Mask]) -> float:
    sizes = [(mask.size, int(mask.sum())) for mask in masks]
    return 1 - sum(nonzero for _, nonzero in sizes) / sum(size for size, _ in sizes)
