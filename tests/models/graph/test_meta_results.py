import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from models.graph import multiplications
from models.graph.layer_table import layer_table
from models.graph.meta_results import LARGEST_ELEMENTS, result_without_compiler
from models.graph.multiplications import Watch
from models.networks import build, network_record, networks
from sim.errors import UserError

WITHOUT_COMPILER = """
import sys
import torch
from models.graph.layer_table import layer_table
from models.networks import build
from models.training import repeatable

with repeatable(seed=0, threads=1):
    for name in {names}:
        with torch.device("meta"):
            network = build(name)
        layer_table(network, (3, 224, 224))
print(*sorted({{"torch._dynamo", "sympy"}} & set(sys.modules)))
"""


def test_neither_tables_nor_repeatable_seeds_load_the_compiler() -> None:
    names = ["vgg16", "resnet50", "mobilenet_v3_small", "googlenet", "yolov5s", "deit_s"]
    program = WITHOUT_COMPILER.format(names=names)
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.parametrize("name", sorted(networks()))
def test_tables_are_those_of_pytorchs_own_results(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = network_record(name).form
    with torch.device("meta"):
        size = min(form.height, form.width)
        network = build(name, in_channels=form.channels, input_size=size)
    rows = layer_table(network, form.shape)
    monkeypatch.setattr(multiplications, "result_without_compiler", lambda *_: None)
    assert layer_table(network, form.shape) == rows


CASES = [
    lambda x: F.conv2d(
        x,
        torch.empty(8, 3, 3, 5, device="meta"),
        stride=(2, 3),
        padding=(1, 2),
        dilation=(1, 2),
        groups=2,
    ),
    lambda x: F.conv2d(x, torch.empty(8, 6, 3, 3, device="meta"), padding="same"),
    lambda x: F.relu(x),
    lambda x: x.relu_(),
    lambda x: F.hardtanh(x, 0, 6, inplace=True),
    lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    lambda x: F.adaptive_avg_pool2d(x, 1),
    lambda x: F.interpolate(x, scale_factor=2),
    lambda x: x + x.new_empty(6, 1, 1),
    lambda x: x.mul_(2),
    lambda x: x.permute(0, 2, 3, 1) * 2,
    lambda x: torch.cat([x, x], 1),
    lambda x: F.softmax(x.flatten(2), -1),
    lambda x: F.layer_norm(x, (13, 9)),
    lambda x: F.linear(x.flatten(1), torch.empty(5, 702, device="meta"), x.new_empty(5)),
    lambda x: torch.matmul(x, x.transpose(2, 3)),
    lambda x: (x > 0).to(torch.float64),
    lambda x: x.split(2, 1)[1],
    lambda x: x.unsqueeze_(2),
    lambda x: x.transpose_(2, 3),
    lambda x: F.relu(x).flatten(2).transpose_(1, 2),
    lambda x: F.relu(x).squeeze_(0) * 2,
    lambda x: (torch._foreach_mul_([x], 2), x)[1],
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_results_have_pytorchs_shapes_types_and_layout(case: int) -> None:
    def run(watched: bool) -> tuple[Tensor, Tensor]:
        x = torch.empty(1, 6, 13, 9, device="meta")
        watch = Watch()
        watch.path.append(("layer", True))
        if not watched:
            return x, CASES[case](x)
        with watch:
            return x, CASES[case](x)

    (x, result), (other, expected) = run(True), run(False)
    assert result.is_meta
    assert (result.shape, result.dtype) == (expected.shape, expected.dtype)
    assert result.stride() == expected.stride()
    assert (result is x) == (expected is other)
    shared = result.untyped_storage()._cdata == x.untyped_storage()._cdata
    assert shared == (expected.untyped_storage()._cdata == other.untyped_storage()._cdata)


def test_what_does_not_fit_is_told_in_pytorchs_words() -> None:
    network = nn.Sequential(nn.Conv2d(4, 8, 3))
    with pytest.raises(UserError, match="does not fit the network: Invalid channel dim"):
        layer_table(network, (3, 8, 8))
    with pytest.raises(UserError, match="does not fit the network"):
        layer_table(network, (4, 2, 2))
    biased = nn.Linear(12, 5)
    biased.bias = nn.Parameter(torch.zeros(7))
    with pytest.raises(UserError, match="does not fit the network"):
        layer_table(nn.Sequential(biased), (12,))


def test_no_operation_on_values_draws_or_computes_much() -> None:
    aten = torch.ops.aten
    x = torch.empty(4, device="meta")
    for function in (aten.nonzero.default, aten._local_scalar_dense.default, aten.normal_.default):
        assert result_without_compiler(function, "", (x,)) is None
    assert result_without_compiler(aten.relu.default, "relu", (torch.ones(4),)) is None
    large = torch.empty(LARGEST_ELEMENTS + 1, device="meta")
    assert result_without_compiler(aten.relu.default, "relu", (large,)) is None
    column = torch.empty(2**13, 1, device="meta")
    assert result_without_compiler(aten.add.Tensor, "add", (column, column.T)) is None
    assert result_without_compiler(aten.to_mkldnn.default, "to_mkldnn", (x,)) is None
    assert result_without_compiler(torch.ops.prims.neg.default, "neg", (x,)) is None
