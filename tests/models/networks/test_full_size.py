"""The networks of single papers: counts, state-dict keys, and torchvision as an oracle."""

import hashlib
from functools import cache

import pytest
import torch
from torch import nn

from models.graph.layer_table import layer_table
from models.graph.readers import first_readers
from models.networks import build, network_record
from sim import Layer
from sim.errors import UserError

MOBILENET_V3 = ("mobilenet_v3_small", "mobilenet_v3_large")


@cache
def full_size(name: str) -> nn.Module:
    with torch.device("meta"):
        if name == "lenet5":
            return build(name, num_classes=10, in_channels=1, input_size=28)
        return build(name, num_classes=80 if name.startswith("yolo") else 1000)


@cache
def table_at_224(name: str) -> tuple[Layer, ...]:
    return layer_table(full_size(name), (3, 224, 224))


def state_digest(state: dict[str, torch.Tensor]) -> str:
    rows = [f"{name} {tuple(value.shape)}" for name, value in state.items()]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("name", "parameters", "layers", "macs"),
    [
        ("alexnet_caffe", 60_965_224, 8, 724_406_816),
        ("resnet18", 11_689_512, 21, 1_814_073_344),
        ("mobilenet_v2", 3_504_872, 53, 300_774_272),
        ("mobilenet_v3_small", 2_542_856, 54, 56_510_400),
        ("mobilenet_v3_large", 5_483_032, 64, 216_589_760),
        ("googlenet", 13_004_888, 58, 1_498_376_192),
    ],
)
def test_parameters_and_multiplications(name: str, parameters: int, layers: int, macs: int) -> None:
    network = full_size(name)
    table = table_at_224(name)
    assert sum(p.numel() for p in network.parameters()) == parameters
    assert len(table) == layers
    assert sum(row.dense_macs for row in table) == macs


@pytest.mark.parametrize(
    ("name", "additions", "elements"),
    [
        ("resnet18", 8, 752_640),
        ("resnet50", 16, 5_519_360),
        ("mobilenet_v2", 10, 216_384),
        ("mobilenet_v3_large", 10, 423_360),
        ("googlenet", 0, 0),
        ("vgg16", 0, 0),
    ],
)
def test_what_waits_for_residual_additions(name: str, additions: int, elements: int) -> None:
    waiting = [row.residual_elements for row in table_at_224(name)]
    assert (sum(map(bool, waiting)), sum(waiting)) == (additions, elements)


def test_googlenet_without_auxiliary_heads_and_with_the_papers_kernel() -> None:
    network = full_size("googlenet")
    used = sum(p.numel() for n, p in network.named_parameters() if not n.startswith("aux"))
    assert used == 6_624_904
    paper = layer_table(full_size("googlenet_5x5"), (3, 224, 224))
    assert {row.kernel for row in paper if ".branch3.1." in row.name} == {(5, 5)}
    convolutions = sum(row.dense_macs for row in paper if not row.is_linear)
    assert convolutions == 1_581_647_872


@pytest.mark.parametrize("name", ["yolov5s", "yolov5s_relu"])
def test_yolov5s_counts(name: str) -> None:
    network = full_size(name)
    assert sum(p.numel() for p in network.parameters()) == 7_235_389
    table = layer_table(network, (3, 640, 640))
    assert len(table) == 60
    assert sum(row.dense_macs for row in table) == 8_216_780_800
    assert sum(row.dense_macs for row in layer_table(network, (3, 480, 640))) == 6_162_585_600
    outputs = [row for row in table if row.name.startswith("model.24")]
    assert [row.output_size for row in outputs] == [(80, 80), (40, 40), (20, 20)]
    assert {row.out_channels for row in outputs} == {255}


