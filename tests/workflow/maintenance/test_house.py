from pathlib import Path

import pytest

from workflow.maintenance.house import bounds


@pytest.mark.slow  # every source file; `make lint` says the same
def test_the_house_keeps_its_bounds() -> None:
    assert [str(bound) for bound in bounds() if bound.figure > bound.most] == []


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


def test_names_that_say_nothing_are_counted_wherever_they_are_given(tmp_path: Path) -> None:
    for package in ("sim", "models", "workflow"):
        (tmp_path / package).mkdir()
    (tmp_path / "Snakefile").write_text("")
    (tmp_path / "sim" / "a.py").write_text(
        "def _chosen(own, *, other=0):\n"
        "    for one in other:\n"
        "        other.found = own\n"
        "    return [FOUND for FOUND in own]\n"
        "zone = ones = owner = print(one, other.found)  # these are nouns, or given elsewhere\n"
    )
    (bound,) = (bound for bound in bounds(tmp_path) if bound.what.startswith("names own"))
    assert bound.figure == 5
    lines = bound.cases.split(", ")
    assert sorted(lines) == [f"sim/a.py:{line}" for line in (1, 1, 2, 3, 4)]
