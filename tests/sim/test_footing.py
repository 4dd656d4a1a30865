import pytest

from sim import UserError
from sim.footing import footing


def test_every_size_has_a_label_and_every_design_is_built_at_each() -> None:
    common = footing()
    for size in range(len(common.multipliers)):
        assert common.label(size).startswith(str(common.multipliers[size]))
        for design in common.designs.values():
            assert design.build(size).multipliers <= common.multipliers[size]


def test_designs_are_found_by_name_by_scheme_and_among_others() -> None:
    common = footing()
    assert "s2ta_aw" in common.meant_for("dbb")
    assert common.present(["s2ta_aw", "none", "sa"]) == ["sa", "s2ta_aw"]
    with pytest.raises(UserError, match="did you mean 's2ta_aw'"):
        common.design("s2ta_a")
