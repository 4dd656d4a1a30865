"""Every design has one look, and no two have the same."""

from collections import Counter

import pytest

from sim import UserError, configurations, styles
from sim.footing import footing
from sim.registry import design_title
from sim.styles import design_style, design_styles


def test_every_configuration_has_a_style() -> None:
    assert set(design_styles()) == set(configurations())


def test_no_two_designs_share_colour_and_marker() -> None:
    pairs = Counter((style.colour, style.marker) for style in design_styles().values())
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_designs_that_stand_side_by_side_as_bars_differ_in_colour_alone() -> None:
    side_by_side = [
        ("sa_smt", "s2ta_w", "s2ta_aw"),
        ("phantom_2d", "scnn", "sparten", "sparten_gb_s", "sparten_no_balancing", "eyeriss_v2"),
        ("dataflow_dense", "pass", "hass"),
    ]
    for group in side_by_side:
        assert len({design_style(name).colour for name in group}) == len(group)


def test_designs_of_the_footing_differ_in_colour_alone() -> None:
    names = list(footing().designs)
    assert len({design_style(name).colour for name in names}) == len(names)


def test_an_unknown_design_is_drawn_under_its_name() -> None:
    assert design_title("not_here") == "not_here"
    assert design_style("not_here") == styles.UNSTYLED


def test_two_designs_of_one_look_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"colour": "#000000", "marker": "o"}
    monkeypatch.setattr(styles, "checked_yaml", lambda path, schema: _same(path.parent.name, entry))
    with pytest.raises(UserError, match="every design needs a pair of its own"):
        design_styles.__wrapped__()


def _same(folder: str, entry: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: entry for name, known in configurations().items() if known.folder == folder}


def test_a_style_of_a_configuration_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = {"typo": {"colour": "#000000", "marker": "o"}}
    monkeypatch.setattr(styles, "checked_yaml", lambda path, schema: entry)
    with pytest.raises(UserError, match=r"unknown configuration in .*typo"):
        design_styles.__wrapped__()
