import pytest

from workflow.progress.expected import ExpectedTime, mean_seconds


def test_progress_is_of_time_and_not_of_jobs() -> None:
    expected = ExpectedTime({"train": 1, "simulate": 100}, {"train": 300.0, "simulate": 1.0})
    for _ in range(100):
        expected.finish("simulate")
    assert expected.share == pytest.approx(0.25)
    assert expected.left_seconds(elapsed_seconds=100) == pytest.approx(300)


def test_time_left_is_not_said_before_anything_is_known_of_the_pace() -> None:
    expected = ExpectedTime({"train": 100}, {"train": 1.0})
    expected.finish("train")
    assert expected.left_seconds(elapsed_seconds=5) is None


def test_rules_that_were_never_measured_and_runs_without_jobs_are_no_error() -> None:
    expected = ExpectedTime({"new": 2}, {})
    expected.finish("new")
    assert expected.share == pytest.approx(0.5)
    assert ExpectedTime({}, {}).share == 1.0


def test_the_committed_times_cover_the_rules_that_take_long() -> None:
    assert {"train", "compress", "trace", "simulate"} <= set(mean_seconds())


def test_rules_of_one_beginning_are_expected_to_take_what_they_took_together() -> None:
    seconds = {"simulate": 3.0, "train": 3.0, "simulated_table": 3.0}
    expected = ExpectedTime({"simulate_shapes_sa": 1, "simulated_table": 1, "train": 2}, seconds)
    expected.finish("simulate_shapes_sa")
    assert expected.share == 1 / 4


def test_the_longest_beginning_counts_and_ends_at_a_word() -> None:
    seconds = {"trace": 2.0, "imagenet_trace": 4.0, "trace_detector": 10.0, "imagenet_tr": 90.0}
    jobs = [
        "trace_digits_lenet5",
        "imagenet_trace-seed1_vgg16",
        "trace_detector",
        "imagenet_traces",
    ]
    for rule, taken in zip(jobs, (2.0, 4.0, 10.0, 1.0), strict=True):
        expected = ExpectedTime({rule: 1, "other": 1}, seconds)
        expected.finish(rule)
        assert expected.share == taken / (taken + 1), rule
