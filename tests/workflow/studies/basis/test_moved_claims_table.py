import pandas as pd
import pytest

from sim.claims import claims
from workflow.studies.basis.moved_claims_table import basis_claims

ENERGY_CLAIMS = {name for name, claim in claims().items() if "basis" in claim.primary}
LABELS = {"components": "components", "mixed": "mixed entries"}


def row(claim: str, **values: object) -> dict[str, object]:
    stated = claims()[claim]
    given = {"claim": claim, "published_low": stated.low, "published_high": stated.high}
    return {"suite": "-", "basis": None, "primary": False, **given, **values}


def test_both_values_of_a_setting_stand_in_one_row() -> None:
    setting = {"suite": "shapes", "verdict": "same direction"}
    rows = [
        row(
            "s2ta-energy",
            here=value,
            basis=basis,
            primary=basis == "components",
            conditions=f"16 nm, {dram} DRAM, energies of {LABELS[basis]}",
            **setting,
        )
        for basis, value in (("components", 3.0), ("mixed", 2.0))
        for dram in ("with", "without")
    ]
    rows += [
        row(name, here=None, conditions="-", verdict="not evaluated")
        for name in sorted(ENERGY_CLAIMS - {"s2ta-energy"})
    ]
    rows.append(row("s2ta-speedup", here=2.0, conditions="16 nm", **setting))
    table = basis_claims(pd.DataFrame(rows))
    assert set(table["claim"]) == ENERGY_CLAIMS  # speedups have no basis
    evaluated = table[table["claim"] == "s2ta-energy"]
    assert list(evaluated["conditions"]) == ["16 nm, with DRAM", "16 nm, without DRAM"]
    assert list(evaluated["components_over_mixed"]) == [pytest.approx(1.5)] * 2
    assert evaluated["primary"].all()
    others = table[table["claim"] != "s2ta-energy"]
    assert others["components"].isna().all()
    assert set(others["verdict_with_mixed"]) == {"not evaluated"}
