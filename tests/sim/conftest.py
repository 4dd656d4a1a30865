"""Packages that a test installs for its process alone."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that this process finds, and forgets afterwards."""
    from models.compression.schemes import full_size_schemes
    from models.networks import networks
    from models.networks.titles import network_titles
    from sim import configurations
    from sim.plugins import plugins
    from workflow.plan.known_names import known_schemes

    monkeypatch.syspath_prepend(str(tmp_path))
    finders, before = list(sys.meta_path), set(sys.modules)
    caches: list[Any] = [plugins, networks, network_titles, known_schemes, configurations]
    caches.append(full_size_schemes)
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    for cache in caches:
        cache.cache_clear()
    sys.meta_path[:] = finders
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("brought", "sparsebench"):
            del sys.modules[name]
