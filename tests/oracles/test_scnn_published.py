"""SCNN's published set: which lines its model meets, and which not yet."""

import pandas as pd
import pytest

from workflow.studies.trust.oracles.scnn_published import VARIANTS, lines, modelled

MET = 0.15
"""Relative error within which a line counts as met."""
NOT_MET = {
    "scnn": {"sparse", "utilisation_4_pes"},
    "scnn (no Kc of late 1x1 layers)": {"utilisation_4_pes"},
    "scnn (6144 accumulators)": {"speedup_vgg16", "granularity", "utilisation_4_pes"},
}
"""Lines further off, as docs/trust.md explains; a correction may only take names away.

With 8 filters at a time, late 1x1 layers of density 0.1 leave 4 x 4 multipliers emptier than the
paper's 24x allows. 6144 accumulator entries let a PE of 256 multipliers keep all filters, which
the paper's 1024 do not; with those, the last line is 0.405 where the paper has 0.35.
"""


MODELS = [
    pytest.param(model, marks=() if model == "scnn" else pytest.mark.slow) for model in NOT_MET
]
"""The other variants differ by a parameter and take as long."""


def errors(model: str) -> pd.Series:
    published = lines("published", VARIANTS[model])
    return pd.Series({line.case: line.modelled / line.reference - 1 for line in published})


@pytest.mark.parametrize("model", MODELS)
def test_lines_are_met_but_for_those_known(model: str) -> None:
    error = errors(model)
    assert set(error.index[error.abs() > MET]) <= NOT_MET[model], error.round(3).to_dict()


def test_capacity_of_1024_entries_gives_the_sign_of_pe_granularity() -> None:
    values = modelled(VARIANTS["scnn"])
    assert values["granularity"] == pytest.approx(1.11, rel=0.05)
    assert values["utilisation_4_pes"] == pytest.approx(0.35, rel=0.16)


@pytest.mark.parametrize("model", MODELS)
def test_late_pointwise_layers_stay_below_the_published_limit(model: str) -> None:
    (line,) = lines("bound", VARIANTS[model])
    assert 0.05 < line.modelled < line.reference == 0.20
