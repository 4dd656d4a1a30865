"""Small networks whose arithmetic is exact, and their exports by PyTorch.

Weights and inputs are whole multiples of 1/4 and batch norms scale by powers of two, so that every
sum is the same in any order: two runners must agree on each zero. The exports are files of
`exported/`; `python -m tests.models.onnx_import.exported_networks` makes them anew.
"""

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

KEPT = ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy")
FOLDER = Path(__file__).with_name("exported")


class Convolutions(nn.Module):
    """Batch norm, uneven padding, depthwise, grouped and dilated convolutions, a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, (2, 4), padding="same")
        self.norm = nn.BatchNorm2d(8, eps=0.0)
        self.relu = nn.ReLU()
        self.depthwise = nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=False)
        self.relu2 = nn.ReLU()
        self.grouped = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2)
        self.relu3 = nn.ReLU()
        self.pad = nn.ZeroPad2d((0, 1, 2, 0))
        self.pool = nn.MaxPool2d(2)
        self.narrow = nn.Conv2d(8, 4, (3, 1), (1, 2))
        self.relu4 = nn.ReLU()
        self.head = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm(self.stem(x)))
        x = self.relu2(self.depthwise(x))
        x = self.relu3(self.grouped(x)) + x
        x = self.relu4(self.narrow(self.pad(self.pool(x))))
        scores: Tensor = self.head(torch.flatten(x, 1))
        return scores


class Tokens(nn.Module):
    """Linear layers on tokens, products of activations, bare parameters, one layer twice."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, 8, 4, 4)
        self.query, self.key = nn.Linear(8, 8), nn.Linear(8, 8)
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)
        self.twice = nn.Linear(8, 8)
        self.mix = nn.Parameter(torch.ones(3, 4))
        self.last = nn.Linear(8, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.embed(x)).flatten(2).transpose(1, 2)
        query, key = (F.relu(layer(x)).unflatten(2, (2, 4)) for layer in (self.query, self.key))
        scores = query.transpose(1, 2) @ key.permute(0, 2, 3, 1)
        x = (F.relu(scores) @ key.transpose(1, 2)).transpose(1, 2).flatten(2)
        x = F.relu(self.twice(F.relu(self.twice(x))))
        x = self.mix @ x
        small = x / 1024  # no power of e becomes zero
        return self.last(x + self.attend(small, small, small, need_weights=False)[0])


class OtherAxes(nn.Module):
    """Transposed, one- and three-dimensional convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 4, 3, 2, 1, 1)
        self.wider = nn.ConvTranspose2d(4, 6, (2, 3), (1, 2), (0, 1), groups=2, dilation=(2, 1))
        self.deep = nn.Conv3d(1, 2, (6, 3, 3), padding=(0, 1, 1))
        self.line = nn.Conv1d(2, 4, 3, 2, 1, groups=2, dilation=2)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.wider(F.relu(self.up(x))))
        x = F.relu(self.deep(x[:, None])).flatten(1, 2).flatten(2)
        return self.line(x)


SHAPE = (3, 8, 8)
NETWORKS: dict[str, type[nn.Module]] = {
    "convolutions": Convolutions,
    "tokens": Tokens,
    "other_axes": OtherAxes,
}


def exact(name: str) -> nn.Module:
    """A network with parameters that are multiples of 1/4, a third of them zero."""
    rng = np.random.default_rng(len(name))
    network = NETWORKS[name]().eval()
    with torch.no_grad():
        for key, value in network.state_dict().items():
            steps = rng.integers(-3, 4, tuple(value.shape)) * (rng.random(tuple(value.shape)) < 0.8)
            if value.is_floating_point():
                value.copy_(torch.from_numpy(np.array(steps / 4)))
            if key == "norm.weight":  # a gain of 0 makes the weights zero where it is folded
                value.copy_(torch.where(value == 0, 1, value))
            if "running_var" in key:
                value.copy_(torch.from_numpy(4.0 ** rng.integers(-1, 2, tuple(value.shape))))
    return network


def exact_inputs(images: int = 2) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.integers(-4, 5, (images, *SHAPE)) / 4).astype(np.float32)


def export(network: nn.Module, inputs: Tensor, *, dynamic: bool = False) -> bytes:
    """The network as an ONNX file that takes one image, or any number of them."""
    batch = ({0: torch.export.Dim.DYNAMIC},) if dynamic else None
    arguments = (inputs if dynamic else inputs[:1],)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network, arguments, dynamo=True, verbose=False, dynamic_shapes=batch
        )
    file = io.BytesIO()
    assert program is not None
    program.save(file)
    model = onnx.load_model_from_string(file.getvalue())
    for node in model.graph.node:  # what is left tells modules; stacks tell paths of a machine
        kept = [entry for entry in node.metadata_props if entry.key in KEPT]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    return model.SerializeToString()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in NETWORKS:
        data = export(exact(name), torch.from_numpy(exact_inputs()))
        (FOLDER / f"{name}.onnx").write_bytes(data)
