"""Runs of a configuration: (suite, network, scheme), from its lists of blocks."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

CANVASES = "canvases"
"""The suite of the detectors, whose runs are in the section `detection`."""


class Run(NamedTuple):
    """A network of a suite under a scheme."""

    suite: str
    network: str
    scheme: str


def expanded(blocks: Iterable[Mapping[str, Any]]) -> list[Run]:
    """The runs of every block of the configuration, each of its networks on each scheme."""
    return [
        Run(block["suite"], network, scheme)
        for block in blocks
        for network in block["networks"]
        for scheme in block["schemes"]
    ]


def of_papers(blocks: Iterable[Mapping[str, Any]]) -> list[Run]:
    """The runs of the blocks that the papers' own studies take: all but those `compared_only`."""
    return expanded(block for block in blocks if not block.get("compared_only"))


def selected(
    runs: Iterable[Run],
    suites: Iterable[str] | None = None,
    networks: Iterable[str] | None = None,
    schemes: Iterable[str] | None = None,
) -> list[Run]:
    """Runs that match in every part; None matches all."""
    wanted = [None if names is None else set(names) for names in (suites, networks, schemes)]
    return [
        run
        for run in runs
        if all(names is None or part in names for part, names in zip(run, wanted, strict=True))
    ]
