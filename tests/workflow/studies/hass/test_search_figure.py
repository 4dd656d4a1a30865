import pandas as pd

from workflow.studies.hass.search_figure import best_so_far


def test_the_best_so_far_never_falls() -> None:
    trials = pd.DataFrame(
        {"trial": [0, 1, 2, 3], "search_seed": 0, "score": [1.0, 0.5, 1.2, 1.1], "own_score": 0.0}
    )
    assert best_so_far(trials)[0].tolist() == [1.0, 1.0, 1.2, 1.2]
