import pandas as pd
import pytest

from workflow.studies.footing.speedup_figure import NOT_MEASURED, draw


def _rows(suite: str, scheme: str) -> list[dict[str, object]]:
    case = {"suite": suite, "scheme": scheme, "network": "resnet50", "layers": "no_linear"}
    of_all = {"footing": "1024_multipliers", "two_sided_bound": 3.0}
    return [
        {**case, **of_all, "accelerator": name, "speedup_over_dense_ideal": speed}
        for name, speed in (("tc", 0.9), ("stc", 1.8))
    ]


TABLE = pd.DataFrame(
    [
        *_rows("imagenet", "two_four"),
        *_rows("shapes", "two_four"),
        *_rows("imagenet", "dense"),
        *_rows("shapes", "dense"),
        *_rows("imagenet", "two_eight"),
    ]
)
GPU = pd.DataFrame(
    [
        ("a GPU", "resnet50", batch, precision, kernels, speed)
        for batch, precision, kernels, speed in [
            (1, "INT8", "dense", 0.1),
            (64, "FP16", "dense", 0.5),
            (64, "INT8", "dense", 0.4),
            (64, "INT8", "2:4", 0.6),
        ]
    ],
    columns=["device", "network", "batch", "precision", "kernels", "speedup_over_dense_ideal"],
)


def test_a_gpu_that_was_not_measured_is_said_and_a_scheme_of_one_suite_has_no_line() -> None:
    figure = draw(TABLE)
    assert [panel.get_title().splitlines()[-1] for panel in figure.axes] == 2 * ["unpruned"] + 2 * [
        "2 of 4 weights"
    ]
    labels = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert NOT_MEASURED in labels


def test_measured_kernels_are_lines_at_full_size_the_sparse_ones_under_two_four_alone() -> None:
    drawn = [
        [
            (str(line.get_label()).split(": ", 1)[1].split(" kernels")[0], line.get_xdata()[0])
            for line in panel.get_lines()
            if "measured" in str(line.get_label())
        ]
        for panel in draw(TABLE, GPU).axes
    ]
    dense, sparse = ("dense", pytest.approx(0.4)), ("2:4", pytest.approx(0.6))
    assert drawn == [[dense], [], [dense, sparse], []]
