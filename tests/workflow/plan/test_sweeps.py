import json
import re

from hypothesis import given
from hypothesis import strategies as st

from workflow.plan.sweeps import SEEDING, Sweep, seed_of, seeding


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(1, 12))
def test_chunks_hold_every_combination_once_in_order(sizes: list[int], points_per_job: int) -> None:
    sweep = Sweep(["x"], {f"p{i}": list(range(size)) for i, size in enumerate(sizes)})
    chunks = [
        json.loads(sweep.chunk(index, points_per_job))
        for index in range(sweep.chunks(points_per_job))
    ]
    assert all(1 <= len(chunk) <= points_per_job for chunk in chunks)
    points = [tuple(point.values()) for chunk in chunks for point in chunk]
    expected = [()]
    for size in sizes:
        expected = [(*point, value) for point in expected for value in range(size)]
    assert points == expected


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_seed_survives_its_path(seed: int, default: int) -> None:
    text = seeding(seed, default)
    assert re.fullmatch(SEEDING, text)
    assert seed_of(text, default) == seed
    assert (text == "") == (seed == default)
