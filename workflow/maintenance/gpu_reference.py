"""Measure what a GPU makes of the same matrix products: dense kernels beside 2:4 kernels.

The products are those of all layers with weights of ResNet-50 and DeiT-S at 224x224 (im2col and
products of activations left out), at batch 1 and 64, in FP16 and INT8: dense by `torch.mm` and
`torch._int_mm`, and with 2:4 weights in all layers but the first and the last, which the scheme
leaves dense. Each is timed by CUDA events after warming up, the median of 100 runs; sides are
filled up to multiples of 32, 128 and 32, which the kernels need, and only what the layers have
counts. Speeds are over the dense peak of the device's data sheet. Some minutes on one GPU; where
there is none with 2:4 kernels it ends with one line, and nothing is ever modelled here.
"""

import argparse
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Literal

import pandas as pd
import torch
from torch import Tensor
from torch.sparse import to_sparse_semi_structured

from models.graph.layer_table import layer_table
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from sim import Layer, UserError
from sim.arithmetic import ceil_div
from sim.declared import ROOT
from sim.validation import require_rate
from workflow.cli import run, whole_file
from workflow.studies.footing.measured_gpu import COLUMNS, MEASURED

Precision = Literal["FP16", "INT8"]
Kernel = Literal["dense", "2:4"]
Seconds = Callable[["LayerProduct", Precision, Kernel], float]
"""Time of one product; RuntimeError where the library has no such kernel."""

NETWORKS = ("resnet50", "deit_s")
BATCHES = (1, 64)
PRECISIONS: tuple[Precision, ...] = ("FP16", "INT8")
SIDES = (32, 128, 32)
"""Multiples of filters, depth and columns that all kernels take."""
RUNS, WARMING_UP = 100, 10
CAPABILITY = (8, 0)
"""Ampere, the first with sparse tensor cores."""
PEAK_TERA_OPS = {
    "NVIDIA A100": (312.0, 624.0),
    "NVIDIA H100 80GB HBM3": (989.5, 1979.0),
    "NVIDIA H200": (989.5, 1979.0),
    "NVIDIA L4": (121.0, 242.5),
}
"""10**12 dense operations per second in each of PRECISIONS by the maker's data sheet, by the start
of the device's name; where a sheet states only the rate with sparsity, half of it."""


@dataclass(frozen=True)
class LayerProduct:
    """The product of a layer: `filters` x `depth` weights times `depth` x `columns` inputs."""

    filters: int
    depth: int
    columns: int
    pruned: bool

    @property
    def macs(self) -> int:
        """Multiplications, without what sides are filled up by."""
        return self.filters * self.depth * self.columns


def products(layers: Iterable[Layer], batch: int) -> list[LayerProduct]:
    """One for each layer with weights; depthwise and grouped ones are left out."""
    rows = [layer for layer in layers if not layer.is_product and layer.groups == 1]
    return [
        LayerProduct(row.out_channels, row.window, row.output_pixels * batch, 0 < n < len(rows) - 1)
        for n, row in enumerate(rows)
    ]


