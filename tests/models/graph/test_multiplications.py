"""What is counted equals what PyTorch runs; what is not understood is refused by name."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models.graph.layer_table import layer_table
from models.networks import build
from sim.errors import UserError
from tests.examples import examples
from tests.models.lambdas import Lambda, tokens, torch_macs

SHAPE = (4, 9, 11)


COUNTED = {
    "tokens": (Lambda(lambda s, x: s.fc(tokens(x)), fc=nn.Linear(4, 6)), 99 * 24),
    "maps with channels last": (
        Lambda(lambda s, x: s.fc(x.permute(0, 2, 3, 1)), fc=nn.Linear(4, 6)),
        99 * 24,
    ),
    "features": (nn.Sequential(nn.Flatten(), nn.Linear(396, 5)), 396 * 5),
    "same": (nn.Sequential(nn.Conv2d(4, 6, (3, 5), padding="same")), 99 * 24 * 15),
    "valid": (nn.Sequential(nn.Conv2d(4, 6, 3, padding="valid")), 63 * 24 * 9),
    "zeros before": (nn.Sequential(nn.ZeroPad2d(2), nn.Conv2d(4, 6, 3, padding=1)), 195 * 216),
    "zeros by function": (
        Lambda(lambda s, x: s.conv(F.pad(x, (1, 1, 2, 2))), conv=nn.Conv2d(4, 6, 3)),
        121 * 216,
    ),
    "a kernel of one is never dilated": (nn.Sequential(nn.Conv2d(4, 6, 1, dilation=3)), 99 * 24),
    "dilated": (nn.Sequential(nn.Conv2d(4, 6, 3, dilation=2)), 35 * 216),
    "uneven same": (nn.Sequential(nn.Conv2d(4, 6, 2, padding="same")), 99 * 96),
    "uneven zeros": (
        nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(4, 6, 3, 2)),
        20 * 216,
    ),
    "no zeros to reflect": (nn.Sequential(nn.Conv2d(4, 6, 3, padding_mode="reflect")), 63 * 216),
    "by keyword": (Lambda(lambda s, x: s.conv(input=x), conv=nn.Conv2d(4, 6, 1)), 99 * 24),
}


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_multiplication_is_counted(name: str) -> None:
    network, macs = COUNTED[name]
    assert sum(row.dense_macs for row in layer_table(network, SHAPE)) == macs
    assert torch_macs(network, torch.zeros(1, *SHAPE)) == macs


def test_a_fully_connected_layer_over_64_tokens() -> None:
    network = Lambda(lambda s, x: s.fc(tokens(x)), fc=nn.Linear(32, 64))
    (row,) = layer_table(network, (32, 8, 8))
    assert row.dense_macs == 131_072


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "mobilenet_v3_small", "googlenet"])
def test_networks_count_as_pytorch_does(name: str) -> None:
    network = build(name, width=0.25, num_classes=10, input_size=64)
    table = layer_table(network, (3, 64, 64))
    assert sum(row.dense_macs for row in table) == torch_macs(network, torch.zeros(1, 3, 64, 64))


def weight(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.ones(*shape))


REFUSED = {
    "transposed": (nn.Sequential(nn.ConvTranspose2d(4, 6, 3)), "^0: computes a product"),
    "1-D": (Lambda(lambda s, x: s.c(x.flatten(2)), c=nn.Conv1d(4, 6, 3)), "^c: computes"),
    "3-D": (Lambda(lambda s, x: s.c(x[:, :, None]), c=nn.Conv3d(4, 6, 1)), "^c: computes"),
    "attention": (
        Lambda(
            lambda s, x: s.attend(tokens(x), tokens(x), tokens(x))[0],
            attend=nn.MultiheadAttention(4, 2, batch_first=True),
        ),
        "^attend",
    ),
    "encoder": (
        Lambda(
            lambda s, x: s.block(tokens(x)),
            block=nn.TransformerEncoderLayer(4, 2, 8, batch_first=True),
        ),
        "^block",
    ),
    "bare attention": (Lambda(lambda s, x: F.scaled_dot_product_attention(x, x, x)), "itself"),
    "recurrent": (Lambda(lambda s, x: s.r(tokens(x))[0], r=nn.LSTM(4, 5)), "^r: computes"),
    "bilinear": (Lambda(lambda s, x: s.b(tokens(x), tokens(x)), b=nn.Bilinear(4, 4, 3)), "^b: "),
    "F.conv2d": (Lambda(lambda s, x: F.conv2d(x, s.c.weight), c=nn.Conv2d(4, 6, 3)), "itself"),
    "F.linear": (Lambda(lambda s, x: F.linear(tokens(x), s.w), w=weight(6, 4)), "itself"),
    "matmul": (Lambda(lambda s, x: torch.matmul(x, s.w), w=weight(11, 4)), "itself"),
    "einsum": (Lambda(lambda s, x: torch.einsum("nchw,ck->nkhw", x, s.w), w=weight(4, 6)), "self"),
    "reflected": (
        nn.Sequential(nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular")),
        "^0: is padded in mode 'circular'; expected zeros",
    ),
    "lazy": (nn.Sequential(nn.LazyConv2d(6, 3)), "^0.weight is lazy"),
    "tokens first": (
        Lambda(lambda s, x: s.fc(tokens(x).transpose(0, 1)), fc=nn.Linear(4, 6)),
        r"^fc: its input for one image has shape \(99, 1, 4\)",
    ),
    "tokens as images": (
        Lambda(lambda s, x: s.fc(tokens(x).flatten(0, 1)), fc=nn.Linear(4, 6)),
        "^fc: its input for one image",
    ),
    "without images": (Lambda(lambda s, x: s.c(x[0]), c=nn.Conv2d(4, 6, 1)), "^c: its input"),
    "a branch on data": (Lambda(lambda s, x: x if x.sum() > 0 else -x), "depends on the values"),
    "two inputs": (nn.Bilinear(4, 4, 4), "does not fit"),
    "twice": (Lambda(lambda s, x: s.c(s.c(x)), c=nn.Conv2d(4, 4, 1)), "'c' runs more than once"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_has_no_row_is_refused_by_name(name: str) -> None:
    network, message = REFUSED[name]
    with pytest.raises(UserError, match=message) as caught:
        layer_table(network, SHAPE)
    assert "\n" not in str(caught.value)
    assert not any(module._forward_hooks for module in network.modules())


class PaddedInside(nn.Conv2d):
    """As some libraries write TensorFlow's padding: the module's own sizes do not say it."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, (0, 1, 0, 1)))


