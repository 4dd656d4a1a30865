import pandas as pd

from sim.footing import footing
from workflow.studies.footing.footing_table import DENSE
from workflow.studies.footing.pareto_figure import ENERGY, SPEED, families, labels


def test_every_design_but_the_dense_one_is_in_one_family_of_at_most_seven() -> None:
    designs = list(footing().designs)
    columns = families([*designs, "of_tomorrow"])
    drawn = [name for members in columns.values() for name in members]
    assert sorted(drawn) == sorted({*designs, "of_tomorrow"} - {DENSE})
    assert all(len(families(designs)[title]) <= 7 for title in columns)


def test_designs_at_one_place_share_a_label_and_those_on_the_front_come_first() -> None:
    rows = pd.DataFrame(
        [("tc", 0.7, 0.9), ("stc", 0.7005, 0.901), ("sigma", 2.0, 0.8)],
        columns=["accelerator", SPEED, ENERGY],
    )
    first, second = labels(rows, ["sigma"])
    assert (first.text, first.colour) == ("SIGMA", "black")
    assert (second.text, second.colour) == ("tensor core, 2:4 tensor core", "0.4")
