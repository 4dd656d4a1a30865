"""A small network with everything that trips up pruning and tracing, shared by the tests."""

import numpy as np
import torch
from torch import Tensor, nn

INPUT_SHAPE = (3, 9, 9)
INPUTS = np.random.default_rng(5).normal(size=(3, *INPUT_SHAPE)).astype(np.float32)


class Toy(nn.Module):
    """Odd channel counts, a shortcut, grouped and depthwise convolutions, pooling, FC layers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 12, 3, padding=1, bias=False)
        self.bn0 = nn.BatchNorm2d(12)
        self.relu0 = nn.ReLU()
        self.depthwise = nn.Conv2d(12, 12, 3, padding=1, groups=12, bias=False)
        self.bn1 = nn.BatchNorm2d(12)
        self.relu1 = nn.ReLU()
        self.pointwise = nn.Conv2d(12, 20, 1)
        self.relu2 = nn.ReLU()
        self.conv = nn.Conv2d(20, 20, 3, padding=1, groups=2, bias=False)
        self.bn2 = nn.BatchNorm2d(20)
        self.shortcut = nn.Conv2d(20, 20, 1)
        self.relu3 = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.strided = nn.Conv2d(20, 16, 3, stride=2, padding=1)
        self.relu4 = nn.ReLU()
        self.fc1 = nn.Linear(16 * 4, 18)
        self.relu5 = nn.ReLU()
        self.fc2 = nn.Linear(18, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu0(self.bn0(self.stem(x)))
        x = self.relu1(self.bn1(self.depthwise(x)))
        x = self.relu2(self.pointwise(x))
        x = self.relu3(self.bn2(self.conv(x)) + self.shortcut(x))
        x = self.relu4(self.strided(self.pool(x)))
        scores: Tensor = self.fc2(self.relu5(self.fc1(torch.flatten(x, 1))))
        return scores


def toy(seed: int = 0) -> Toy:
    """A toy with random weights and batch norms that are not identities, in evaluation mode."""
    generator = torch.Generator().manual_seed(seed)
    network = Toy()
    with torch.no_grad():
        for value in network.state_dict().values():
            if value.is_floating_point():
                value.copy_(0.3 * torch.randn(value.shape, generator=generator))
        for norm in (network.bn0, network.bn1, network.bn2):
            norm.weight.add_(1.0)
            norm.running_var.abs_().add_(0.5)
    return network.eval()


def toy_images(count: int = 6, seed: int = 1) -> Tensor:
    """Random images of the toy's input shape."""
    return torch.randn(count, *INPUT_SHAPE, generator=torch.Generator().manual_seed(seed))


def seeded_toy() -> Toy:
    """The same first weights every time."""
    torch.manual_seed(5)
    return Toy()
