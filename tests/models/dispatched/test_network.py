"""Any network: as many multiplications as PyTorch runs, and the zeros of a plain computation."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.nn.utils import parametrize

from models.dispatched import record_any
from sim import NetworkTrace, UserError
from tests.models.lambdas import Lambda, tokens, torch_macs

SHAPE = (4, 9, 11)


def weight(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(*shape))


def attention(x: Tensor) -> Tensor:
    q = tokens(x).reshape(len(x), -1, 2, 2).transpose(1, 2)
    return F.scaled_dot_product_attention(q, q, q)


class Double(nn.Module):
    def forward(self, value: Tensor) -> Tensor:
        return 2 * value


def parametrized() -> nn.Module:
    layer = nn.Conv2d(4, 6, 3)
    parametrize.register_parametrization(layer, "weight", Double())
    return layer


NETWORKS: dict[str, tuple[nn.Module, list[str]]] = {
    "tokens": (Lambda(lambda s, x: s.fc(tokens(x)), fc=nn.Linear(4, 6)), ["fc"]),
    "tokens first": (
        Lambda(lambda s, x: s.fc(tokens(x).transpose(0, 1)), fc=nn.Linear(4, 6)),
        ["fc"],
    ),
    "dilated, uneven": (
        nn.Sequential(
            nn.ZeroPad2d((0, 1, 2, 3)), nn.Conv2d(4, 6, (3, 2), (2, 1), 1, dilation=(1, 2))
        ),
        ["1"],
    ),
    "same": (nn.Sequential(nn.Conv2d(4, 6, (2, 4), padding="same")), ["0"]),
    "twice": (Lambda(lambda s, x: s.c(s.c(x)), c=nn.Conv2d(4, 4, 1)), ["c", "c#2"]),
    "shared": (
        Lambda(lambda s, x: F.linear(s.fc(tokens(x)), s.fc.weight.t()), fc=nn.Linear(4, 6)),
        ["fc", "fc#2"],
    ),
    "F.conv2d": (Lambda(lambda s, x: F.conv2d(x, s.w, dilation=2), w=weight(6, 4, 3, 3)), ["w"]),
    "1-D": (
        Lambda(lambda s, x: s.c(x.flatten(2)), c=nn.Conv1d(4, 6, 3, 2, groups=2, dilation=3)),
        ["c"],
    ),
    "3-D": (Lambda(lambda s, x: s.c(x[:, None]), c=nn.Conv3d(1, 6, (4, 3, 2))), ["c"]),
    "einsum": (
        Lambda(lambda s, x: torch.einsum("nchw,ck->nkhw", x, s.w), w=weight(4, 6)),
        ["w"],
    ),
    "weights left": (Lambda(lambda s, x: s.w @ x.flatten(2), w=weight(6, 4)), ["w"]),
    "parametrized": (nn.Sequential(parametrized()), ["0"]),
    "attention": (Lambda(lambda s, x: attention(x)), ["Lambda.product", "Lambda.product#2"]),
    "a branch on data": (
        Lambda(lambda s, x: s.c(x) if x.sum() > -1e9 else x, c=nn.Conv2d(4, 2, 1)),
        ["c"],
    ),
    "interpolated": (
        Lambda(
            lambda s, x: s.c(F.interpolate(x, scale_factor=2.0, mode="bilinear")),
            c=nn.Conv2d(4, 2, 1),
        ),
        ["c"],
    ),
    "in place": (
        Lambda(lambda s, x: s.d(F.relu_(s.c(x))), c=nn.Conv2d(4, 3, 1), d=nn.Conv2d(3, 2, 1)),
        ["c", "d"],
    ),
}


def names(trace: NetworkTrace) -> list[str]:
    return [one.layer.name for one in trace.traces]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_product_is_a_row_and_counts_as_pytorch_does(name: str) -> None:
    network, expected = NETWORKS[name]
    x = torch.relu(torch.randn(2, *SHAPE))
    trace = record_any(network, x)
    assert names(trace) == expected
    assert sum(one.layer.dense_macs for one in trace.traces) == torch_macs(network, x[:1])
    assert all(one.images == 2 for one in trace.traces)
    assert not any(module._forward_hooks for module in network.modules())


def test_multihead_attention_is_four_layers_that_read_each_other() -> None:
    attend = nn.MultiheadAttention(8, 2, batch_first=True)
    trace = record_any(
        Lambda(lambda s, x: s.attend(x, x, x, need_weights=False)[0], attend=attend),
        torch.randn(2, 5, 8),
    )
    readers = [(e.trace.layer.name, e.consumer, e.consumer_operand) for e in trace.layers]
    assert readers == [
        ("attend.in_proj", "attend.product", "activation"),
        ("attend.product", "attend.product#2", "activation"),
        ("attend.product#2", "attend.out_proj", "activation"),
        ("attend.out_proj", None, "activation"),
    ]
    scores, values = trace.traces[1:3]
    assert scores.layer.groups == values.layer.groups == 2
    assert scores.weight.shape == (2, 10, 4, 1, 1)
    assert scores.layer.dense_macs == values.layer.dense_macs == 2 * 5 * 5 * 4


REFUSED = {
    "recurrent": (Lambda(lambda s, x: s.r(tokens(x))[0], r=nn.LSTM(4, 5)), "^r: computes a prod"),
    "bilinear": (Lambda(lambda s, x: s.b(tokens(x), tokens(x)), b=nn.Bilinear(4, 4, 3)), "^b: "),
    "sliding in depth": (Lambda(lambda s, x: s.c(x[:, None]), c=nn.Conv3d(1, 6, 3)), "^c: a 3-D"),
    "kernel of activations": (
        Lambda(lambda s, x: F.conv2d(x, x[:, :, :3, :3])),
        "^Lambda.product: convolves with a kernel",
    ),
    "no product": (nn.ReLU(), "ReLU: computes no product"),
    "another shape": (nn.Conv2d(5, 3, 3), r"Conv2d does not run on an input of shape \(1, 4, 9"),
    "another table": (
        Lambda(lambda s, x: s.c(x) if x.sum() < 0 else s.c(s.c(x)), c=nn.Conv2d(4, 4, 1)),
        "image 1 runs other layers",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_row_is_refused_by_name(name: str) -> None:
    network, message = REFUSED[name]
    x = torch.ones(2, *SHAPE)
    x[1] = -1
    with pytest.raises(UserError, match=message) as caught:
        record_any(network, x)
    assert "\n" not in str(caught.value)
    assert not any(module._forward_hooks for module in network.modules())


def test_inputs_that_hold_no_images_are_refused() -> None:
    network = nn.Conv2d(4, 4, 1)
    with pytest.raises(UserError, match=r"\[1, 2\] images"):
        record_any(network, [torch.ones(1, *SHAPE), torch.ones(2, *SHAPE)])
    with pytest.raises(UserError, match="an input is list"):
        record_any(network, [[1.0]])  # type: ignore[list-item]
    with pytest.raises(UserError, match=r"\[0\] images"):
        record_any(network, torch.ones(0, *SHAPE))
