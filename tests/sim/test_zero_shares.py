from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from sim import NetworkTrace
from sim.zero_shares import zero_shares
from tests.sim.trace_files import both_numbers, small_trace


def counted(trace: NetworkTrace, operand: str) -> list[float]:
    masks = [getattr(entry.trace, operand) for entry in trace.layers]
    zeros = [np.count_nonzero(~mask) for mask in masks]
    sizes = [mask.size for mask in masks]
    return [*(z / n for z, n in zip(zeros, sizes, strict=True)), sum(zeros) / sum(sizes)]


def test_both_kinds_of_numbers_have_their_zeros_in_every_row() -> None:
    trace = both_numbers()
    shares = zero_shares(trace)
    assert len(shares) == len(trace.layers) + 1
    for numbers, form in trace.forms.items():
        for operand in ("weight", "activation"):
            column = [row[f"{operand}_zeros_{numbers}"] for row in shares]
            assert column == pytest.approx(counted(form, operand))


def test_what_was_not_recorded_is_no_number() -> None:
    for row in zero_shares(replace(small_trace(), other=None)):
        assert isnan(row["weight_zeros_real"])
        assert isnan(row["activation_zeros_real"])
        assert 0 <= row["weight_zeros_int8"] <= 1
