"""Zeros around a map that are stored with it, where padding of a convolution cannot say them."""

from torch import Tensor, nn


class StoredZeroPad2d(nn.ZeroPad2d):
    """Zeros around a map as part of the map: a trace counts them among its stored values.

    For paddings that differ on opposite sides (TensorFlow's `SAME`), which the shape of a layer
    does not hold. Multiplications are exact; the map is a row and a column larger than stored.
    """

    def forward(self, input: Tensor) -> Tensor:
        """The larger map; a copy, so that the table of layers does not take it for padding."""
        return super().forward(input).clone()
