import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.site.slim_paths import shared_paths, short_path

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
POINTS = {"m": 1, "l": 1, "q": 2, "c": 3}
numbers = st.floats(-1000, 1000).map(lambda value: round(value, 3))
commands = st.sampled_from("MLQC").flatmap(
    lambda letter: st.tuples(
        st.just(letter),
        st.lists(
            st.tuples(numbers, numbers),
            min_size=POINTS[letter.lower()],
            max_size=POINTS[letter.lower()],
        ),
    )
)
paths = st.lists(st.one_of(commands, st.just(("Z", []))), max_size=8).map(
    lambda drawn: [("M", [(1.0, 2.0)]), *drawn]
)


def _absolute(path: str) -> list[tuple[float, float]]:
    """Points of a path of relative commands, as a browser reads it."""
    points: list[tuple[float, float]] = []
    x, y, start = 0.0, 0.0, (0.0, 0.0)
    for letter, text in re.findall(r"([a-z])([^a-z]*)", path):
        if letter == "z":
            x, y = start
            continue
        values = [float(number) for number in NUMBER.findall(text)]
        size, kind = POINTS[letter], letter
        while values:
            group, values = values[: 2 * size], values[2 * size :]
            places = list(zip(group[::2], group[1::2], strict=True))
            points += [(x + step_x, y + step_y) for step_x, step_y in places]
            x, y = points[-1]
            if kind == "m":
                start, kind, size = (x, y), "l", 1
    return points


@given(paths)
def test_a_short_path_goes_through_the_same_points(drawn: list[tuple[str, list]]) -> None:
    text = " ".join(
        f"{letter} {' '.join(f'{x} {y}' for x, y in points)}" for letter, points in drawn
    )
    expected = [point for _, points in drawn for point in points]
    for point, meant in zip(_absolute(short_path(text)), expected, strict=True):
        assert point == pytest.approx(meant, abs=0.0051)


def test_numbers_and_letters_that_go_without_saying_are_left_out() -> None:
    assert short_path("M 10.5 20 L 11 20.25 L 10 20 z") == "m10.5 20 .5.25-1-.25z"
    assert short_path("M 0 0 A 5 5 0 0 1 3 3") == "M 0 0 A 5 5 0 0 1 3 3"


def test_a_path_that_stands_twice_is_written_once() -> None:
    path = f"m0 0{'l1 2' * 20}"
    halo, letter = (f'<path d="{path}" class="{name}"/>' for name in ("halo", "ink"))
    small = shared_paths(f"<svg>{halo}{letter}</svg>")
    assert small.count(path) == 1
    assert '<use href="#d0" class="halo"/><use href="#d0" class="ink"/>' in small
    assert shared_paths(f"<svg>{halo}</svg>") == f"<svg>{halo}</svg>"
