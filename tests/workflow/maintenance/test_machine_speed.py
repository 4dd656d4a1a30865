import pytest

from workflow.maintenance import machine_speed


def test_a_machine_is_slower_by_its_best_run_and_never_faster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    took = iter([0.9, 0.5, 0.7, 0.6, 0.8] * 2)
    now = 0.0

    def work() -> None:
        nonlocal now
        now += next(took)

    monkeypatch.setattr(machine_speed, "plain_numpy", work)
    monkeypatch.setattr("time.process_time", lambda: now)
    monkeypatch.setattr(machine_speed, "REFERENCE_S", 0.25)
    assert machine_speed.slowness() == pytest.approx(2.0)
    monkeypatch.setattr(machine_speed, "REFERENCE_S", 2.0)
    assert machine_speed.slowness() == 1.0
