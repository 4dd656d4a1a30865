"""Whether the trained suites have as many images as the jobs on them are told to take."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflow.plan.config_errors import ConfigError, Place
from workflow.plan.layout import Layout
from workflow.plan.runs import CANVASES
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.spex import Spex
from workflow.plan.sections.threshold_search import ThresholdSearches
from workflow.plan.sections.training import Training

DIGITS = 1797
"""Images of the suite digits, those held out among them."""


class Counts(NamedTuple):
    """Images of a suite: those to train on, those that a search on a network may see, the rest."""

    train: int
    searched: int
    test: int


def check_images(layout: Layout) -> None:
    """Every job takes at most the images that there are; suites of files are left to their jobs.

    Raises:
        ConfigError: at the number, with how many there are.
    """
    counts = _counts(layout)
    training, detectors = Training(layout), Detectors(layout)
    for suite, network, scheme in [*layout.every_run(counts), *detectors.runs()]:
        if suite == CANVASES:
            traced: Place = ("detection", "trace_images")
            tuning: Place = ("detection", "fine_tuning")
            images = detectors.tracing().images
            told = detectors.compression(network, scheme)
        else:
            traced, tuning = ("trace_images",), ("training", suite, "fine_tuning")
            images = training.tracing().images
            told = training.compression(suite, network, scheme)
        _require(traced, images, counts[suite].test, f"test images of {suite}")
        _require(tuning, _kept_out(told), counts[suite].train, f"training images of {suite}")
    for suite, network, block, _ in Spex(layout).searches():
        settings = Spex(layout).settings(suite, network, block)
        _check_sample(counts, suite, settings, ("spex", "settings", "sample_images"))
    searches = ThresholdSearches(layout)
    for suite, network in searches.runs():
        place = ("threshold_search", "settings", "sample_images")
        _check_sample(counts, suite, searches.settings(network), place)


def _counts(layout: Layout) -> dict[str, Counts]:
    from models.datasets import digits, shapes

    canvases = layout.config["detection"]["canvases"]
    seen = DIGITS - digits.TEST_IMAGES
    return {
        "digits": Counts(seen, seen, digits.TEST_IMAGES),
        "shapes": Counts(shapes.TRAIN_IMAGES, shapes.TRAIN_IMAGES, shapes.TEST_IMAGES),
        CANVASES: Counts(canvases["train"], canvases["validation"], canvases["test"]),
    }


def _kept_out(settings: Mapping[str, Any]) -> int:
    """Images that a compression job keeps out of fine-tuning, and those that set its ranges."""
    from models.compression.scheme import Scheme

    held_out = settings.get("held_out_images", Scheme.held_out_images)
    return int(held_out + settings.get("calibration_images", Scheme.calibration_images))


def _check_sample(
    counts: Mapping[str, Counts], suite: str, settings: Mapping[str, Any], place: Place
) -> None:
    if suite in counts and "sample_images" in settings:
        there = counts[suite].searched
        _require(place, settings["sample_images"], there, f"images of {suite} to search on")


def _require(place: Place, wanted: int, there: int, what: str) -> None:
    if wanted > there:
        raise ConfigError(place, f"{wanted} are asked for, but there are {there} {what}")
