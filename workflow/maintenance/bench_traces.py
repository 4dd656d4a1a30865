"""Time and peak memory of making full-size traces, and whether they repeat bit by bit.

Each network's trace is made twice by the step that the pipeline runs, once per kind of modelled
activations; the row shows the run that took longer, start-up included. Limits: 60 processor seconds
and 3 GB. Another content the second time, or a row over its limit, makes the exit code 1.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from models.imagenet.settings_by_job import MaskSource
from models.networks import networks
from sim.errors import UserError
from sim.validation import unknown
from workflow.cli import run
from workflow.maintenance.bench import HEADER, Timing

LIMIT_S, LIMIT_MB = 60.0, 3000.0
SCHEME = "magnitude"
"""The scheme whose masks cost most."""


def trace_row(network: str, source: str, output: Path, options: dict[str, object]) -> Timing:
    """Make one trace in a process of its own and measure it.

    Raises:
        UserError: the step failed; carries its message.
    """
    command = [sys.executable, "-m", "workflow.steps.imagenet_trace"]
    command += ["--network", network, "--scheme", SCHEME, "--output", str(output)]
    command += ["--settings", json.dumps(options | {"activation_masks": source})]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
    message = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)  # the usage of this child alone
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode:
        raise UserError(f"trace of {network}: {message.strip()}")
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
    cpu = usage.ru_utime + usage.ru_stime
    peak_mb = kilobytes * 1024 / 1e6
    return Timing(
        what=f"trace ({source})",
        network=network,
        wall_s=wall,
        cpu_s=cpu,
        peak_mb=peak_mb,
        limit_s=LIMIT_S,
        limit_mb=LIMIT_MB,
    )


def rows(networks: Sequence[str], options: dict[str, object]) -> Iterator[tuple[Timing, bool]]:
    """The slower of two runs for every network and source, and whether both wrote one content."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("first", "second")]
        for network in networks:
            for source in get_args(MaskSource):
                both = [trace_row(network, source, path, options) for path in paths]
                same = paths[0].read_bytes() == paths[1].read_bytes()
                yield max(both, key=lambda row: row.cpu_s), same


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=list(networks()))
    parser.add_argument("--settings", default="{}", help="JSON object (models.imagenet.settings)")
    arguments = parser.parse_args()
    for name in arguments.networks:
        if name not in networks():
            raise unknown("network", name, networks())
    print(HEADER)
    failures = 0
    for row, same in rows(arguments.networks, json.loads(arguments.settings)):
        print(row, "" if same else " DIFFERS", flush=True)
        failures += not (row.within and same)
    if failures:
        print(f"{failures} rows over their limit or not repeatable", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    run(main)
