"""What the script does around the kernels; these themselves need a GPU."""

from pathlib import Path

import pandas as pd
import pytest
import torch

from sim import Layer, UserError, matmul
from workflow.maintenance import gpu_reference as script
from workflow.maintenance.gpu_reference import Kernel, LayerProduct, Precision
from workflow.studies.footing.gpu_reference_table import gpu_reference

LAYERS = [
    Layer.conv("first", 3, 8, 3, input_size=6),
    Layer.conv("conv", 8, 16, 1, input_size=4),
    Layer.conv("depthwise", 16, 16, 3, input_size=4, groups=16),
    Layer.conv("again", 8, 16, 1, input_size=4),
    matmul("qk", 8, 16, 8),
    Layer.linear("last", 16, 10),
]
PEAKS = {"FP16": 1e-6, "INT8": 2e-6}


def _at_the_peak(row: LayerProduct, precision: Precision, kernel: Kernel) -> float:
    dense = 2e-12 * row.macs / PEAKS[precision]
    return dense if kernel == "dense" else dense / 2


def test_layers_become_products_and_the_ends_stay_dense() -> None:
    assert script.products(LAYERS, 2) == [
        LayerProduct(8, 27, 32, pruned=False),
        LayerProduct(16, 8, 32, pruned=True),
        LayerProduct(16, 8, 32, pruned=True),
        LayerProduct(10, 16, 2, pruned=False),
    ]


def test_kernels_at_the_peak_have_a_speedup_of_one_and_two() -> None:
    rows = pd.DataFrame(script.measurements({"toy": LAYERS}, _at_the_peak, PEAKS))
    assert len(rows) == 2 * 2 * 2
    dense, sparse = (rows[rows["kernels"] == kernels] for kernels in ("dense", "2:4"))
    assert dense["speedup_over_dense_ideal"].tolist() == pytest.approx([1.0] * 4)
    ends, all_macs = 8 * 27 * 16 + 160, 8 * 27 * 16 + 160 + 2 * 16 * 8 * 16
    halved = all_macs / (ends + (all_macs - ends) / 2)
    assert sparse["speedup_over_dense_ideal"].tolist() == pytest.approx([halved] * 4)
    assert (sparse["two_four_layer_count"] == 2).all()
    assert (rows["dense_macs_per_image"] == all_macs).all()
    microseconds = 1e6 * 2e-12 * all_macs / PEAKS["FP16"]
    assert dense["microseconds_per_image"].iloc[0] == pytest.approx(microseconds)


def test_a_layer_without_a_sparse_kernel_runs_dense() -> None:
    def seconds(row: LayerProduct, precision: Precision, kernel: Kernel) -> float:
        if kernel == "2:4" and precision == "INT8":
            raise RuntimeError("no such kernel")
        return _at_the_peak(row, precision, kernel)

    rows = pd.DataFrame(script.measurements({"toy": LAYERS}, seconds, PEAKS))
    sparse = rows[rows["kernels"] == "2:4"].set_index("precision")
    assert sparse.loc["INT8", "two_four_layer_count"].tolist() == [0, 0]
    assert sparse.loc["INT8", "speedup_over_dense_ideal"].tolist() == pytest.approx([1.0, 1.0])


def test_without_a_gpu_it_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("sys.argv", ["gpu_reference", "--output", str(tmp_path / "made.csv")])
    with pytest.raises(UserError, match=r"sees no GPU; .* capability 8\.0 .*nothing was measured"):
        script.main()
    assert not list(tmp_path.iterdir())


def test_a_gpu_without_sparse_kernels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (7, 5))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Tesla T4")
    with pytest.raises(UserError, match=r"Tesla T4 has no 2:4 kernels; .*nothing was measured"):
        script.device_or_refuse()


def test_peaks_are_given_or_known_by_name() -> None:
    assert script.peaks("NVIDIA A100-SXM4-40GB", None) == {"FP16": 312.0, "INT8": 624.0}
    assert script.peaks("NVIDIA A100-SXM4-40GB", [1.0, 2.0]) == {"FP16": 1.0, "INT8": 2.0}
    with pytest.raises(UserError, match="peak of another is not known here; give --peaks"):
        script.peaks("another", None)
    with pytest.raises(UserError, match="--peaks, INT8"):
        script.peaks("another", [1.0, 0.0])


def test_what_it_writes_is_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = tmp_path / "data" / "made.csv"
    monkeypatch.setattr(script, "device_or_refuse", lambda: "NVIDIA L4")
    monkeypatch.setattr(script, "_driver", lambda: "550.1")
    monkeypatch.setattr(script, "on_gpu", lambda *_: 1e-4)
    monkeypatch.setattr(script, "NETWORKS", ("resnet50",))
    monkeypatch.setattr(script, "full_size_network", lambda *_, weights: weights)
    monkeypatch.setattr(script, "layer_table", lambda *_: LAYERS)
    monkeypatch.setattr("sys.argv", ["gpu_reference", "--output", str(made)])
    script.main()
    table = gpu_reference(pd.read_csv(made))
    assert len(table) == 8
    assert (table["device"] == "NVIDIA L4").all()
    assert table["library"].str.startswith("PyTorch ").all()