def test_yolov5s_runs_with_the_chosen_activation_function() -> None:
    torch.manual_seed(0)
    kinds = {}
    for name in ("yolov5s", "yolov5s_relu"):
        network = build(name, num_classes=3, width=0.125, input_size=64).eval()
        maps = network(torch.randn(1, 3, 64, 96))
        assert [tuple(m.shape) for m in maps] == [(1, 24, 64 // s, 96 // s) for s in (8, 16, 32)]
        kinds[name] = {type(m) for m in network.modules()}
    assert nn.ReLU not in kinds["yolov5s"]
    assert nn.SiLU not in kinds["yolov5s_relu"]
    state = full_size("yolov5s").state_dict()
    assert state["model.0.conv.weight"].shape == (32, 3, 6, 6)
    assert state["model.17.m.0.cv2.conv.weight"].shape == (64, 64, 3, 3)
    assert state["model.24.m.2.weight"].shape == (255, 512, 1, 1)


def test_lenet5_has_the_same_shapes_on_28_and_32_pixels() -> None:
    small, large = (
        full_size("lenet5"),
        build("lenet5", num_classes=10, in_channels=1, input_size=32),
    )
    assert sum(p.numel() for p in small.parameters()) == 61_706
    assert state_digest(small.state_dict()) == state_digest(large.state_dict())
    assert [row.output_size for row in layer_table(small, (1, 28, 28))][:2] == [(28, 28), (10, 10)]


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("resnet18", "84fb10d9c6905a1c"),
        ("mobilenet_v2", "37bbbce8932fd0c4"),
        ("mobilenet_v3_small", "5f0efaf3ff4ac979"),
        ("mobilenet_v3_large", "efe98e40831bae95"),
        ("googlenet", "7f541ca29410efb1"),
    ],
)
def test_state_dict_keys_and_shapes(name: str, digest: str) -> None:
    """Digests of names and shapes, in order, taken from torchvision 0.28.0."""
    assert state_digest(full_size(name).state_dict()) == digest


@pytest.mark.parametrize(
    "name", ["mobilenet_v2", "mobilenet_v3_small", "googlenet", "googlenet_5x5", "resnet18"]
)
def test_narrow_variants_run(name: str) -> None:
    torch.manual_seed(0)
    network = build(name, num_classes=4, width=0.25, input_size=32).eval()
    assert network(torch.randn(2, 3, 32, 32)).shape == (2, 4)


def test_every_layer_but_the_last_has_a_reader() -> None:
    for name in ("googlenet", "mobilenet_v3_large", "yolov5s"):
        network = full_size(name)
        readers = first_readers(network)
        table = [row.name for row in layer_table(network, (3, 64, 64))]
        assert sorted(readers) == sorted(table)
        unread = [layer for layer, reader in readers.items() if reader is None]
        assert unread == [row for row in table if row.startswith("model.24")] or len(unread) == 1


def test_vgg_refuses_an_input_that_pools_to_nothing() -> None:
    with pytest.raises(UserError, match="vgg16: input_size is 28; expected at least 32"):
        build("vgg16", input_size=28)


@pytest.fixture(scope="module")
def torchvision_models():  # type: ignore[no-untyped-def]
    """torchvision's definitions; CPU builds of torch need its detection operators declared."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    yield pytest.importorskip("torchvision.models")
    library._destroy()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["alexnet", "vgg16", "resnet18", "resnet50", "mobilenet_v2", *MOBILENET_V3, "googlenet"],
)
def test_torchvision_computes_the_same(torchvision_models, name: str) -> None:  # type: ignore[no-untyped-def]
    options = {"init_weights": False} if name == "googlenet" else {}
    torch.manual_seed(0)
    theirs = getattr(torchvision_models, name)(**options).eval()
    ours = build(name).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        assert torch.equal(ours(image), theirs(image))


@pytest.mark.parametrize("name", ["vgg16", "alexnet", "alexnet_caffe", "resnet18", "googlenet"])
@pytest.mark.parametrize("size", [(256, 320), (160, 128), (299, 299)])
def test_official_weights_fit_any_size_of_image(name: str, size: tuple[int, int]) -> None:
    with torch.device("meta"):
        network = build(name, input_size=min(size))
    assert state_digest(network.state_dict()) == state_digest(full_size(name).state_dict())
    table = {row.name: row for row in layer_table(network, (3, *size))}
    usual = layer_table(full_size(name), (3, 224, 224))
    assert [row.name for row in usual] == list(table)
    assert all(table[row.name] == row for row in usual if row.is_linear)


def test_bert_base_has_the_layers_of_the_paper_over_128_tokens() -> None:
    network = full_size("bert_base")
    rows = layer_table(network, network_record("bert_base").form.shape)
    encoder = sum(p.numel() for p in network.get_submodule("blocks").parameters())
    assert encoder == 12 * (4 * (768**2 + 768) + 2 * 4 * 768**2 + 5 * 768 + 4 * 768)
    per_block = 12 * 768**2 * 128 + 2 * 12 * 128 * 64 * 128
    assert sum(row.dense_macs for row in rows) == 12 * per_block + 768**2 + 1000 * 768
    assert {row.input_size for row in rows[:6]} == {(16, 8)}
    assert sum(row.is_product for row in rows) == 24
