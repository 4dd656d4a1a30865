"""Cycle, traffic and energy models of sparse CNN accelerators in NumPy; never imports torch."""

from sim.accelerator import Accelerator, simulate
from sim.causes import Cause
from sim.energy import Technology, technology
from sim.errors import UserError
from sim.events import Access, Events
from sim.forms import conv1d, conv_transpose, matmul
from sim.layer import Layer
from sim.masks.block_map import BlockMap
from sim.network_trace import NetworkTrace, Provenance, TracedLayer
from sim.registry import accelerator, configurations
from sim.trace import LayerTrace
from sim.trace_file import read_trace, write_trace

__all__ = [
    "Accelerator",
    "Access",
    "BlockMap",
    "Cause",
    "Events",
    "Layer",
    "LayerTrace",
    "NetworkTrace",
    "Provenance",
    "Technology",
    "TracedLayer",
    "UserError",
    "accelerator",
    "configurations",
    "conv1d",
    "conv_transpose",
    "matmul",
    "read_trace",
    "simulate",
    "technology",
    "write_trace",
]
