"""What the study asks for under a configuration."""

import yaml

from sim.declared import ROOT
from workflow.plan.plan import Plan
from workflow.studies.s2ta.study import study


def test_without_its_sweep_the_band_of_clock_gating_is_left_out() -> None:
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    made = study(Plan(config, ROOT))
    del config["sweeps"]["s2ta_gating"]
    rest = study(Plan(config, ROOT))
    assert {t.name for t in made.tables} - {t.name for t in rest.tables} == {"s2ta_gating"}
    assert {f.name for f in made.figures} - {f.name for f in rest.figures} == {"s2ta_gating"}
