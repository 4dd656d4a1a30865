from pathlib import Path

import pandas as pd
import pytest

from sim import UserError
from workflow.studies.sparse_blox.spex_front_figure import STRATEGIES as DRAWN
from workflow.studies.sparse_blox.spex_front_figure import draw
from workflow.studies.sparse_blox.spex_front_table import front
from workflow.studies.sparse_blox.spex_table import POINT, SEARCH, read_trials, spex


def trials() -> pd.DataFrame:
    """Four points; the last is not allowed, so it was never measured on held-out images."""
    search = ["shapes", "resnet50", "8x8", "signed_mean", "macs", "nsga2"]
    rows = [
        (0, 0.0, 0.0, 2.0),
        (1, 0.4, 0.8, 8.0),
        (2, 0.9, 1.4, 12.0),
        (3, 2.0, None, 20.0),
    ]
    return pd.DataFrame(
        [
            {
                **dict(zip(SEARCH, search, strict=True)),
                "trial": trial,
                "budget_points": 1.0,
                "lost_points": lost,
                "saved_macs_percent": saved,
                "held_out_accuracy_percent": None if held_out is None else 97.0 - held_out,
                "held_out_lost_points": held_out,
                "held_out_saved_macs_percent": None if held_out is None else saved - 0.5,
                "held_out_saved_transfers_percent": 3.0,
                "held_out_created_blocks_percent": 2.0,
                "held_out_created_blocks": 20.0,
                "blocks": 1000,
            }
            for trial, lost, held_out, saved in rows
        ]
    )


def test_the_budget_is_held_to_the_samples_and_to_the_held_out_images() -> None:
    table = spex(trials()).set_index("chosen_on")
    assert table.loc["samples", "trial"] == 2
    assert table.loc["samples", "held_out_lost_points"] == 1.4, "over the budget, and shown"
    assert table.loc["held_out", "trial"] == 1
    assert (table["trials"] == 4).all()


def test_a_loss_of_just_the_budget_keeps_it() -> None:
    exact = trials().assign(lost_points=[0.0, 0.4, 1.0, 2.0])
    assert spex(exact).set_index("chosen_on").loc["samples", "trial"] == 2


def test_front_is_what_was_measured_on_held_out_images() -> None:
    assert list(front(trials())["trial"]) == [0, 1, 2]


def test_searches_are_kept_apart() -> None:
    other = trials().assign(strategy="greedy", lost_points=[0.0, 5.0, 5.0, 5.0])
    table = spex(pd.concat([trials(), other]))
    samples = table[table["chosen_on"] == "samples"].set_index("strategy")
    assert samples["trial"].to_dict() == {"nsga2": 2, "greedy": 0}


def test_other_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "trials.csv"
    trials().drop(columns=["lost_points"]).to_csv(path, index=False)
    with pytest.raises(UserError, match=r"trials\.csv: lacks lost_points"):
        read_trials([path])
    trials().to_csv(path, index=False)
    assert set(POINT) <= set(read_trials([path]))


def test_figure_has_a_panel_per_network_and_marks_the_published_point() -> None:
    lenet = trials().assign(network="lenet5")
    claims = pd.DataFrame({"claim": ["blox-resnet50-macs-share"], "published_low": [19.0]})
    figure = draw(front(pd.concat([trials(), lenet])), claims)
    panels = [panel for panel in figure.axes if panel.get_visible()]
    assert [panel.get_title() for panel in panels] == [
        "LeNet-5, 8x8 blocks\nshapes, 32x32, trained here",
        "ResNet-50, 8x8 blocks\nshapes, 32x32, trained here",
    ]
    marked = {
        panel.get_title()[:6]: [
            line.get_xdata()[0] for line in panel.get_lines() if line.get_marker() == "*"
        ]
        for panel in panels
    }
    assert marked == {"LeNet-": [], "ResNet": [19.0]}


def test_every_strategy_is_drawn() -> None:
    from workflow.search.spex.run import STRATEGIES

    assert set(DRAWN) == set(STRATEGIES)
