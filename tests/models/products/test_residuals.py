from hypothesis import given
from hypothesis import strategies as st

from models.products import Residuals


@st.composite
def networks(draw: st.DrawFn) -> list[tuple[str, list[int], int]]:
    """Values by kind, what they are made of, and size; the first is the input."""
    values = [("input", list[int](), 3)]
    for place in range(1, draw(st.integers(2, 12))):
        kind = draw(st.sampled_from(["layer", "sum", "sum", "other"]))
        parts = draw(st.lists(st.integers(0, place - 1), min_size=1, max_size=3))
        values.append((kind, parts[:1] if kind == "layer" else parts, draw(st.integers(1, 9))))
    return values


def waiting(values: list[tuple[str, list[int], int]]) -> dict[str, int]:
    """Run the layers one by one, all else as soon as its parts are there, and see what is added."""
    done = {0}
    added: dict[str, int] = {}

    def settle(layer: int | None, before: set[int]) -> None:
        for place, (kind, parts, _) in enumerate(values):
            if kind in ("sum", "other") and place not in done and done.issuperset(parts):
                done.add(place)
                old = sum(values[part][2] for part in parts if part in before)
                if kind == "sum" and layer is not None and old:
                    added[f"layer{layer}"] = added.get(f"layer{layer}", 0) + old

    settle(None, set())
    for place, (kind, _, _) in enumerate(values):
        if kind == "layer":
            before = set(done)
            done.add(place)
            settle(place, before)
    return added


@given(networks())
def test_what_waits_is_what_was_there_before_the_layer_that_adds_it(
    values: list[tuple[str, list[int], int]],
) -> None:
    residuals = Residuals()
    makers: list[frozenset[str]] = []
    for place, (kind, parts, _) in enumerate(values):
        if kind == "layer":
            residuals.ran(f"layer{place}")
            makers.append(frozenset({f"layer{place}"}))
            continue
        if kind == "sum":
            residuals.added((makers[part], values[part][2]) for part in parts)
        makers.append(frozenset().union(*(makers[part] for part in parts)))
    assert residuals.elements == waiting(values)


def test_two_additions_at_one_layer_and_a_layer_noted_twice() -> None:
    residuals = Residuals()
    for layer in ("a", "b", "b"):
        residuals.ran(layer)
    image, a, b = frozenset[str](), frozenset({"a"}), frozenset({"b"})
    residuals.added([(a, 5), (b, 5)])
    residuals.added([(a | b, 5), (image, 2)])
    residuals.added([(b, 5), (a | b, 1)])
    assert residuals.elements == {"b": 7}
