import pytest

from models.imagenet.densities.places import measured_inputs
from models.imagenet.settings import FullSizeSettings
from workflow.studies.accuracy.modelled_zeros_table import modelled_zeros


@pytest.mark.slow
def test_modelled_masks_are_like_measured_ones_of_the_network_that_tests_them() -> None:
    table = modelled_zeros(["efficientnet_lite0"], FullSizeSettings(images=1))
    ratio = table.set_index("statistic")["modelled_over_measured"]
    assert ratio["activation_density"] == pytest.approx(1, abs=0.01)
    for statistic in (
        "channel_density_std",
        "neighbour_agreement_share",
        "zero_8_channel_block_share",
    ):
        assert ratio[statistic] == pytest.approx(1, abs=0.15), statistic
    assert set(table["role"]) == {"tested"}
    measured = [row.density for row in measured_inputs() if row.network == "efficientnet_lite0"]
    row = table.set_index("statistic").loc["density_held_out"]
    assert row["measured"] == pytest.approx(sum(measured) / len(measured))
    assert row["modelled"] != row["measured"]  # its own values are held out
