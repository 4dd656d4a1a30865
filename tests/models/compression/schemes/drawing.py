"""Shapes of layers and random generators for the tests of modelled weights."""

import numpy as np
from hypothesis import strategies as st

shapes = st.tuples(
    st.integers(1, 12), st.integers(1, 21), st.sampled_from([1, 3]), st.sampled_from([1, 2, 3])
)
Shape = tuple[int, int, int, int]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)
