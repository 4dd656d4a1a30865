"""The arithmetic of comparisons, by numbers that the head can check."""

import pandas as pd
import pytest

from workflow.tabling.versus import costs, versus

ON = ["suite", "network", "layers"]


def events(name: str, *cycles: int, **counts: int) -> pd.DataFrame:
    """Two images on a design of 4 multipliers: a row for each layer."""
    fixed = {
        "suite": "digits",
        "network": "toy",
        "scheme": "dbb",
        "accelerator": name,
        "weight_source": "measured",
        "activation_source": "measured",
        "layer_kind": "conv",
        "images": 2,
        "multipliers": 4,
        "effectual_macs": 40,
        "dense_macs": 400,
        "idle_fill_multiplier_cycles": 16,
        "dram_weight_read_bytes": 30,
        "dram_output_write_bytes": 10,
    }
    rows = [fixed | counts | {"layer": f"l{n}", "cycles": c} for n, c in enumerate(cycles)]
    return pd.DataFrame(rows)


def test_costs_are_sums_over_layers_for_one_image() -> None:
    row = costs(events("a", 100, 60)).set_index("layers").loc["all"]
    assert row["cycles_per_image"] == 80  # 160 for two images
    assert row["bound_cycles_per_image"] == 10  # 80 products, 4 at a time, two images
    assert row["fill_cycles_per_image"] == 4  # 32 multiplier-cycles of 4 multipliers, two images
    assert row["dram_bytes_per_image"] == 40  # 2 x (30 + 10), two images


def test_gains_are_the_baseline_over_the_subject() -> None:
    subject = costs(events("a", 100, 60))
    baseline = costs(events("b", 320, dram_weight_read_bytes=150))
    row = versus(subject, baseline, ON).set_index("layers").loc["all"]
    assert row["baseline"] == "b"
    assert row["speedup"] == pytest.approx(160 / 80)
    assert row["dram_reduction"] == pytest.approx(80 / 40)
    assert row["two_sided_bound"] == pytest.approx(160 / 10)
    assert "energy_reduction" not in row
