from functools import cache
from pathlib import Path

import pytest
import torch

from models.graph.layer_table import layer_table
from models.imagenet.densities.tables import (
    COLUMNS,
    Operand,
    published_densities,
    published_rows,
    read_table,
    require_all,
)
from models.networks import build, networks
from models.networks.network import Network
from sim import Layer
from sim.errors import UserError

HEADER = ",".join(COLUMNS)


@cache
def table(name: str) -> tuple[Layer, ...]:
    with torch.device("meta"):
        return layer_table(build(name), (3, 224, 224))


def overall(name: str, densities: dict[str, float]) -> float:
    """Share of all weights that is kept; layers without a density count as dense."""
    weights = {row.name: row.out_channels * row.window for row in table(name)}
    kept = sum(densities.get(layer, 1.0) * count for layer, count in weights.items())
    return kept / sum(weights.values())


def values(network: str, operand: Operand, name: str | None = None) -> dict[str, float]:
    densities = published_densities(network, operand, name)
    return {layer: density.value for layer, density in densities.items()}


def test_every_row_has_a_source_and_names_a_layer_of_its_network() -> None:
    rows = published_rows()
    assert len(rows) > 500
    layers = {name: {row.name for row in table(name)} for name in {r.network for r in rows}}
    for row in rows:
        assert row.density.layer in layers[row.network]
        assert row.density.source
        assert 0 < row.density.value <= 1


@pytest.mark.parametrize(
    ("network", "name", "published"),
    [
        ("alexnet", "agp", 0.1169),
        ("alexnet", "sensitivity", 0.1156),
        ("resnet18", "agp", 0.4008),
        ("resnet50", "agp_80", 0.2003),
        ("resnet50", "surgery", 0.174),
        ("resnet50", "str_81", 1 - 0.8127),
        ("resnet50", "str_90", 1 - 0.9023),
        ("mobilenet_v1", "agp", 0.4842),
    ],
)
def test_tables_add_up_to_the_published_share_of_the_whole_network(
    network: str, name: str, published: float
) -> None:
    assert overall(network, values(network, "weight", name)) == pytest.approx(published, abs=0.002)


def test_vgg16_keeps_the_published_number_of_parameters() -> None:
    densities = values("vgg16", "weight")
    kept = sum(densities[row.name] * row.out_channels * row.window for row in table("vgg16"))
    assert kept == pytest.approx(10.3e6, rel=1e-3)
    assert published_densities("vgg16", "weight")["classifier.0"].status == "derived"


def test_groups_of_one_layer_are_averaged() -> None:
    assert values("alexnet_caffe", "activation")["conv2"] == pytest.approx((0.9065 + 0.9654) / 2)
    assert values("alexnet_caffe", "weight")["conv2"] == pytest.approx((0.3726 + 0.3853) / 2)


def test_googlenet_densities_follow_the_concatenation() -> None:
    """The input of a module is the channel-weighted mean of what the branches before it write."""
    activations = values("googlenet_5x5", "activation")
    assert activations["inception3b.branch1.conv"] == 0.530
    assert activations["inception3a.branch4.1.conv"] == 0.956
    assert len(activations) == 54


@pytest.mark.parametrize("network", networks())
def test_tables_that_networks_name_exist(network: str) -> None:
    record = networks()[network]
    named: dict[Operand, str | None] = {
        "weight": record.weight_table,
        "activation": record.activation_table,
    }
    for operand, table_name in named.items():
        densities = published_densities(network, operand)
        if table_name is not None:
            assert densities == published_densities(network, operand, table_name)
            assert densities


@pytest.mark.parametrize("record", networks().values(), ids=lambda record: record.name)
def test_networks_whose_densities_stand_in_have_some(record: Network) -> None:
    if record.densities_from is not None:
        assert published_densities(record.densities_from, "weight")
        assert published_densities(record.densities_from, "activation")


def test_other_tables_can_be_chosen_and_unknown_ones_list_those_there_are() -> None:
    assert values("alexnet", "activation", "eyeriss")["features.3"] == 0.6
    with pytest.raises(UserError, match=r"unknown table .* 'str_8'.*did you mean 'str_81'"):
        published_densities("resnet50", "weight", "str_8")
    assert published_densities("yolov5s", "weight") == {}


def row(density: str, **changes: str) -> str:
    fields = {
        "network": "vgg16",
        "layer": "features.0",
        "tensor": "weight",
        "table": "own",
        "density": density,
        "status": "published",
        "published_layer": "",
        "source": "measured by me",
        "note": "",
    } | changes
    return ",".join(fields[name] for name in COLUMNS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row("1.2"), r"line 2: density is '1.2'; expected a number in \[0, 1\]"),
        (row("-0.1"), "density is '-0.1'"),
        (row("nan"), "density is 'nan'"),
        (row("half"), "density is 'half'"),
        (row("0.5", tensor="bias"), "tensor is 'bias'; expected weight or activation"),
        (row("0.5", status="guessed"), "status is 'guessed'"),
        (row("0.5", source=""), "no source"),
    ],
)
def test_bad_rows(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADER}\n{line}\n")
    with pytest.raises(UserError, match=message):
        read_table(path)


def test_own_tables(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"{HEADER}\n{row('0.25')}\n")
    densities = published_densities("vgg16", "weight", rows=read_table(path))
    assert {layer: density.value for layer, density in densities.items()} == {"features.0": 0.25}
    with pytest.raises(
        UserError, match=r"vgg16: no weight density for 2 of 3 layers: features.2, features.5;"
    ):
        require_all("vgg16", "weight", ["features.0", "features.2", "features.5"], densities)


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such table of densities"):
        read_table(tmp_path / "none.csv")
    short = tmp_path / "short.csv"
    short.write_text("network,layer\nvgg16,features.0\n")
    with pytest.raises(UserError, match="lacks the columns tensor, table, density, status"):
        read_table(short)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(UserError, match=r"binary\.csv"):
        read_table(binary)