def measurements(
    networks: Mapping[str, Sequence[Layer]], seconds: Seconds, peak_tera_ops: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """A row per network, batch, precision and kernel: sums over the layers, equal ones timed once.

    Args:
        networks: layers by the network's name.
        seconds: measures one product.
        peak_tera_ops: 10**12 dense operations per second of the device, by precision.
    """
    for network, batch, precision in product(networks, BATCHES, PRECISIONS):
        rows = products(networks[network], batch)
        dense = {row: seconds(row, precision, "dense") for row in set(rows)}
        sparse = {row: _sparse_seconds(row, precision, seconds) for row in dense}
        macs, peak = sum(row.macs for row in rows), peak_tera_ops[precision]
        two_four = [row for row in rows if sparse[row] is not None]
        for kernels, times, count in (("dense", dense, 0), ("2:4", sparse, len(two_four))):
            total = sum(times[row] or dense[row] for row in rows)
            yield {
                "network": network,
                "batch": batch,
                "precision": precision,
                "kernels": kernels,
                "layer_count": len(rows),
                "two_four_layer_count": count,
                "dense_macs_per_image": macs // batch,
                "microseconds_per_image": 1e6 * total / batch,
                "peak_tera_ops": peak,
                "speedup_over_dense_ideal": 2e-12 * macs / (total * peak),
            }


def _sparse_seconds(row: LayerProduct, precision: Precision, seconds: Seconds) -> float | None:
    """Time with 2:4 weights; None for a layer that stays dense or has no such kernel."""
    if not row.pruned:
        return None
    try:
        return seconds(row, precision, "2:4")
    except (RuntimeError, NotImplementedError):
        return None


def on_gpu(row: LayerProduct, precision: Precision, kernel: Kernel) -> float:
    """Median seconds of one product on the GPU.

    Raises:
        RuntimeError: the library has no such kernel for the product.
    """
    sides = (row.filters, row.depth, row.columns)
    filters, depth, columns = (ceil_div(n, to) * to for n, to in zip(sides, SIDES, strict=True))
    dtype, scale = (torch.float16, 1) if precision == "FP16" else (torch.int8, 32)
    # Random values: a GPU that multiplies constants draws less power and may clock higher.
    weight, inputs = (
        (scale * torch.randn(rows, depth, device="cuda")).to(dtype) for rows in (filters, columns)
    )
    if kernel == "2:4":
        weight[:, 2::4] = 0
        weight[:, 3::4] = 0
        weight = to_sparse_semi_structured(weight)
    integers = precision == "INT8" and kernel == "dense"
    multiply: Callable[[Tensor, Tensor], Tensor] = torch._int_mm if integers else torch.mm
    inputs = inputs.t()  # column by column, as the kernels for INT8 need it
    for _ in range(WARMING_UP):
        multiply(weight, inputs)
    starts, ends = (
        [torch.cuda.Event(enable_timing=True) for _ in range(RUNS)]  # type: ignore[no-untyped-call]
        for _ in range(2)
    )
    for start, end in zip(starts, ends, strict=True):
        start.record()
        multiply(weight, inputs)
        end.record()
    torch.cuda.synchronize()
    return median(1e-3 * float(a.elapsed_time(b)) for a, b in zip(starts, ends, strict=True))


def device_or_refuse() -> str:
    """Name of the GPU.

    Raises:
        UserError: PyTorch sees none, or one without 2:4 kernels.
    """
    least = ".".join(map(str, CAPABILITY))
    if not torch.cuda.is_available():
        raise UserError(
            f"PyTorch {torch.__version__} sees no GPU; expected one of compute capability {least} "
            "or later, and a PyTorch with CUDA (make TORCH=cuda): nothing was measured"
        )
    if torch.cuda.get_device_capability() < CAPABILITY:
        raise UserError(
            f"{torch.cuda.get_device_name()} has no 2:4 kernels; expected compute capability "
            f"{least} or later: nothing was measured"
        )
    return torch.cuda.get_device_name()


def peaks(device: str, given: Sequence[float] | None) -> dict[str, float]:
    """10**12 dense operations per second by precision: as given, else of the data sheet.

    Raises:
        UserError: a peak is not positive, or none is given or known.
    """
    known = [rates for name, rates in PEAK_TERA_OPS.items() if device.startswith(name)]
    if given is None and not known:
        raise UserError(
            f"the peak of {device} is not known here; give --peaks, the 10**12 dense operations "
            f"per second in {' and '.join(PRECISIONS)} that its data sheet states"
        )
    values = given if given is not None else known[0]
    rates: dict[str, float] = dict(zip(PRECISIONS, values, strict=True))
    for precision, rate in rates.items():
        require_rate(**{f"--peaks, {precision}": rate})
    return rates


def _driver() -> str:
    asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    ran = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603
    return ran.stdout.split()[0]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peaks", type=float, nargs=2, metavar=PRECISIONS)
    parser.add_argument("--output", type=Path, default=ROOT / MEASURED)
    arguments = parser.parse_args()
    device = device_or_refuse()
    rates = peaks(device, arguments.peaks)
    settings = FullSizeSettings()
    networks = {
        name: layer_table(
            full_size_network(name, settings, weights=False), settings.shape.form(name).shape
        )
        for name in NETWORKS
    }
    table = pd.DataFrame(measurements(networks, on_gpu, rates)).assign(
        device=device,
        driver=_driver(),
        library=f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}",
        date=datetime.now(UTC).date().isoformat(),
    )
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(arguments.output) as temporary:
        table[list(COLUMNS)].to_csv(
            temporary, index=False, float_format="%.6g", lineterminator="\n"
        )
    print(f"{arguments.output}: {len(table)} rows, of {device}")


if __name__ == "__main__":
    run(main)
