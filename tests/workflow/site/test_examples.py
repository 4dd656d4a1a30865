"""Every example runs as a user runs it, in seconds, and prints what the site shows."""

import re
import resource
from pathlib import Path

import pytest

from workflow.site.examples import Example, examples, toy_class
from workflow.site.run_examples import run_example

LIMIT_S = 10
"""Of the processor."""
NUMBER = re.compile(r"-?[\d,]*\d(?:\.\d+)?")


def _words_and_numbers(text: str) -> tuple[list[str], list[float]]:
    numbers = [float(number.replace(",", "")) for number in NUMBER.findall(text)]
    return NUMBER.sub("", text).split(), numbers


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.path.stem)
def test_an_example_prints_what_the_site_shows(example: Example, tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    printed = run_example(example, tmp_path / "figure.svg")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < LIMIT_S
    assert (tmp_path / "figure.svg").stat().st_size > 1000
    words, numbers = _words_and_numbers(printed)
    shown_words, shown_numbers = _words_and_numbers(example.printed.read_text(encoding="utf-8"))
    assert words == shown_words
    # Training rounds differently on another processor, and ends in other weights.
    assert numbers == pytest.approx(shown_numbers, rel=0.1, abs=0.1)


def test_every_example_has_output_and_a_title() -> None:
    assert len(examples()) == 5
    for example in examples():
        assert example.printed.is_file()
        assert example.drawn.is_file()
        assert ":" in example.title


def test_the_tutorial_shows_the_accelerator_of_the_example() -> None:
    assert "class WeightSkipper" in toy_class()
    assert "---" not in toy_class()
