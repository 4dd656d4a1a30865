from typing import get_args

import pytest
import torch

from models.training.device import CPU, Device, TrainingDevice
from sim.errors import UserError


def test_the_processor_is_taken_unless_a_gpu_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    asked: tuple[Device, ...] = get_args(Device)
    assert asked == ("cpu", "cuda", "auto")
    assert [TrainingDevice(device=name).place.type for name in asked] == ["cpu", "cuda", "cuda"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert TrainingDevice(device="auto").place.type == "cpu"
    with pytest.raises(UserError, match="device is cuda, but PyTorch sees no GPU here; set device"):
        _ = TrainingDevice(device="cuda").place


def test_the_processor_computes_in_single_precision() -> None:
    x = torch.randn(4, 4)
    with CPU.casting():
        assert (x @ x).dtype is torch.float32


@pytest.mark.parametrize("values", [{"device": "gpu"}, {"mixed_precision": 1}])
def test_settings_are_checked(values: dict[str, object]) -> None:
    with pytest.raises(UserError, match="expected"):
        TrainingDevice(**values)  # type: ignore[arg-type]
