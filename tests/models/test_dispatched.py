"""Networks of torchvision and timm, layer by layer against what plain PyTorch hooks count.

Run where both packages are installed (docs/your-network.md has the outcome); weights are random.
"""

from importlib import import_module
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from models.recording import record
from sim.masks.totals import effectual_macs
from tests.models.lambdas import torch_macs

SIZES = {"inception_v3": 299}
TORCHVISION = (
    "densenet121",
    "shufflenet_v2_x1_0",
    "efficientnet_b0",
    "regnet_y_400mf",
    "convnext_tiny",
    "swin_t",
    "vit_b_16",
    "mnasnet1_0",
    "inception_v3",
    "squeezenet1_1",
    "googlenet",
    "mobilenet_v3_small",
    "resnext50_32x4d",
    "maxvit_t",
)
TIMM = (
    "mixer_s16_224",
    "deit_tiny_patch16_224",
    "levit_128s",
    "coat_tiny",
    "convmixer_768_32",
    "coatnet_0_rw_224",
    "efficientvit_b0",
)
DRAWN_SLOWLY = ("googlenet", "inception_v3")
Counts = tuple[int, int, int, int]
"""Multiplications, those of two nonzeros, nonzero inputs, nonzero weights."""


def built(package: str, name: str) -> nn.Module:
    """A network with random weights in evaluation mode."""
    try:
        models = import_module("torchvision.models" if package == "torchvision" else package)
    except (ImportError, RuntimeError) as error:  # RuntimeError: built for another PyTorch
        pytest.skip(f"{package} cannot be imported here: {error}")
    torch.manual_seed(0)
    if package == "timm":
        return models.create_model(name, pretrained=False).eval()  # type: ignore[no-any-return]
    options: dict[str, Any] = {"init_weights": False} if name in DRAWN_SLOWLY else {}
    return getattr(models, name)(weights=None, **options).eval()  # type: ignore[no-any-return]


def counts(module: nn.Module, x: Tensor) -> Counts:
    """Of one call of a convolution or fully connected layer, by convolving zeros and ones."""
    weight, present = (module.weight != 0).float(), (x != 0).float()
    if isinstance(module, nn.Linear):
        macs, pairs = x.numel() * module.out_features, F.linear(present, weight)
    else:
        pairs = module._conv_forward(present, weight, None)  # type: ignore[operator]
        macs = pairs.numel() * weight[0].numel()
    return macs, int(pairs.double().sum()), int(present.sum()), int(weight.sum())


def counted(network: nn.Module, x: Tensor) -> dict[str, Counts]:
    """What hooks on the modules of a network see, by layer and call."""
    rows: dict[str, Counts] = {}

    def after(name: str, module: nn.Module, given: Tensor) -> None:
        earlier = sum(row.partition("#")[0] == name for row in rows)
        rows[f"{name}#{earlier + 1}" if earlier else name] = counts(module, given)

    hooks = [
        module.register_forward_hook(lambda m, xs, _, name=name: after(name, m, xs[0]))
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear)
    ]
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # rounds otherwise than product by product
    with sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        network(x)
    torch.backends.mha.set_fastpath_enabled(fused)
    for hook in hooks:
        hook.remove()
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "name"),
    [*(("torchvision", name) for name in TORCHVISION), *(("timm", name) for name in TIMM)],
)
def test_every_layer_counts_as_plain_pytorch_does(package: str, name: str) -> None:
    network, size = built(package, name), SIZES.get(name, 224)
    x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(1))
    trace = record(network, x, int8=False)
    rows: dict[str, Counts] = {
        layer.layer.name: (
            layer.dense_macs,
            int(effectual_macs(layer).sum()),
            int(layer.activation.sum()),
            int(layer.weight.sum()),
        )
        for layer in trace.traces
    }
    expected = counted(network, x)
    assert {name: rows.get(name) for name in expected} == expected
    assert sum(macs for macs, *_ in rows.values()) == torch_macs(network, x)
