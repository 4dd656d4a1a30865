import operator
from collections import OrderedDict

import pytest
import torch
from torch import fx, nn

from models.graph.layer_table import layer_table
from models.networks import build

TRAINED_WIDTH = {
    "lenet5": 1.0,
    "alexnet": 0.25,
    "vgg16": 0.125,
    "resnet50": 0.125,
    "mobilenet_v1": 0.25,
}

RELUS = {"lenet5": 4, "alexnet": 7, "vgg16": 15, "resnet50": 1 + 3 * 16, "mobilenet_v1": 27}


def trained_variant(name: str) -> nn.Module:
    return build(name, num_classes=10, width=TRAINED_WIDTH[name], input_size=32)


def full_size(name: str) -> nn.Module:
    with torch.device("meta"):
        return build(name)


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize(
    ("name", "count", "macs"),
    [
        ("alexnet", 61_100_840, 714_188_480),
        ("vgg16", 138_357_544, 15_470_264_320),
        ("resnet50", 25_557_032, 4_089_184_256),
        ("mobilenet_v1", 4_231_976, 568_740_352),
        ("mobilenet_v1_relu6", 4_231_976, 568_740_352),
        ("efficientnet_lite0", 4_652_008, 385_187_552),
        ("deit_s", 22_050_664, 4_598_882_304),
    ],
)
def test_full_size_parameters_and_multiplications(name: str, count: int, macs: int) -> None:
    network = full_size(name)
    assert parameters(network) == count
    assert sum(row.dense_macs for row in layer_table(network, (3, 224, 224))) == macs


def test_lenet5_parameters() -> None:
    assert parameters(build("lenet5", num_classes=10, in_channels=1, input_size=32)) == 61_706


def sequential_keys(convolutions: list[int], linears: list[int]) -> list[str]:
    paths = [f"features.{i}" for i in convolutions] + [f"classifier.{i}" for i in linears]
    return [f"{path}.{part}" for path in paths for part in ("weight", "bias")]


def resnet50_shapes() -> dict[str, tuple[int, ...]]:
    """torchvision's state dict, written down from its naming scheme."""
    shapes: dict[str, tuple[int, ...]] = OrderedDict()

    def norm(path: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{path}.{part}"] = (channels,)
        shapes[f"{path}.num_batches_tracked"] = ()

    shapes["conv1.weight"] = (64, 3, 7, 7)
    norm("bn1", 64)
    channels = 64
    for stage, depth in enumerate((3, 4, 6, 3), start=1):
        middle, out = 32 * 2**stage, 128 * 2**stage
        for block in range(depth):
            path = f"layer{stage}.{block}"
            shapes[f"{path}.conv1.weight"] = (middle, channels, 1, 1)
            norm(f"{path}.bn1", middle)
            shapes[f"{path}.conv2.weight"] = (middle, middle, 3, 3)
            norm(f"{path}.bn2", middle)
            shapes[f"{path}.conv3.weight"] = (out, middle, 1, 1)
            norm(f"{path}.bn3", out)
            if block == 0:
                shapes[f"{path}.downsample.0.weight"] = (out, channels, 1, 1)
                norm(f"{path}.downsample.1", out)
            channels = out
    shapes["fc.weight"], shapes["fc.bias"] = (1000, 2048), (1000,)
    return shapes


def test_state_dicts_have_torchvision_keys() -> None:
    alexnet, vgg16 = full_size("alexnet").state_dict(), full_size("vgg16").state_dict()
    assert list(alexnet) == sequential_keys([0, 3, 6, 8, 10], [1, 4, 6])
    assert alexnet["classifier.1.weight"].shape == (4096, 9216)
    assert list(vgg16) == sequential_keys(
        [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28], [0, 3, 6]
    )
    assert vgg16["classifier.0.weight"].shape == (4096, 25088)
    resnet50 = {k: tuple(v.shape) for k, v in full_size("resnet50").state_dict().items()}
    assert resnet50 == resnet50_shapes()
    assert list(resnet50) == list(resnet50_shapes())


@pytest.mark.parametrize("name", TRAINED_WIDTH)
def test_every_activation_function_is_a_module_that_runs_once(name: str) -> None:
    """Hooks and replacements depend on it; so does folding on BN reading its convolution."""
    network = trained_variant(name)
    graph = fx.symbolic_trace(network).graph
    modules = dict(network.named_modules())
    calls = [str(node.target) for node in graph.nodes if node.op == "call_module"]
    assert len(calls) == len(set(calls))
    functions = {node.target for node in graph.nodes if node.op == "call_function"}
    assert functions <= {torch.flatten, operator.add}
    relus = [target for target in calls if isinstance(modules[target], nn.ReLU)]
    assert len(relus) == RELUS[name]
    for node in graph.nodes:
        if node.op == "call_module" and isinstance(modules[str(node.target)], nn.BatchNorm2d):
            source = node.args[0]
            assert isinstance(source, fx.Node)
            assert isinstance(modules[str(source.target)], nn.Conv2d)
            assert len(source.users) == 1


@pytest.mark.parametrize("name", TRAINED_WIDTH)
def test_trained_variants_run_and_pass_gradients_to_every_parameter(name: str) -> None:
    torch.manual_seed(0)
    network = trained_variant(name)
    logits = network(torch.randn(4, 3, 32, 32))
    assert logits.shape == (4, 10)
    logits.square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().any()) for p in network.parameters())


@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_small_inputs_get_batch_norm_unless_told_otherwise(name: str) -> None:
    def has_norm(network: nn.Module) -> bool:
        return any(isinstance(m, nn.BatchNorm2d) for m in network.modules())

    assert has_norm(trained_variant(name))
    assert not has_norm(full_size(name))
    assert not has_norm(build(name, width=0.125, input_size=32, batch_norm=False))


def test_small_input_stems_keep_the_maps_large() -> None:
    outputs = {
        name: layer_table(trained_variant(name), (3, 32, 32))[0].output_size
        for name in TRAINED_WIDTH
    }
    assert outputs == {
        "lenet5": (28, 28),
        "alexnet": (32, 32),
        "vgg16": (32, 32),
        "resnet50": (16, 16),
        "mobilenet_v1": (32, 32),
    }
