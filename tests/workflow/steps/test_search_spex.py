import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml

from models.checkpoints import save_checkpoint
from models.networks import build
from workflow.cli import run
from workflow.maintenance import bench_spex
from workflow.search.spex.settings import SpexSettings
from workflow.steps import search_spex

BUILD = {"num_classes": 10, "in_channels": 1, "width": 1.0, "input_size": 32}


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "trained.safetensors"
    torch.manual_seed(0)
    metadata = {"suite": "digits", "network": "lenet5", "seed": 0, "build": BUILD}
    save_checkpoint(path, build("lenet5", **BUILD), metadata)
    return path


def command(checkpoint: Path, folder: Path, settings: str) -> None:
    arguments = (
        f"search_spex --suite digits --network lenet5 --strategy nsga2 --settings {settings}"
    )
    arguments += f" --checkpoint {checkpoint} --trials {folder}/trials.csv"
    sys.argv = [*arguments.split(), "--thresholds", f"{folder}/thresholds.yaml"]
    run(search_spex.main)


def test_writes_trials_and_thresholds_and_leaves_no_journal(
    checkpoint: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    command(checkpoint, folder, '{"trials":4,"population":2,"sample_images":40}')
    table = pd.read_csv(folder / "trials.csv")
    assert len(table) == 4
    content = yaml.safe_load((folder / "thresholds.yaml").read_text())
    assert set(content["thresholds"]) == {"conv1", "conv2"}
    assert not list(folder.glob(".trials.journal*"))


def test_more_samples_than_images_are_one_line(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command(checkpoint, tmp_path / "out", '{"sample_images":99999}')
    assert "sample_images is 99999; digits has 1437 training images" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_study_changes_with_weights_settings_and_code_but_not_with_workers(
    checkpoint: Path, tmp_path: Path
) -> None:
    def name(**changed: object) -> str:
        settings = SpexSettings(**{k: v for k, v in changed.items() if k != "code"})  # type: ignore[arg-type]
        return search_spex.study_name("nsga2", settings, checkpoint, str(changed.get("code", "")))

    before = name()
    assert name(workers=2) == before
    others = (name(seed=1), name(code="x"), name(saving="transfers"), name(trials=99))
    assert len({before, *others}) == 5
    checkpoint.write_bytes(checkpoint.read_bytes() + b" ")
    assert name() != before


def test_cost_of_a_trial_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_spex, "REPEATS", 1)
    plain, masking, trial = bench_spex.trial_costs("lenet5", images=20)
    assert 0 < plain < trial
    assert 0 < masking < trial
