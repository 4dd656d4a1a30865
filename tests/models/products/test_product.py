import numpy as np

from models.products import nonzeros


def test_zero_is_minus_zero_and_the_zero_point_of_integers() -> None:
    assert nonzeros(np.array([0.0, -0.0, 1e-30, -2.0])).tolist() == [False, False, True, True]
    assert nonzeros(np.array([3, 4], dtype=np.uint8), np.uint8(4)).tolist() == [True, False]
