"""A package that brings an accelerator, a network and a scheme, as an installer leaves it."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = '''
from dataclasses import dataclass

from sparsebench import Cause, Events, LayerTrace
from sparsebench.sim.masks.totals import effectual_macs


@dataclass(frozen=True)
class Serial:
    """Every nonzero product takes a cycle of the only multiplier."""

    multipliers: int

    def simulate(self, trace: LayerTrace) -> Events:
        macs = int(effectual_macs(trace).sum())
        return Events(macs, trace.dense_macs, macs, 1, {Cause.EDGE: 0})
'''
CONFIGS = """
serial:
  model: Serial
  title: serial
  description: One multiplier that skips every zero
  parameters:
    multipliers: {value: 1, unit: multipliers, status: assumed, source: "the least", sweep: [1, 2]}
"""
NETWORKS = """
from torch import nn

from sparsebench.models.networks.network import Network
from sparsebench.models.networks.variant import Variant


def build(variant: Variant) -> nn.Module:
    size = variant.in_channels * variant.input_size**2
    return nn.Sequential(nn.Flatten(), nn.Linear(size, variant.num_classes))


NETWORKS = [Network(place=900, name="perceptron", title="perceptron", build=build)]
"""
SCHEME = """
from dataclasses import dataclass

from sparsebench.models.compression.scheme import Samples, Scheme


@dataclass(frozen=True, kw_only=True)
class Nothing(Scheme):
    def prune(self, network, samples: Samples) -> None: ...


SCHEME = Nothing
"""
ENTRIES = {
    "accelerators": "brought = brought.serial",
    "networks": "more = brought.networks",
    "schemes": "nothing = brought.nothing",
}


def installed(folder: Path, **entries: str) -> Path:
    """A package `brought` as an installer leaves it, with these entry points by their group."""
    files = {
        "brought/__init__.py": "from sparsebench import Events\n",
        "brought/shared.py": "FACTOR = 1\n",
        "brought/serial/__init__.py": "",
        "brought/serial/model.py": MODEL,
        "brought/serial/configs.yaml": CONFIGS,
        "brought/networks.py": NETWORKS,
        "brought/nothing.py": SCHEME,
        "brought-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n",
        "brought-1.0.dist-info/entry_points.txt": "".join(
            f"[sparsebench.{group}]\n{entry}\n" for group, entry in entries.items()
        ),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def run(folder: Path, code: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def printed(folder: Path, code: str) -> object:
    done = run(folder, code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
