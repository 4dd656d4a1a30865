from dataclasses import fields

import pytest

from models.compression.full_size import ModelledScheme
from models.imagenet.settings import FullSizeSettings, modelled_schemes
from models.imagenet.settings_by_job import ModelledZeros, NetworkShape, UserInputs
from sim.errors import UserError

KEYS = {
    "images",
    "seed",
    "checkpoint",
    "checkpoint_sha256",
    "image_folder",
    "calibration_images",
    "test_images",
    "input_height",
    "input_width",
    "width",
    "num_classes",
    "activation_masks",
    "clustering",
    "channel_std",
    "neighbour_correlation",
    "channel_spread",
    "smooth_share",
    "common_share",
    "weight_bound",
    "balanced_density",
    "magnitude_density",
    "weight_spread",
    "default_weight_density",
    "blockwise_thresholds",
    "blockwise_budget_points",
    "most_removed",
    "weight_table",
    "activation_table",
    "densities_file",
    "densities_by_rule",
}


MODELLED = {"dense", "dbb", "magnitude", "balanced", "unbalanced", "two_four", "two_eight"}


def test_the_keys_that_users_write_stay() -> None:
    assert set(FullSizeSettings().flat()) >= KEYS


def test_every_key_goes_to_the_part_that_reads_it() -> None:
    values = {"images": 3, "width": 0.5, "image_folder": "val", "channel_std": 0.2}
    schemes = {"weight_bound": 2, "balanced_density": 0.25}
    settings = FullSizeSettings.of(values | schemes)
    assert settings.images == 3
    assert settings.shape == NetworkShape(width=0.5)
    assert settings.inputs == UserInputs(image_folder="val")
    assert settings.zeros == ModelledZeros(channel_std=0.2)
    flat = settings.flat()
    assert {key: flat[key] for key in values | schemes} == values | schemes
    assert FullSizeSettings.of(flat) == settings


def test_no_key_means_two_things() -> None:
    parts = [FullSizeSettings().inputs, FullSizeSettings().shape, FullSizeSettings().zeros]
    names = [entry.name for part in parts for entry in fields(part)]
    names += {e.name for s in FullSizeSettings().schemes.values() for e in fields(s)}
    assert len(names) == len(set(names))


def test_schemes_with_one_key_share_its_value() -> None:
    schemes = FullSizeSettings.of({"balanced_density": 0.25}).schemes
    for name in ("balanced", "unbalanced"):
        scheme = schemes[name]
        assert isinstance(scheme, ModelledScheme)
        assert getattr(scheme.pruning, "density", None) == 0.25


def test_variation_changes_one_key_and_keeps_the_others() -> None:
    settings = FullSizeSettings.of({"width": 0.5, "most_removed": 0.2})
    varied = settings.varied(weight_spread=0.6)
    assert varied.flat() == settings.flat() | {"weight_spread": 0.6}
    with pytest.raises(UserError, match=r"unknown setting 'wide' \(did you mean 'width'\?\)"):
        settings.varied(wide=2)


@pytest.mark.parametrize(
    ("key", "readers"),
    [
        ("most_removed", {"dbb"}),
        ("balanced_density", {"balanced", "unbalanced"}),
        ("weight_spread", set(MODELLED) | {"blockwise"}),
    ],
)
def test_schemes_that_read_a_key(key: str, readers: set[str]) -> None:
    settings = FullSizeSettings()
    assert {name for name in settings.schemes if settings.reads(name, key)} == readers


def test_schemes_without_trained_weights() -> None:
    assert set(modelled_schemes()) == MODELLED
    with pytest.raises(UserError, match="scheme blockwise of vgg16 needs trained weights"):
        FullSizeSettings().modelled_scheme("vgg16", "blockwise")
    with pytest.raises(UserError, match=r"unknown scheme of the imagenet suite 'thresholds'"):
        FullSizeSettings().scheme("thresholds")
