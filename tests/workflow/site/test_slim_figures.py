import io
from xml.etree import ElementTree

from matplotlib.figure import Figure

from workflow.site.slim_figures import slim

SVG = "{http://www.w3.org/2000/svg}"


def _drawn() -> str:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0, 1.23456789, 2], label="a label")
    axes.set(title="a label", xlabel="a label", ylabel="$10^{6}$")
    axes.legend()
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def _letters(svg: ElementTree.Element) -> int:
    """Letters and marks that are drawn, those of words counted each time."""
    words = {group.get("id"): group for group in svg.iter(f"{SVG}g") if group.get("id")}

    def drawn(element: ElementTree.Element) -> int:
        if element.get("id") in words:
            return 0
        word = words.get((element.get("href") or "").removeprefix("#"))
        if word is not None:
            return len(word)
        return (element.tag == f"{SVG}use") + sum(map(drawn, element))

    return drawn(svg)


def test_a_slim_figure_is_smaller_and_whole() -> None:
    svg = _drawn()
    small = slim(svg)
    assert len(small) < 0.8 * len(svg)
    before, after = (ElementTree.fromstring(text) for text in (svg, small))  # noqa: S314
    uses = f"{SVG}use"
    assert len(list(before.iter(uses))) == _letters(after)
    names = {element.get("id") for element in after.iter()}
    for element in after.iter(uses):
        target = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href")
        assert target is not None
        assert target.removeprefix("#") in names


def test_numbers_that_scale_keep_their_digits() -> None:
    assert "scale(0.015625)" in slim('<path id="a" transform="scale(0.015625)" d="M 1.23456 2"/>')
    assert 'd="m1.23 2"' in slim('<path d="M 1.23456 2"/>')