def test_modules_that_compute_otherwise_than_their_sizes_say() -> None:
    with pytest.raises(UserError, match=r"^0: runs 10,368 mult.*sizes has 8,448; expected"):
        layer_table(nn.Sequential(PaddedInside(4, 6, 2)), (4, 9, 12))


@st.composite
def convolutions(draw: st.DrawFn) -> nn.Module:
    """A convolution with anything that torch lets one say, perhaps behind zeros."""
    groups = draw(st.sampled_from((1, 2, 4)))
    small = st.tuples(st.integers(1, 3), st.integers(1, 3))
    stride = draw(small)
    padding: Any = draw(st.sampled_from(("valid", "same", (0, 1), (2, 2))))
    layer = nn.Conv2d(
        4,
        4 * draw(st.integers(1, 2)),
        draw(small),
        (1, 1) if padding == "same" else stride,
        padding,
        dilation=draw(st.sampled_from((1, 1, 2))),
        groups=groups,
        bias=draw(st.booleans()),
        padding_mode=draw(st.sampled_from(("zeros", "zeros", "reflect", "circular"))),
    )
    sides = draw(st.sampled_from((None, (1, 1, 1, 1), (0, 0, 2, 2), (0, 1, 0, 1))))
    return nn.Sequential(layer) if sides is None else nn.Sequential(nn.ZeroPad2d(sides), layer)


@settings(max_examples=examples(60), deadline=None)
@given(convolutions())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_any_convolution_is_counted_as_pytorch_does_or_refused(network: nn.Module) -> None:
    try:
        table = layer_table(network, SHAPE)
    except UserError:
        return
    assert sum(row.dense_macs for row in table) == torch_macs(network, torch.zeros(1, *SHAPE))
