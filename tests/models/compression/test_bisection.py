import pytest

from models.compression.bisection import most_within_budget


@pytest.mark.parametrize("most", [0, 1, 2, 7, 100])
def test_the_last_step_that_holds_is_found_for_every_place_where_it_can_be(most: int) -> None:
    for last in range(most + 1):
        asked: list[int] = []

        def holds(step: int, last: int = last, asked: list[int] = asked) -> bool:
            asked.append(step)
            return step <= last

        assert most_within_budget(most, holds) == last
        assert len(asked) <= most.bit_length()
        assert 0 not in asked
        assert len(set(asked)) == len(asked)
