from pathlib import Path

import pytest

from workflow.maintenance.house import Bound, bounds


@pytest.mark.parametrize("bound", bounds(), ids=lambda bound: bound.what.replace(" ", "-"))
def test_the_house_keeps_its_bounds(bound: Bound) -> None:
    assert bound.figure <= bound.most, str(bound)


def test_a_class_name_with_two_meanings_and_a_paper_all_over_are_counted(tmp_path: Path) -> None:
    for name in ("sim/a.py", "models/b.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("class Plan: ...\n")
    for number in range(8):
        folder = tmp_path / "workflow" / f"drawer_{number}"
        folder.mkdir(parents=True)
        (folder / "sense_part.py").write_text("")
    (tmp_path / "workflow" / "rules").mkdir()
    (tmp_path / "workflow" / "rules" / "a.smk").write_text("rule a_table:\n" * 6)
    (tmp_path / "Snakefile").write_text("")
    beyond = {bound.what for bound in bounds(tmp_path) if bound.figure > bound.most}
    assert beyond == {"class names used twice", "folders of sense:", "rules that make tables"}
