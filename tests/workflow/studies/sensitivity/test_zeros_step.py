import pytest

from models.imagenet.settings import FullSizeSettings
from workflow.studies.sensitivity.zeros_step import settings_without_use, varied

SMALL = FullSizeSettings.of({"width": 0.125, "input_height": 64, "input_width": 64, "images": 1})


@pytest.mark.parametrize(
    ("network", "unread", "read"),
    [
        ("deit_s", {"channel_spread", "clustering"}, {"gelu_density", "default_weight_density"}),
        ("mobilenet_v1", {"gelu_density", "softmax_density"}, {"channel_spread"}),
        ("alexnet", {"default_weight_density"}, {"smooth_share"}),
    ],
)
def test_settings_that_change_no_zero_of_a_network_are_not_varied(
    network: str, unread: set[str], read: set[str]
) -> None:
    without = settings_without_use(network, SMALL)
    assert unread <= without
    assert not read & without


def test_nothing_runs_for_a_setting_without_use() -> None:
    assert not list(varied("deit_s", "magnitude", SMALL, {"channel_spread": [0.5]}))
