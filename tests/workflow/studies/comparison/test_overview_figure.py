import pandas as pd

from workflow.studies.comparison.overview_figure import draw


def _row(suite: str, scheme: str, name: str) -> dict[str, object]:
    case = {"suite": suite, "scheme": scheme, "network": "resnet50", "layers": "no_linear"}
    return {
        **case,
        "accelerator": name,
        "speedup_over_dense_ideal": 1.5,
        "two_sided_bound": 3.0,
    }


def test_a_suite_without_a_compression_level_is_left_to_the_table() -> None:
    cases = [("digits", "dbb"), ("shapes", "dbb"), ("shapes", "two_four")]
    rows = pd.DataFrame([_row(*case, name) for case in cases for name in ("stc", "tc", "sparten")])
    panels = draw(rows).axes
    assert [panel.get_title().splitlines()[0] for panel in panels] == 2 * ["shapes, 32x32"]
    names = [text.get_text() for text in panels[0].get_yticklabels()]
    assert names == ["SparTen", "tensor core", "2:4 tensor core"]


def test_suites_of_which_none_has_every_level_are_all_drawn() -> None:
    rows = pd.DataFrame([_row("digits", "dbb", "tc"), _row("shapes", "two_four", "tc")])
    titles = {panel.get_title().splitlines()[0] for panel in draw(rows).axes if panel.axison}
    assert titles == {"digits, 32x32", "shapes, 32x32"}
