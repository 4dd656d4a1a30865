"""LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998)."""

import torch
from torch import Tensor, nn

from models.networks.network import InputForm, Network
from models.networks.variant import Variant, after_window


class LeNet(nn.Module):
    """Two 5x5 convolutions and three fully connected layers.

    With ReLU, max pooling and full connections between the maps, as the accelerator papers and the
    frameworks use it. Inputs of 28 pixels are padded to the 32 of the original, whose shapes they
    then share. Input (N, in_channels, size, size), output (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        maps = [variant.channels(full, multiple=1) for full in (6, 16)]
        hidden = [variant.channels(full, multiple=1) for full in (120, 84)]
        norm = bool(variant.batch_norm)
        padding = 2 if variant.input_size < 32 else 0
        self.conv1 = nn.Conv2d(variant.in_channels, maps[0], 5, padding=padding)
        self.bn1 = nn.BatchNorm2d(maps[0]) if norm else nn.Identity()
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(maps[0], maps[1], 5)
        self.bn2 = nn.BatchNorm2d(maps[1]) if norm else nn.Identity()
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        side = after_window(variant.input_size, 5, 1, padding) // 2
        side = after_window(side, 5, 1) // 2
        self.fc1 = nn.Linear(maps[1] * side * side, hidden[0])
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(hidden[0], hidden[1])
        self.relu4 = nn.ReLU()
        self.fc3 = nn.Linear(hidden[1], variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.pool1(self.relu1(self.bn1(self.conv1(x))))
        x = self.pool2(self.relu2(self.bn2(self.conv2(x))))
        x = torch.flatten(x, 1)
        x = self.relu3(self.fc1(x))
        x = self.relu4(self.fc2(x))
        logits: Tensor = self.fc3(x)
        return logits


def lenet5(variant: Variant) -> nn.Module:
    """LeNet-5; 61,706 parameters on 1x28x28 or 1x32x32 with 10 classes."""
    return LeNet(variant)


NETWORKS = (
    Network(
        name="lenet5",
        title="LeNet-5",
        place=10,
        build=lenet5,
        form=InputForm(28, 28, 1, (0.45,), (0.225,)),
        classes=10,
    ),
)
