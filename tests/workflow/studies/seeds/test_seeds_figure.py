"""What the figure draws of a small table."""

import pandas as pd
import pytest
from matplotlib.axes import Axes

from sim.registry import design_title
from workflow.studies.seeds.seeds_figure import QUANTITIES, draw
from workflow.studies.seeds.seeds_table import LOST, TOP1

DESIGNS = ("s2ta_aw", "sparten", "phantom_2d", "scnn", "sa")


def row(suite: str, scheme: str, design: str, quantity: str, mean: float, deviation: float) -> dict:
    return {
        "suite": suite,
        "network": "lenet5",
        "scheme": scheme,
        "accelerator": design,
        "layers": "all",
        "quantity": quantity,
        "seeds": 3,
        "mean": mean,
        "standard_deviation": deviation,
        "smallest": mean - deviation,
        "largest": mean + 2 * deviation,
    }


@pytest.fixture(scope="module")
def panels() -> list[Axes]:
    rows = [
        row("digits", "dense", "-", TOP1, 90.0, 0.5),
        row("digits", "dbb", "-", TOP1, 88.0, 1.0),
        row("digits", "dbb", "-", LOST, 2.0, 0.25),
        row("digits", "dense", "-", "weight_density", 0.5, 0.0),
        row("imagenet", "dbb", "-", "weight_density", 0.5, 0.01),
    ]
    rows += [row("digits", "dbb", name, "speedup_over_dense_ideal", 2.0, 0.1) for name in DESIGNS]
    rows.append(row("digits", "dbb", "sa", "energy_16nm_pj_per_image", 1e6, 1e5))
    figure = draw(pd.DataFrame(rows))
    return [panel for panel in figure.axes if panel.axison]


def labelled(panels: list[Axes], label: str) -> list[Axes]:
    return [panel for panel in panels if panel.get_xlabel().startswith(label)]


def test_a_panel_for_each_quantity_of_a_suite_and_each_design(panels: list[Axes]) -> None:
    assert len(panels) == 3 + 1 + len(DESIGNS)
    assert len(labelled(panels, QUANTITIES["weight_density"])) == 2
    for name in DESIGNS:
        assert len(labelled(panels, design_title(name))) == 1


def test_accuracy_deviates_by_points_and_ratios_by_parts_of_the_mean(panels: list[Axes]) -> None:
    (accuracy,) = labelled(panels, QUANTITIES[TOP1])
    bars, spans = (collection.get_segments() for collection in accuracy.collections)
    assert [segment[:, 0].tolist() for segment in bars] == [[-0.5, 0.5], [-1.0, 1.0]]
    assert [segment[:, 0].tolist() for segment in spans] == [[-0.5, 1.0], [-1.0, 2.0]]
    assert [text.get_text() for text in accuracy.texts][:2] == ["90.0", "88.0"]
    speedup, *_ = labelled(panels, design_title("sparten"))
    (segment,) = speedup.collections[0].get_segments()
    assert segment[:, 0] == pytest.approx([-5, 5])  # per cent of the mean
