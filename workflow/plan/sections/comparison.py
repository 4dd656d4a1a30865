"""Sections `runs`, `accelerators`, `energy`, `sweeps`, `design_space`: what designs run on."""

import itertools
from dataclasses import dataclass

from sim import UserError, configurations
from sim.components import energy_basis, has_inventory
from workflow.plan.config_errors import ConfigError, require_names
from workflow.plan.known_names import inherited
from workflow.plan.layout import Layout
from workflow.plan.run_checks import check_runs
from workflow.plan.runs import Run, of_papers, selected
from workflow.plan.sections.footing import CommonFooting
from workflow.plan.sections.imagenet import FullSize
from workflow.plan.sweeps import Point, Sweep, sweeps


@dataclass(frozen=True)
class ComparedDesigns:
    """The configured runs, accelerators and sweeps."""

    layout: Layout

    def events(self) -> list[str]:
        """Event files of every compared accelerator on every run of the compared schemes."""
        config = self.layout.config
        runs = self.layout.every_run(schemes=config["compared_schemes"])
        return self.layout.events_of(runs, config["accelerators"])

    def compared_only(self) -> list[str]:
        """Event files of the runs that only the tables of all designs have."""
        papers = set(self.layout.runs())
        runs = [run for run in self.layout.every_run() if run not in papers]
        compared = [run for run in runs if run.scheme in self.layout.config["compared_schemes"]]
        footing = [run for run in CommonFooting(self.layout).every_run() if run in runs]
        return [
            *self.layout.events_of(compared, self.layout.config["accelerators"]),
            *self.layout.of_runs("footing", footing),
        ]

    def nodes(self) -> list[str]:
        """The option that names the technology nodes, in nm."""
        return ["--nodes", *map(str, self.layout.config["technology_nodes_nm"])]

    def prices(self) -> list[str]:
        """The options that name the basis of energy and the kind of DRAM."""
        energy = self.layout.config["energy"]
        return ["--basis", energy["basis"], "--dram", energy["dram"]]

    def check_runs(self) -> None:
        """Every run exists, once."""
        check_runs(self.layout.config, ("runs",), self.layout.config["runs"])

    def check(self) -> None:
        """Every accelerator exists, and every sweep can be built and has runs.

        Raises:
            ConfigError: names the accelerator, the sweep, or what is wrong with a point of it.
        """
        config = self.layout.config
        known = configurations()
        require_names(("accelerators",), "accelerator", config["accelerators"], known)
        require_names(("design_space",), "sweep", config["design_space"], config["sweeps"])
        for name, sweep in sweeps(config).items():
            _check_points(name, sweep)
            if name in config["design_space"] or not inherited(config, "sweeps", name):
                self._check_swept_runs(name, sweep)

    def _check_swept_runs(self, name: str, sweep: Sweep) -> None:
        """Every suite, network and scheme of a sweep is recorded; its seeds change something."""
        recorded = of_papers(self.layout.config["runs"])
        wanted = (sweep.suites, sweep.networks, sweep.schemes)
        parts = zip(*recorded, strict=True)
        for part, names, known in zip(Run._fields, wanted, parts, strict=True):
            place = ("sweeps", name, f"{part}s")
            require_names(place, f"{part} of runs", names or [], set(known))
        runs = selected(recorded, *wanted)
        if not runs:
            raise ConfigError(("sweeps", name), "no run has its suites, networks and schemes")
        full_size = FullSize(self.layout)
        for run in runs if sweep.seeds and len(sweep.seeds) > 1 else []:
            if (reason := full_size.same_under_every_seed(run)) is not None:
                raise ConfigError(("sweeps", name, "seeds"), f"{reason}; leave out seeds")

    def check_prices(self) -> None:
        """No point of a sweep is a design of components larger than any that has a price.

        Asked once, where a run is planned: a job of a cluster would ask again for every point.

        Raises:
            ConfigError: names the sweep, the accelerator, the point and the component.
        """
        energy, nodes_nm = self.layout.config["energy"], self.layout.config["technology_nodes_nm"]
        for name, sweep in sweeps(self.layout.config).items():
            for accelerator, point in itertools.product(sweep.accelerators, sweep.points):
                design = configurations()[accelerator].build(**point)
                try:
                    for node_nm in nodes_nm if has_inventory(design) else []:
                        energy_basis(energy["basis"], design, node_nm, dram=energy["dram"])
                except UserError as error:
                    mistake = f"{accelerator} with {_shown(point)} has no price: {error}"
                    raise ConfigError(("sweeps", name, "parameters"), mistake) from error


def _check_points(name: str, sweep: Sweep) -> None:
    """Every accelerator exists, has every parameter, and can be built at every point."""
    place = ("sweeps", name, "accelerators")
    require_names(place, "accelerator", sweep.accelerators, configurations())
    for accelerator in sweep.accelerators:
        for point in sweep.points:
            try:
                configurations()[accelerator].build(**point)
            except UserError as error:
                raise ConfigError(("sweeps", name, "parameters"), str(error)) from error


def _shown(point: Point) -> str:
    return " ".join(f"{key}={value}" for key, value in point.items())
