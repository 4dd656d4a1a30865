"""Which designs a comparison runs: by name, by files that describe them, or all at one size."""

import logging
from collections.abc import Iterable, Mapping

from sim.accelerator import Accelerator
from sim.components.cells import Library
from sim.described import SUFFIXES, TEMPLATE, described_accelerators
from sim.errors import UserError
from sim.footing import footing
from sim.registry import accelerator, configurations
from sim.sizes import whole

LOGGER = logging.getLogger(__name__)


def warn_of_left_out(refused: Mapping[str, str]) -> None:
    """A line of the log for each design that a comparison leaves out, with the reason."""
    for name, reason in refused.items():
        LOGGER.warning("%s is left out of the comparison: %s", name, reason)


def designs_to_run(
    accelerators: Iterable[str] | Mapping[str, Accelerator] | None, node_nm: int, at: int | None
) -> tuple[dict[str, Accelerator], dict[str, str]]:
    """The designs that `compare` runs, by name, and why it does not run others.

    Args:
        accelerators: names, files, or designs by name, as `sim.comparison.compare` takes them.
        node_nm: technology node of the energies, nm.
        at: multipliers to bring every design to; None = as their papers have them.

    Raises:
        UserError: unknown accelerator, node or size, or no accelerator.
    """
    refused: dict[str, str] = {}
    designs = _designs(accelerators) if at is None else _equal(accelerators, at, refused)
    Library(whole("node_nm", node_nm, 1))  # which knows the nodes
    return designs, refused


def _designs(
    accelerators: Iterable[str] | Mapping[str, Accelerator] | None,
) -> dict[str, Accelerator]:
    if isinstance(accelerators, Mapping):
        designs = dict(accelerators)
        for name, design in designs.items():
            if not isinstance(design, Accelerator) or isinstance(design, type):
                kind = type(design).__name__
                raise UserError(f"compare() takes accelerators by name; {name!r} is of type {kind}")
    elif not (accelerators is None or _are_names(accelerators)):
        kind = type(accelerators).__name__
        raise UserError(f"compare() takes names of accelerators second, not {kind}")
    else:
        all_designs = [name for name in configurations() if name != TEMPLATE]
        names = all_designs if accelerators is None else accelerators
        designs = _named([names] if isinstance(names, str) else names)
    if not designs:
        raise UserError("compare() got no accelerator; leave the list out to take all")
    return designs


def _are_names(given: object) -> bool:
    """Whether it can be gone through; an array of no dimension says so and cannot."""
    return isinstance(given, Iterable) and getattr(given, "shape", None) != ()


def _named(names: Iterable[str]) -> dict[str, Accelerator]:
    designs: dict[str, Accelerator] = {}
    for name in names:
        if isinstance(name, str) and name.lower().endswith(SUFFIXES):
            described = described_accelerators(name)
            for other in described.keys() & designs.keys():
                raise UserError(f"{name}: {other!r} is described by an earlier file too; rename it")
            designs |= described
        else:
            designs[name] = accelerator(name)
    return designs


def _equal(
    accelerators: Iterable[str] | Mapping[str, Accelerator] | None, at: int, refused: dict[str, str]
) -> dict[str, Accelerator]:
    """The designs with so many multipliers; why a design has no such size goes into `refused`."""
    common = footing()
    if at not in common.multipliers:
        sizes = " or ".join(map(str, common.multipliers))
        raise UserError(f"compare(at={at!r}): the common footing has {sizes} multipliers")
    if isinstance(accelerators, Mapping):
        raise UserError("compare(at=...) takes designs by name; yours have the size you gave them")
    names = list(_designs(accelerators))
    for name in names:
        if name not in common.designs:
            refused[name] = "has no size on the common footing (sim/footing/designs.yaml)"
    size = common.multipliers.index(at)
    return {name: common.designs[name].build(size) for name in names if name not in refused}
