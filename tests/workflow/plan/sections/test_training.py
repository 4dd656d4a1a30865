import os
from pathlib import Path

import pytest

from models.datasets.idx import NAMES
from sim import UserError
from workflow.plan.layout import Layout, as_json
from workflow.plan.sections.training import Repeatability, Training
from workflow.steps.trace_settings import TraceSettings

CONFIG = {"seed": 7, "threads": 2, "trace_images": 3}


def test_later_settings_replace_earlier_ones_and_the_common_seed() -> None:
    told = Repeatability(seed=7, threads=2).with_settings(
        {"epochs": 1, "width": 0.5}, {"epochs": 4, "seed": 9}
    )
    assert told == {"seed": 9, "threads": 2, "epochs": 4, "width": 0.5}


def test_a_job_is_told_the_same_text_by_a_dataclass_and_by_a_dictionary() -> None:
    training = Training(Layout(CONFIG))
    assert as_json(training.tracing()) == as_json({"threads": 2, "images": 3})
    assert as_json(training.repeatability()) == as_json({"threads": 2, "seed": 7})


def test_files_of_a_data_set_that_older_ones_replace_are_noticed(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).touch()
    suites = {"mnist": {"folder": str(tmp_path)}, "digits": {}}
    training = Training(Layout({**CONFIG, "training": suites}))
    before = training.files_digest("mnist")
    os.utime(tmp_path / NAMES[0], (1, 1))
    assert training.files_digest("mnist") != before
    assert training.files_digest("digits") == ""


@pytest.mark.parametrize("values", [{"images": 0}, {"threads": 0}])
def test_a_trace_has_an_image_and_a_thread(values: dict[str, int]) -> None:
    with pytest.raises(UserError, match=next(iter(values))):
        TraceSettings(**values)
