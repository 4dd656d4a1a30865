"""The products of one image after another, put together to a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from models.products.product import Product
from models.products.readers import Reading, linked
from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer
from sim.errors import UserError
from sim.layer import Mask
from sim.network_trace import Numbers

Readers = Mapping[str, Sequence[Reading]]
"""For each layer the products that read what it made, in running order."""

AS_IT_IS = "zeros of the numbers as they are (not INT8)"
ROUNDED = "rounded to INT8"


def with_data(origin: Provenance, words: str, images: int) -> Provenance:
    """Where a trace comes from, with how its numbers are kept and how many inputs were run."""
    return replace(origin, data=f"{origin.data}, {words}; {images} inputs")


def pruned_words(origin: Provenance) -> str:
    """What was done to real numbers, to stand before how they are kept."""
    return "" if origin.scheme == "dense" else f"{origin.scheme} without fine-tuning, "


class ImageRuns:
    """Products of all images so far; weights are kept once, for they are the same for all.

    Attributes:
        images: how many there are.
    """

    def __init__(self, bounds: Mapping[str, int] | None = None) -> None:
        """Start without an image.

        Args:
            bounds: by layer, the n of 8 channels that its input is pruned to.
        """
        self._bounds = bounds or {}
        self.images = 0
        self._first: tuple[Product, ...] = ()
        self._readers: Readers = {}
        self._residuals: Mapping[str, int] = {}
        self._activations: list[list[Mask]] = []
        self._weights: list[list[Mask]] = []

    def add(
        self, products: Sequence[Product], readers: Readers, residuals: Mapping[str, int]
    ) -> None:
        """Add an image.

        Args:
            products: in running order.
            readers: of their results.
            residuals: what layers add to their outputs (`Residuals.elements`).

        Raises:
            UserError: it runs other layers than the first.
        """
        if not self.images:
            self._first, self._readers = tuple(products), dict(readers)
            self._residuals = dict(residuals)
            self._activations = [[] for _ in products]
            self._weights = [[] for _ in products]
        self._check_same(products)
        for place, product in enumerate(products):
            self._activations[place].append(product.activation)
            if product.layer.is_product or not self.images:
                self._weights[place].append(product.weight)
        self.images += 1

    def trace(self, provenance: Provenance, numbers: Numbers) -> NetworkTrace:
        """One entry per product in running order, with the layers that read its result."""
        by_name = {product.layer.name: product.layer for product in self._first}
        layers = tuple(self._entry(place, by_name) for place in range(len(self._first)))
        return NetworkTrace(provenance, layers, numbers)

    def _check_same(self, products: Sequence[Product]) -> None:
        if [product.layer for product in self._first] == [product.layer for product in products]:
            return
        pairs = zip(self._first, products, strict=False)
        differing = (a.layer.name for a, b in pairs if a.layer != b.layer)
        raise UserError(
            f"{next(differing, 'the last layers')}: image {self.images} runs other layers than "
            "image 0; expected one table for all"
        )

    def _entry(self, place: int, by_name: Mapping[str, Layer]) -> TracedLayer:
        """One layer over all images; only operands that are activations differ between them."""
        layer, weights = self._first[place].layer, self._weights[place]
        layer = replace(layer, residual_elements=self._residuals.get(layer.name, 0))
        weight = np.stack(weights) if layer.is_product else weights[0]
        # 8: nothing promises fewer nonzeros in a block than the images at hand happen to have
        bound = self._bounds.get(layer.name, 8)
        activation = np.stack(self._activations[place])
        trace = LayerTrace(layer, weight, activation, activation_bound=bound)
        return linked(TracedLayer(trace), self._readers.get(layer.name, ()), by_name)
