"""No identifier reaches a reader of a figure."""

import pytest

from sim import configurations
from workflow.drawing.words import parameter_label, scheme_label, setting_label, suite_label


def test_parameters_of_all_designs_are_words() -> None:
    names = {name for known in configurations().values() for name in known.parameters}
    assert [name for name in names if "_" in parameter_label(name)] == []


@pytest.mark.parametrize(
    ("parameter", "value", "text"),
    [
        ("mesh_rows", 4, "mesh rows: 4"),
        ("skip_empty_slices", "False", "empty slices skipped: no"),
        ("dram_bytes_per_cycle", float("inf"), "DRAM, bytes per cycle: no limit"),
        ("weight_buffer_kib", 512, "weight buffer, KiB: 512"),
        ("scheduler", "in_order", "scheduler: in order"),
        ("dram_gbytes_per_s", 4.0, "DRAM, GB/s: 4"),
        ("", "", "as configured"),
    ],
)
def test_settings_are_written_in_words(parameter: str, value: object, text: str) -> None:
    assert setting_label(parameter, value) == text


def test_suites_and_schemes_that_a_user_adds_keep_their_names() -> None:
    assert suite_label("my_pictures") == "my pictures"
    assert scheme_label("my_pruning") == "my pruning"
    assert suite_label("digits", lines=True) == "digits, 32x32\ntrained here"
