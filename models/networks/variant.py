"""What may vary between two builds of one network, and helpers that all definitions share."""

from dataclasses import dataclass

from torch import nn

from sim.errors import UserError
from sim.validation import require_positive

SMALL_INPUT = 64
"""Inputs up to this many pixels get a stem that does not shrink them at once."""

MINIMUM_INPUT = 28
WIDEST = 64
"""Largest factor on channel counts: its square, on weights, is more than any machine holds."""
CHANNEL_MULTIPLE = 8
"""Scaled channel counts are multiples of one density-bound block."""


@dataclass(frozen=True)
class Variant:
    """One size of a network.

    Attributes:
        num_classes: outputs of the last layer.
        in_channels: channels of the image.
        width: factor on all channel counts, at most WIDEST; 1 is the published network.
        input_size: height and width of the image in pixels.
        batch_norm: None = as published at full size, and on for small inputs, where the networks
            without it train badly.

    Raises:
        UserError: a value is out of range.
    """

    num_classes: int
    in_channels: int
    width: float
    input_size: int
    batch_norm: bool | None

    def __post_init__(self) -> None:
        require_positive(
            num_classes=self.num_classes, in_channels=self.in_channels, input_size=self.input_size
        )
        if self.input_size < MINIMUM_INPUT:
            raise UserError(
                f"input_size is {self.input_size}; expected at least {MINIMUM_INPUT} pixels"
            )
        if not 0 < self.width <= WIDEST:  # nor is what is no number
            raise UserError(
                f"width is {self.width!r}; expected a number above 0 (1 = full size), "
                f"at most {WIDEST}"
            )

    @property
    def small(self) -> bool:
        """Whether the input is far below the 224 pixels of the published networks."""
        return self.input_size <= SMALL_INPUT

    def require_input(self, network: str, pixels: int) -> None:
        """Raise UserError if the input is too small for the network's poolings."""
        if self.input_size < pixels:
            raise UserError(
                f"{network}: input_size is {self.input_size}; expected at least {pixels} pixels"
            )

    def channels(self, full: int, multiple: int = CHANNEL_MULTIPLE) -> int:
        """`full` scaled by the width, rounded to a multiple; unchanged at width 1."""
        if self.width == 1:
            return full
        return max(multiple, round(full * self.width / multiple) * multiple)

    def optional_norm(self) -> bool:
        """Whether a network published without batch normalization gets it in this variant."""
        return self.small if self.batch_norm is None else self.batch_norm

    def require_norm(self, network: str) -> None:
        """Raise UserError if batch normalization is turned off where the network is built on it."""
        if self.batch_norm is False:
            raise UserError(
                f"batch_norm is False, but {network} is defined with batch normalization; "
                "leave it out, or fold it after training"
            )


def initialise(network: nn.Module) -> None:
    """Kaiming-normal weights (by fan-in, so that depthwise filters are right too), zero biases.

    Weights on the meta device hold nothing, and drawing them there would load PyTorch's compiler.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear) and not module.weight.is_meta:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def initialise_for_training(network: nn.Module) -> None:
    """Draw the weights anew for training from scratch, by two measures that narrow networks need.

    Convolutions and fully connected layers get torch's own, smaller weights: batch norm hides
    their scale from the output, but a step of the optimizer moves a small weight further (narrow
    MobileNetV1 on `shapes`: 80 % top-1 after 8 epochs, 30 % from Kaiming-normal weights). The last
    batch-norm scale of each residual branch (modules with `residual_scale`) starts at zero.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.reset_parameters()
        scale = getattr(module, "residual_scale", None)
        if scale is not None:
            nn.init.zeros_(scale)


def after_window(size: int, kernel: int, stride: int, padding: int = 0) -> int:
    """Output size of a convolution or pooling window along one axis."""
    return (size + 2 * padding - kernel) // stride + 1
