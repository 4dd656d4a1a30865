import pytest

from workflow.site.columns import column, digits


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (7, "7"),
        (12345, "12\u202f345"),
        (0.123456, "0.123"),
        (1.23456, "1.235"),
        (12.3456, "12.35"),
        (999.96, "1000"),
        (1234.6, "1\u202f235"),
        (-2.5, "-2.5"),
        (0.000123, "1.23e-04"),
        (3.0, "3"),
    ],
)
def test_a_number_has_at_most_four_digits_that_say_something(value: float, shown: str) -> None:
    assert digits(value) == shown


def test_a_column_of_bytes_is_scaled_by_its_middle_value() -> None:
    shown = column("dram_bytes_per_image", ["61242024", "5000000", "900"])
    assert shown.heading == "DRAM bytes per image (MB)"
    assert shown.shown("61242024") == "61.24"


def test_unit_and_words_follow_from_the_name() -> None:
    assert column("pair_sparsity", ["0.5"]).heading == "pair sparsity"
    assert column("dsp_percent", ["50"]).heading == "DSP (%)"
    assert column("speedup_over_dense_ideal", ["2"]).heading == "speedup over dense ideal (x)"
    assert column("energy_pj_per_image", ["2e9"]).heading == "energy per image (mJ)"


def test_words_stay_as_they_are() -> None:
    names = column("network", ["vgg16", "2"])
    assert not names.numeric
    assert names.shown("vgg16") == "vgg16"
    assert column("here", ["1.5", ""]).shown("") == ""
