import pandas as pd
import pytest

from workflow.studies.basis.moved_designs_table import basis_designs


def row(network: str, accelerator: str, components: float, mixed: float, tops: float) -> dict:
    return {
        "suite": "shapes",
        "network": network,
        "scheme": "dbb",
        "footing": "1024_multipliers",
        "accelerator": accelerator,
        "tops": tops,
        "components_energy_without_dram_pj_per_image": components,
        "mixed_energy_without_dram_pj_per_image": mixed,
        "lpddr4_energy_pj_per_image": 1.0,
    }


def test_energies_are_over_the_dense_array_with_rank_and_front_on_either_basis() -> None:
    table = basis_designs(
        pd.DataFrame(
            [
                row("a", "dense_ideal", 2.0, 2.0, 1.0),
                row("b", "dense_ideal", 8.0, 8.0, 1.0),
                row("a", "sparten", 1.0, 3.0, 2.0),
                row("b", "sparten", 4.0, 12.0, 2.0),
                row("a", "scnn", 3.0, 1.0, 0.5),
                row("b", "scnn", 12.0, 4.0, 0.5),
            ]
        )
    ).set_index("accelerator")
    assert list(table["networks"]) == [2, 2, 2]
    assert table.loc["sparten", "components_without_dram"] == pytest.approx(0.5)
    assert table.loc["sparten", "mixed_without_dram"] == pytest.approx(1.5)
    with_dram = (2 * 5 / (3 * 9)) ** 0.5
    assert table.loc["sparten", "components_with_dram"] == pytest.approx(with_dram)
    ranks = table.loc["scnn", ["components_without_dram_rank", "mixed_without_dram_rank"]]
    assert list(ranks) == [3, 1]
    assert list(table.index[table["components_front"]]) == ["sparten"]
    assert set(table.index[table["mixed_front"]]) == {"sparten", "dense_ideal", "scnn"}
