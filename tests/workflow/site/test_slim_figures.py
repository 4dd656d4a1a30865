import io

from matplotlib.figure import Figure

from workflow.site.slim_figures import slim


def _drawn() -> str:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0, 1.23456789, 2], label="a label")
    axes.legend()
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def test_a_slim_figure_is_smaller_and_whole() -> None:
    from xml.etree import ElementTree

    svg = _drawn()
    small = slim(svg)
    assert len(small) < 0.8 * len(svg)
    before, after = (ElementTree.fromstring(text) for text in (svg, small))  # noqa: S314
    uses = "{http://www.w3.org/2000/svg}use"
    assert len(list(before.iter(uses))) == len(list(after.iter(uses)))
    names = {element.get("id") for element in after.iter()}
    for element in after.iter(uses):
        target = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href")
        assert target is not None
        assert target.removeprefix("#") in names


def test_numbers_that_scale_keep_their_digits() -> None:
    assert "scale(0.015625)" in slim('<path id="a" transform="scale(0.015625)" d="M 1.23456 2"/>')
    assert 'd="M1.23 2"' in slim('<path d="M 1.23456 2"/>')
