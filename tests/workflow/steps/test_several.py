from pathlib import Path

import pytest

from sim.errors import UserError
from workflow.steps.several import named, one_each, tracing


class DefectError(UserError):
    """Stands for what a plug-in did wrong, which the command line tells by the class."""


def test_there_is_a_file_for_each_or_the_option_is_named() -> None:
    paths = [Path("a"), Path("b")]
    assert one_each("output", paths, ["x", "y"], "schemes") == paths
    with pytest.raises(UserError, match="--output names 2 files for 3 schemes; expected one for"):
        one_each("output", paths, ["x", "y", "z"], "schemes")


def test_an_error_is_the_same_one_with_a_name_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    error = DefectError("no such layer")
    with (
        pytest.raises(DefectError, match=r"^trace b: no such layer$") as raised,
        named("on", "trace b"),
    ):
        raise error
    assert raised.value is error
    assert capsys.readouterr().err == "on trace b\n"
    with pytest.raises(UserError, match=r"^trace b is cut short$"), named("on", "trace b"):
        raise UserError("trace b is cut short")


def test_only_one_of_several_schemes_needs_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"^wrong$"), tracing("vgg16 under dbb", ["dbb"]):
        raise UserError("wrong")
    assert not capsys.readouterr().err
    of_two = tracing("vgg16 under dense", ["dbb", "dense"])
    with pytest.raises(UserError, match=r"^vgg16 under dense: wrong$"), of_two:
        raise UserError("wrong")
    assert capsys.readouterr().err == "tracing vgg16 under dense\n"
