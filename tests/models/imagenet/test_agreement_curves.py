from pathlib import Path

import pytest

from models.imagenet.agreement_curves import curve
from models.imagenet.repaired import repaired_trace
from models.imagenet.settings import FullSizeSettings
from sim.errors import UserError
from tests.models.imagenet.small_checkpoint import NETWORK, draw_pictures, small_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> FullSizeSettings:
    folder: Path = tmp_path_factory.mktemp("pictures")
    draw_pictures(folder)
    return small_settings(folder)


def test_points_keep_fewer_weights_and_are_judged_as_the_trace_is(
    settings: FullSizeSettings,
) -> None:
    values, unrepaired = {"magnitude_density": [0.4, 0.8]}, settings.varied(repair="none")
    sparse, dense = curve(NETWORK, "magnitude", unrepaired, values)
    assert sparse.setting == "magnitude_density=0.4"
    assert 0.4 < sparse.weight_density < dense.weight_density < 1  # with layers left whole
    assert sparse.judgements == repaired_trace(NETWORK, "magnitude", unrepaired).judgements
    assert dense.judgements[0].agreement.kl_divergence_nats < (
        sparse.judgements[0].agreement.kl_divergence_nats
    )


def test_a_scheme_without_settings_is_one_point(settings: FullSizeSettings) -> None:
    (point,) = curve(NETWORK, "dense", settings, {})
    assert (point.setting, point.weight_density) == ("", 1)
    assert [entry.numbers for entry in point.judgements] == ["float", "int8"]


def test_a_setting_that_does_not_exist_is_named(settings: FullSizeSettings) -> None:
    with pytest.raises(UserError, match="unknown setting 'density'"):
        list(curve(NETWORK, "magnitude", settings, {"density": [0.5]}))
