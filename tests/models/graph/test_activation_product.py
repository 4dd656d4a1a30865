import pytest
import torch

from models.graph.activation_product import SECOND, ActivationProduct
from models.graph.layer_table import layer_table
from models.graph.readers import readers
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.forms import matmul
from tests.models.attention import IMAGE, encoder, images
from tests.models.lambdas import Lambda, torch_macs


def test_an_encoder_has_a_row_for_each_product_and_as_many_multiplications_as_torch_runs() -> None:
    rows = {row.name: row for row in layer_table(encoder(), IMAGE)}
    assert sum(row.dense_macs for row in rows.values()) == torch_macs(encoder(), images(1))
    assert rows["blocks.1.attn.scores"] == matmul("blocks.1.attn.scores", 65, 16, 65, 2)
    assert rows["blocks.1.attn.mixed"] == matmul("blocks.1.attn.mixed", 65, 65, 16, 2)
    assert list(rows)[4:6] == ["blocks.0.attn.scores", "blocks.0.attn.mixed"]


def test_each_result_goes_to_the_right_operand_of_its_reader() -> None:
    read = readers(encoder())
    attention = {name: read[f"blocks.0.attn.{name}"][0] for name in ("query", "key", "value")}
    assert {name: (one.reader, one.operand) for name, one in attention.items()} == {
        "query": ("blocks.0.attn.scores", "activation"),
        "key": ("blocks.0.attn.scores", "weight"),
        "value": ("blocks.0.attn.mixed", "weight"),
    }
    assert read["blocks.0.attn.mixed"][0].reader == "blocks.0.attn.proj"
    second = {name for name, each in read.items() if each and each[0].operand == "weight"}
    assert second == {f"blocks.{n}.attn.{name}" for n in (0, 1) for name in ("key", "value")}


def test_the_operands_of_a_product_are_stored_tensors_of_their_own() -> None:
    stored = {tensor.name: tensor for tensor in SparseNetwork(encoder()).stored}
    for name in ("blocks.0.attn.scores", "blocks.0.attn.mixed"):
        for reading in (name, name + SECOND):
            assert stored[reading].readers == (reading,)
            assert stored[reading].channel_axis is None
    assert stored["blocks.0.fc2"].channel_axis == -1
    assert stored["blocks.0.attn.query"].readers[1:] == ("blocks.0.attn.key", "blocks.0.attn.value")
    assert stored["conv_proj"].channel_axis == 1


def test_a_tensor_times_itself_is_read_twice() -> None:
    network = Lambda(lambda s, x: s.product(x, x), product=ActivationProduct())
    (row,) = layer_table(network, (2, 7, 7))
    assert row.dense_macs == torch_macs(network, torch.zeros(1, 2, 7, 7)) == 2 * 7**3
    (stored,) = SparseNetwork(network).stored
    assert stored.readers == ("product", "product" + SECOND)


@pytest.mark.parametrize("run", [lambda s, x: s.product(x, x[:, :1]), lambda s, x: s.product(x, 2)])
def test_products_that_are_none_of_two_stacks_are_refused(run) -> None:  # type: ignore[no-untyped-def]
    network = Lambda(run, product=ActivationProduct())
    with pytest.raises(UserError):
        layer_table(network, (2, 7, 7))
