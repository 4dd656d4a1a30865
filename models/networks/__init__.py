"""The CNNs, one definition each with width and input size as parameters, found by folder.

A module of this folder that has `NETWORKS` (records of class Network) adds them, and so does one
that an installed package brings (sim/plugins.py); nothing else lists them. Nothing of PyTorch is
imported before a network is asked for: `models.networks.titles` is for figures, which need no more
than a title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim.errors import UserError
from sim.plugins import Plugin, plugins
from sim.validation import unknown

if TYPE_CHECKING:
    from torch import nn

    from models.networks.network import Network

LOADS_ITS_FOLDER = True
"""For code digests: whoever imports this package depends on every module of the folder."""


@cache
def networks() -> Mapping[str, Network]:
    """All networks by name, in the order in which lists and figures have them.

    Raises:
        UserError: two files give a network the same name, or a plug-in brings none.
    """
    modules = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    records: list[Network] = [
        record for module in modules for record in getattr(module, "NETWORKS", ())
    ]
    records += [record for plugin in plugins("networks") for record in _brought(plugin)]
    by_name = {record.name: record for record in sorted(records, key=lambda r: (r.place, r.name))}
    if len(by_name) < len(records):
        names = [record.name for record in records]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UserError(f"models/networks and plug-ins define {', '.join(twice)} twice; rename one")
    return MappingProxyType(by_name)


def _brought(plugin: Plugin) -> Sequence[Network]:
    from models.networks.network import Network

    records: Sequence[Network] = getattr(plugin.load(), "NETWORKS", ())
    if not (isinstance(records, list | tuple) and records):
        raise plugin.refused(f"{plugin.module} has no list NETWORKS with a network in it")
    for record in records:
        if not isinstance(record, Network):
            kind = type(record).__name__
            raise plugin.refused(f"NETWORKS of {plugin.module} holds {kind}; expected Network(...)")
    return records


def network_record(name: str) -> Network:
    """The record of a network.

    Raises:
        UserError: no such network.
    """
    if name not in networks():
        raise unknown("network", name, networks())
    return networks()[name]


def build(
    name: str,
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    width: float = 1.0,
    input_size: int = 224,
    batch_norm: bool | None = None,
) -> nn.Module:
    """A freshly initialised network; weights are drawn from torch's global generator.

    At width 1 and 224 pixels the state dict has torchvision's keys and shapes, where torchvision
    has the network. Every activation function is a module of its own that runs once.

    Raises:
        UserError: no such network, or a value is out of range (see Variant).
    """
    record = network_record(name)
    # Here, because importing PyTorch takes seconds and titles need none of it.
    from models.networks.variant import Variant, initialise

    module = record.build(Variant(num_classes, in_channels, width, input_size, batch_norm))
    initialise(module)
    return module
