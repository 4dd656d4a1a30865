"""Sections `runs`, `accelerators`, `sweeps` and `design_space`: what every design runs on."""

from dataclasses import dataclass

from models.imagenet import IMAGENET
from sim import UserError, configurations
from sim.validation import unknown
from workflow.plan.layout import Layout
from workflow.plan.run_checks import check_runs
from workflow.plan.runs import PARTS, expanded, selected
from workflow.plan.sweeps import Sweep, sweeps


@dataclass(frozen=True)
class ComparedDesigns:
    """The configured runs, accelerators and sweeps."""

    layout: Layout

    def events(self) -> list[str]:
        """Event files of every compared accelerator on every run of the compared schemes."""
        config = self.layout.config
        return self.layout.events(config["accelerators"], schemes=config["compared_schemes"])

    def nodes(self) -> list[str]:
        """The option that names the technology nodes, in nm."""
        return ["--nodes", *map(str, self.layout.config["technology_nodes_nm"])]

    def check_runs(self) -> None:
        """Every run exists, once."""
        check_runs(self.layout.config, "runs", self.layout.config["runs"])

    def check(self) -> None:
        """Every accelerator exists, and every sweep can be built and has runs.

        Raises:
            UserError: names the accelerator, the sweep, or what is wrong with a point of it.
        """
        config = self.layout.config
        for name in config["accelerators"]:
            if name not in configurations():
                raise unknown("accelerator in config:", name, configurations())
        for name, sweep in sweeps(config).items():
            _check_points(name, sweep)
        for name in config["design_space"]:
            if name not in config["sweeps"]:
                raise unknown("sweep in design_space:", name, config["sweeps"])
            self._check_swept_runs(name, sweeps(config)[name])

    def _check_swept_runs(self, name: str, sweep: Sweep) -> None:
        """Every suite, network and scheme of a sweep is recorded; its seeds change something."""
        recorded = expanded(self.layout.config["runs"])
        wanted = (sweep.suites, sweep.networks, sweep.schemes)
        for part, names, known in zip(PARTS, wanted, zip(*recorded, strict=True), strict=True):
            for value in names or []:
                if value not in known:
                    where = f"{part} in sweeps.{name} (none of runs has it):"
                    raise unknown(where, value, set(known))
        runs = selected(recorded, *wanted)
        if not runs:
            raise UserError(f"config: sweeps.{name}: no run has its suites, networks and schemes")
        settings = self.layout.config["imagenet"]["networks"]
        for suite, network, _ in runs if sweep.seeds and len(sweep.seeds) > 1 else []:
            if suite == IMAGENET and settings.get(network, {}).get("checkpoint"):
                raise UserError(
                    f"config: sweeps.{name}: {network} has a checkpoint, so its zeros are "
                    "measured and every seed gives the same; leave out seeds"
                )


def _check_points(name: str, sweep: Sweep) -> None:
    """Every accelerator exists, has every parameter, and can be built at every point."""
    for accelerator in sweep.accelerators:
        if accelerator not in configurations():
            raise unknown(f"accelerator in sweeps.{name}:", accelerator, configurations())
        for point in sweep.points:
            try:
                configurations()[accelerator].build(**point)
            except UserError as error:
                raise UserError(f"config: sweeps.{name}: {error}") from error
