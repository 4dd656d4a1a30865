import pandas as pd

from workflow.studies.claims.claims_figure import draw

CLAIMS = pd.DataFrame(
    {
        "claim": ["s2ta-speedup", "s2ta-speedup", "sense-vgg16-throughput", "sense-power"],
        "subject": ["S2TA-AW", "S2TA-AW", "Sense", "Sense"],
        "comparator": ["SA-ZVCG", "SA-ZVCG", None, None],
        "metric": ["speedup", "speedup", "throughput", "power"],
        "published_network": ["not stated", "not stated", "VGG-16", "not stated"],
        "unit": ["x", "x", "images/s", "W"],
        "published_low": [2.0, 2.0, 34.0, 11.2],
        "published_high": [None, None, 34.0, 11.2],
        "here": [1.5, 1.7, 26.0, None],
        "verdict": ["needs trained weights", "same direction", "not reproduced", "outside"],
        "primary": [True, False, True, False],
    }
)


def test_each_unit_has_a_panel_and_every_value_a_dot() -> None:
    panels = draw(CLAIMS).axes
    assert [panel.get_xlabel() for panel in panels] == ["ratio (1 = no gain)", "images per second"]
    dots = [float(x) for dots in panels[0].collections for x in dots.get_offsets()[:, 0]]
    assert sorted(dots) == [1.5, 1.7]
    published = [line for line in panels[1].lines if line.get_marker() == "|"]
    assert [float(line.get_xdata()[0]) for line in published] == [34.0]


def test_the_verdict_is_that_of_the_primary_setting() -> None:
    written = [text.get_text() for panel in draw(CLAIMS).axes for text in panel.texts]
    assert written == ["needs trained weights", "not reproduced"]


def test_a_claim_is_written_in_words() -> None:
    ticks = [label.get_text() for panel in draw(CLAIMS).axes for label in panel.get_yticklabels()]
    assert ticks == ["S2TA-AW over SA-ZVCG, speedup", "Sense, throughput, VGG-16"]


def test_a_claim_of_area_has_a_panel_of_its_own() -> None:
    area = CLAIMS.iloc[:1].assign(metric="area of the extension", here=800.0)
    panels = draw(pd.concat([CLAIMS, area])).axes
    labels = [panel.get_xlabel() for panel in panels]
    assert labels[-1] == "ratio of areas (1 = no gain)"
    assert panels[0].get_xlim()[1] < 800


def test_the_legend_says_what_is_drawn() -> None:
    def legend(claims: pd.DataFrame) -> set[str]:
        return {text.get_text() for text in draw(claims).legends[0].get_texts()}

    judged, others = "here, the setting that is judged", "here, other settings"
    assert legend(CLAIMS) == {"published", "published: more than", judged, others}
    assert legend(CLAIMS[CLAIMS["published_high"].notna()]) == {"published", judged}
