from itertools import product
from typing import get_args

import pytest

from sim.causes import Cause
from sim.events import Access, Direction, Operand
from workflow.event_columns import (
    action_column,
    action_columns,
    dram_columns,
    idle_column,
    idle_columns,
    on_chip_columns,
    traffic_column,
    traffic_columns,
)

ACCESSES = [
    Access(memory, operand, direction)
    for memory, operand, direction in product(
        ("dram", "sram_512kib", "regfile_weight"), get_args(Operand), get_args(Direction)
    )
]


def test_names_are_spelled_as_event_files_have_them() -> None:
    assert idle_column(Cause.ZERO_OPERAND) == "idle_zero_operand_multiplier_cycles"
    access = Access("sram_512kib", "psum", "write")
    assert traffic_column(access) == "sram_512kib_psum_write_bytes"
    assert action_column("mac_int8") == "action_mac_int8"


def test_what_is_built_is_parsed_back_in_its_order() -> None:
    idle = {idle_column(cause): cause for cause in Cause}
    traffic = {traffic_column(access): access for access in ACCESSES}
    actions = {action_column(name): name for name in ("mac_int8", "idle_fill", "a_weight_read")}
    columns = ["suite", *actions, "cycles", *traffic, *idle]
    assert list(idle_columns(columns).items()) == list(idle.items())
    assert list(traffic_columns(columns).items()) == list(traffic.items())
    assert list(action_columns(columns).items()) == list(actions.items())


@pytest.mark.parametrize(
    "column",
    [
        "multipliers",
        "layer_kind",
        "idle_multiplier_cycles",
        "idle__multiplier_cycle",
        "idle_fill_share",
        "fill_multiplier_cycles",
        "weight_read_bytes",
        "_weight_read_bytes",
        "dram_weight_read_bytes_per_image",
        "dram_weights_read_bytes",
        "dram_weight_moved_bytes",
        "dram_read_weight_bytes",
        "transaction_count",
    ],
)
def test_other_columns_are_nothing_of_these(column: str) -> None:
    assert not (idle_columns([column]) | traffic_columns([column]) | action_columns([column]))


def test_dram_and_the_chip_share_the_columns_of_bytes_between_them() -> None:
    columns = ["cycles", "dram_weight_read_bytes", "sram_psum_write_bytes"]
    columns += ["dram_output_write_bytes", "dram_cache_output_write_bytes"]
    assert dram_columns(columns) == ["dram_weight_read_bytes", "dram_output_write_bytes"]
    assert dram_columns(columns, "write") == ["dram_output_write_bytes"]
    assert on_chip_columns(columns) == ["sram_psum_write_bytes", "dram_cache_output_write_bytes"]
