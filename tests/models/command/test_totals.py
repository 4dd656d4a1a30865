from models.command.totals import TOTALS, total_headings, total_rows, zeros_in_words
from sim import accelerator
from sim.comparison import compare
from tests.sim.trace_files import both_numbers

DESIGNS = {"a": accelerator("sa"), "b": accelerator("sparten")}


def test_rows_of_a_design_stand_below_each_other_and_name_their_numbers() -> None:
    both = compare(both_numbers(), DESIGNS, numbers="both")
    rows = total_rows(both)
    named = [(row["accelerator"], row["numbers"]) for row in rows]
    assert named == [("a", "INT8"), ("a", "real"), ("b", "INT8"), ("b", "real")]
    assert list(total_headings(both))[:2] == ["accelerator", "numbers"]
    assert total_headings(compare(both_numbers(), DESIGNS)) == TOTALS


def test_the_zeros_of_all_layers_are_named_for_both() -> None:
    words = zeros_in_words(compare(both_numbers(), DESIGNS))
    assert words.count(" as INT8 numbers") == words.count(" as real numbers") == 2
    alone = zeros_in_words(compare(both_numbers().form("int8"), DESIGNS))
    assert "real" not in alone
