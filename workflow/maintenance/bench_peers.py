"""Print what SCALE-Sim takes for AlexNet's convolutions, beside this simulator on the same layers.

SCALE-Sim 3.0.0 runs in an environment of its own, without writing traces, once per dataflow on a
32x32 array; the simulator runs the dense array on random masks of the same layers. Cycles must be
equal layer by layer (SCALE-Sim states the index of the last one), else the exit code is 1. The last
line is a plain bound: counting with AND and population count, output by output, how many products
of the same masks have no zero. Processor seconds and peak memory; SCALE-Sim's are those of a whole
process, the other rows are the work alone, whose peak holds this process and the masks.
"""

import argparse
import csv
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim import Layer, LayerTrace, accelerator, simulate
from sim.declared import data_file
from sim.errors import UserError
from sim.masks.output_counts import count_blocks
from workflow.cli import run
from workflow.maintenance.bench import measured, random_trace

TOPOLOGY = data_file("workflow/studies/trust/data/scalesim/alexnet_tv.csv")
SIDE = 32
"""Rows and columns of the array."""
DATAFLOWS = ("ws", "os", "is")
PEER = """
import sys
from scalesim.scale_sim import scalesim
config, topology, output = sys.argv[1:]
peer = scalesim(True, False, config, topology, topology)
peer.run_scale(output)
"""
CONFIG = """
[general]
run_name = run
[architecture_presets]
ArrayHeight = {side}
ArrayWidth = {side}
ifmapsramszkB = 1024
filtersramszkB = 1024
ofmapsramszkB = 1024
IfmapOffset = 0
FilterOffset = 10000000
OfmapOffset = 20000000
Dataflow = {dataflow}
ReadRequestBuffer = 64
WriteRequestBuffer = 64
[layout]
IfmapCustomLayout = False
FilterCustomLayout = False
IfmapSRAMBankBandwidth = 10
IfmapSRAMBankNum = 10
IfmapSRAMBankPort = 2
FilterSRAMBankBandwidth = 10
FilterSRAMBankNum = 10
FilterSRAMBankPort = 2
[sparsity]
SparsitySupport = false
[run_presets]
InterfaceBandwidth = CALC
UseRamulatorTrace = False
"""
"""Without stalls, as in the counts that the tables of trust hold."""


@dataclass(frozen=True)
class PeerCost:
    """What some work took."""

    what: str
    cpu_s: float
    peak_mb: float

    def line(self, times: float) -> str:
        """The cost, and how many times as long as ours it is."""
        return f"{self.what:42} {self.cpu_s:10.3f} {self.peak_mb:8.0f} {times:9,.0f} "


def process_cost(what: str, command: Sequence[str], folder: Path) -> PeerCost:
    """Run a command in a folder.

    Raises:
        UserError: it failed; carries the last line that it wrote.
    """
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=file)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)  # the usage of this child alone
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise UserError(f"{what} failed: {last or 'it wrote nothing'}")
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
    return PeerCost(what, usage.ru_utime + usage.ru_stime, kilobytes * 1024 / 1e6)


def peer_run(python: Path, dataflow: str, topology: Path) -> tuple[PeerCost, list[int]]:
    """SCALE-Sim's cost and its cycles, layer by layer."""
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        (temporary / "config").write_text(CONFIG.format(side=SIDE, dataflow=dataflow))
        program = python.absolute()  # not resolved: a link is what makes it the environment's own
        command = [str(program), "-c", PEER, "config", str(topology.resolve()), "output"]
        cost = process_cost(f"SCALE-Sim 3.0.0, {dataflow}", command, temporary)
        return cost, peer_cycles((temporary / "output" / "run" / "COMPUTE_REPORT.csv").read_text())


def peer_cycles(report: str) -> list[int]:
    """Cycles of each layer by SCALE-Sim's report, which states the index of the last one."""
    rows = csv.DictReader(report.splitlines(), skipinitialspace=True)
    return [int(row["Total Cycles"]) + 1 for row in rows]


def layers_of(topology: Path) -> list[Layer]:
    """The convolutions of a topology of SCALE-Sim, whose inputs hold their padding."""
    rows = csv.DictReader(topology.read_text().splitlines(), skipinitialspace=True)
    return [
        Layer.conv(
            row["Layer name"],
            in_channels=int(row["Channels"]),
            out_channels=int(row["Num Filter"]),
            kernel=(int(row["Filter Height"]), int(row["Filter Width"])),
            stride=int(row["Strides"]),
            input_size=(int(row["IFMAP Height"]), int(row["IFMAP Width"])),
        )
        for row in rows
    ]


def simulated(dataflow: str, traces: Sequence[LayerTrace]) -> tuple[PeerCost, list[int]]:
    """What the dense array takes on the masks, and its cycles layer by layer."""
    array = accelerator("sa", rows=SIDE, columns=SIDE, dataflow=dataflow)
    cycles: list[int] = []

    def work(trace: LayerTrace) -> None:
        cycles.append(simulate(trace, array).cycles)

    _, cpu_s, peak_mb = measured(work, traces)
    return PeerCost(f"this simulator, {dataflow}", cpu_s, peak_mb), cycles


def counted(layers: Sequence[Layer]) -> PeerCost:
    """What a plain count of every product takes on the masks."""

    def work(trace: LayerTrace) -> None:
        for block in count_blocks(trace):
            block.counts.sum()

    _, cpu_s, peak_mb = measured(work, [random_trace(layer, 1) for layer in layers])
    return PeerCost("every output by AND and population count", cpu_s, peak_mb)


def machine() -> str:
    """The machine in words: its processor, as far as the system says, and its versions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return (
        f"{name}, {os.cpu_count()} cores; {platform.system()}, Python {platform.python_version()}"
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True, help="that has scalesim 3.0.0")
    parser.add_argument("--dataflows", nargs="+", default=["ws"], choices=DATAFLOWS)
    parser.add_argument("--topology", type=Path, default=TOPOLOGY)
    arguments = parser.parse_args()
    print(machine())
    print(f"{'':42} {'cpu_s':>10} {'peak_mb':>8} {'times':>9}  cycles")
    layers, differ = layers_of(arguments.topology), []
    for dataflow in arguments.dataflows:
        peer, expected = peer_run(arguments.python, dataflow, arguments.topology)
        cost, cycles = simulated(dataflow, [random_trace(layer, 1) for layer in layers])
        print(peer.line(peer.cpu_s / cost.cpu_s), f"{sum(expected):,}", flush=True)
        print(cost.line(1), f"{sum(cycles):,}", flush=True)
        if cycles != expected:
            differ.append(dataflow)
    bound = counted(layers)
    print(bound.line(bound.cpu_s / cost.cpu_s))
    if differ:
        print(f"cycles are not SCALE-Sim's: {', '.join(differ)}", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    run(main)
