"""Configurations with something strange anywhere: taken, or refused in one line; never a crash."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from snakemake.utils import update_config

from sim import UserError
from tests.examples import examples
from workflow.plan.check_config import check_config
from workflow.plan.plan import Plan
from workflow.plan.products import products

ROOT = Path(__file__).parents[3]
BASE: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
update_config(BASE, yaml.safe_load((ROOT / "config/quick.yaml").read_text()))
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**70),
    st.floats(),
    st.sampled_from(["", "5e-1", "lenet5", "digits", "dbb", "$(ls)", "a/b", "Ä", "x" * 500, "\n"]),
    st.text(max_size=5),
    st.lists(st.sampled_from(["lenet5", "dense", 1, None, ["x"], {}]), max_size=3),
    st.dictionaries(
        st.sampled_from(["networks", "seed", "lenet5", 1, None]), st.none() | st.just({})
    ),
)


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a configuration below its top."""
    below = value.items() if isinstance(value, dict) else enumerate(value)
    paths = []
    for key, entry in below:
        paths.append((*above, key))
        if isinstance(entry, dict | list):
            paths += places(entry, (*above, key))
    return paths


PLACES = places(BASE)


@st.composite
def strange_configurations(draw: st.DrawFn) -> dict[str, Any]:
    """The quick configuration with values replaced, removed or added at some places."""
    config = copy.deepcopy(BASE)
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2)):
        holder: Any = config
        try:
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the second's place away
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "replace":
            holder[place[-1]] = draw(STRANGE)
        elif change == "remove":
            del holder[place[-1]]
        elif isinstance(holder, list):
            holder.append(draw(STRANGE))
        else:
            holder[draw(st.text(max_size=4) | st.integers() | st.none())] = draw(STRANGE)
    return config


def taken_or_one_line(config: dict[str, Any]) -> None:
    try:
        check_config(config)
    except UserError as error:
        said = str(error)
        assert said.startswith("config: ")
        assert "\n" not in said
        assert len(said) < 2000
    else:
        assert products(Plan(config, ROOT)).tables


@given(strange_configurations())
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
def test_strange_configurations_are_taken_or_refused_in_one_line(config: dict[str, Any]) -> None:
    taken_or_one_line(config)


@pytest.mark.slow
@given(strange_configurations())
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_strange_configurations(config: dict[str, Any]) -> None:
    taken_or_one_line(config)
