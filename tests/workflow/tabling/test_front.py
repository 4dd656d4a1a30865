import pandas as pd

from workflow.tabling.front import pareto_front


def test_rows_without_energy_and_beaten_ones_are_left_out() -> None:
    energies = {"a": 2.0, "b": 1.0, "c": 3.0, "d": 1.0, "e": None}
    speeds = {"a": 3.0, "b": 2.0, "c": 2.0, "d": 1.0, "e": 9.0}
    rows = pd.DataFrame({"speed": speeds, "energy": energies})
    assert list(pareto_front(rows, "speed", "energy").index) == ["a", "b"]
