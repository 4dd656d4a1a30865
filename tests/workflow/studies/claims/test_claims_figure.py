import pandas as pd

from workflow.studies.claims.claims_figure import draw


def test_values_are_drawn_where_they_answer_the_claim() -> None:
    table = pd.DataFrame(
        {
            "claim": ["a", "a", "b"],
            "published_low": [2.0, 2.0, 18.9],
            "published_high": [2.0, 2.0, 18.9],
            "suite": ["shapes", "imagenet", "imagenet"],
            "reproduced": [1.5, 1.7, 0.03],
            "verdict": ["same direction", "same direction", "needs the user's weights"],
        }
    )
    panel = draw(table).axes[0]
    drawn = {float(x) for dots in panel.collections for x in dots.get_offsets()[:, 0]}
    assert drawn == {1.5, 1.7}
    published = {float(line.get_xdata()[0]) for line in panel.lines if line.get_marker() == "|"}
    assert published == {2.0, 18.9}
