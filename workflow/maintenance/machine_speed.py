"""How fast a machine is beside the one that the limits of `make bench` are of."""

import time

import numpy as np

REFERENCE_S = 0.06
"""Processor seconds of `plain_numpy` on the machine of the limits: an AMD EPYC, otherwise idle."""
REPEATS = 5


def plain_numpy() -> None:
    """Work that no change of this project speeds up: products, sorting, bits and sums of them."""
    rng = np.random.default_rng(0)
    matrix = rng.random((768, 768), dtype=np.float32)
    for _ in range(4):
        matrix = matrix @ matrix
        matrix /= matrix.max()
    np.sort(rng.random((64, 4096)), axis=1)
    words = rng.integers(0, 2**63, (1 << 20,), dtype=np.uint64)
    counted = np.bitwise_count(words[:-1] & words[1:])
    np.cumsum(counted, dtype=np.int64)


def slowness() -> float:
    """How many times as long plain NumPy takes here as on the machine of the limits, at least 1.

    Least processor seconds of several runs: another program's turn on the core costs seconds, too.
    """
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        plain_numpy()
        times.append(time.process_time() - start)
    return max(1.0, min(times) / REFERENCE_S)
