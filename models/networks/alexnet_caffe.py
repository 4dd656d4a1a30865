"""AlexNet as published in 2012 and as Caffe and the accelerator papers have it: two groups.

Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural
networks". Local response normalization is left out: it has no weights and moves no zero.
"""

import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.networks.variant import Variant

FULL_INPUT = 224


class GroupedAlexNet(nn.Module):
    """Five convolutions, of which three in two groups, and three fully connected layers.

    Input (N, in_channels, 224, 224), padded to the 227 pixels that the published sizes imply;
    output (N, num_classes).
    """

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        c = [variant.channels(full, multiple=16) for full in (96, 256, 384, 384, 256)]
        hidden = variant.channels(4096)
        self.conv1 = nn.Conv2d(variant.in_channels, c[0], 11, 4, padding=2)
        self.conv2 = nn.Conv2d(c[0], c[1], 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(c[1], c[2], 3, padding=1)
        self.conv4 = nn.Conv2d(c[2], c[3], 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(c[3], c[4], 3, padding=1, groups=2)
        self.relu1, self.relu2, self.relu3 = nn.ReLU(), nn.ReLU(), nn.ReLU()
        self.relu4, self.relu5, self.relu6, self.relu7 = (nn.ReLU() for _ in range(4))
        self.pool1, self.pool2, self.pool5 = (nn.MaxPool2d(3, stride=2) for _ in range(3))
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.drop6, self.drop7 = nn.Dropout(), nn.Dropout()
        self.fc6 = nn.Linear(c[4] * 6 * 6, hidden)
        self.fc7 = nn.Linear(hidden, hidden)
        self.fc8 = nn.Linear(hidden, variant.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        x = self.relu4(self.conv4(self.relu3(self.conv3(x))))
        x = torch.flatten(self.avgpool(self.pool5(self.relu5(self.conv5(x)))), 1)
        x = self.drop6(self.relu6(self.fc6(x)))
        logits: Tensor = self.fc8(self.drop7(self.relu7(self.fc7(x))))
        return logits


def alexnet_caffe(variant: Variant) -> nn.Module:
    """Grouped AlexNet; 60,965,224 parameters at full size."""
    return GroupedAlexNet(variant)


NETWORKS = (
    Network(
        name="alexnet_caffe",
        title="AlexNet (grouped)",
        place=30,
        build=alexnet_caffe,
        weight_table="timeloop",
        activation_table="timeloop",
    ),
)
