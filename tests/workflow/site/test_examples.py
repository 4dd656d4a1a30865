"""Every example runs as a user runs it, in seconds, and prints what the site shows."""

import re
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models.door
import sim
from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    simulate,
    write_trace,
)
from workflow.site.examples import Example, examples, toy_class
from workflow.site.run_examples import run_example

README = Path(__file__).parents[3] / "README.md"
LIMIT_S = 10
"""Of the processor."""
NUMBER = re.compile(r"-?[\d,]*\d(?:\.\d+)?")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the installed package, in the checkout."""
    monkeypatch.setitem(sys.modules, "sparsebench", models.door)
    monkeypatch.setitem(sys.modules, "sparsebench.sim", sim)


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
    shown = toy_class().removeprefix("```python\n").removesuffix("```")
    assert "---" not in shown
    assert "matplotlib" not in shown
    names: dict[str, Any] = {"__name__": __name__}
    exec(shown, names)  # noqa: S102
    trace = LayerTrace.of(Layer.conv("a", in_channels=8, out_channels=8, kernel=3, input_size=8))
    assert simulate(trace, names["WeightSkipper"]()).cycles > 0


def test_the_tutorials_accelerator_is_compared_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word for word, on a trace with random zeros in the place of the reader's network."""
    layer = Layer.conv("a", in_channels=8, out_channels=8, kernel=3, input_size=8)
    trace = LayerTrace.of(layer, weight=np.random.default_rng(0).random((8, 8, 3, 3)) < 0.5)
    origin = Provenance("yours", "my_net", "dense", "measured", "measured", "of INT8 numbers")
    monkeypatch.chdir(tmp_path)
    write_trace("my_net.safetensors", NetworkTrace(origin, (TracedLayer(trace),)))
    tutorial = (README.parent / "docs" / "your-accelerator.md").read_text(encoding="utf-8")
    code = tutorial.partition("goes on with\n\n```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {"__name__": __name__}
    exec(toy_class().removeprefix("```python\n").removesuffix("```"), names)  # noqa: S102
    exec(code, names)  # noqa: S102
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["mine", "sparten"]


def test_the_examples_of_the_first_page_print_what_stands_below_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    blocks = README.read_text(encoding="utf-8").split("```")
    place = next(place for place, block in enumerate(blocks) if "LayerTrace.of" in block)
    exec(blocks[place].removeprefix("python"), {})  # noqa: S102
    assert capsys.readouterr().out.split() == blocks[place + 2].split()


@pytest.mark.slow
def test_the_network_of_the_first_page_is_compared_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from models.command import main

    blocks = README.read_text(encoding="utf-8").split("```")
    place = next(place for place, block in enumerate(blocks) if "manual_seed(0)" in block)
    monkeypatch.chdir(tmp_path)
    Path("my_net.py").write_text(blocks[place].removeprefix("python"), encoding="utf-8")
    shown = blocks[place + 4]
    make_inputs, run, more = blocks[place + 2].strip().splitlines()
    exec(make_inputs.split('"')[1], {})  # noqa: S102
    words = f"{run.rstrip(chr(92))} {more.partition('|')[0]}".split()
    main(words[1:])
    printed = "\n".join(line[:66] for line in capsys.readouterr().out.splitlines()[:7])
    assert _words_and_numbers(printed)[0] == _words_and_numbers(shown)[0]
    # Pruning and rounding meet ties on another processor.
    assert _words_and_numbers(printed)[1] == pytest.approx(_words_and_numbers(shown)[1], rel=0.05)
