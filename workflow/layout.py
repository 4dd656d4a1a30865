"""Where the pipeline keeps each file, and what each rule depends on besides its inputs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.imagenet import IMAGENET
from sim.registry import configuration
from workflow.dependencies import code_digest
from workflow.footing import footing
from workflow.runs import Run, expanded, selected
from workflow.sweeps import PointFolder, Sweep, seed_of, seeding, sweeps

STUDIES = Path(__file__).parent / "studies"
NUMPY = ("numpy", "pandas")
TORCH = ("torch", "numpy", "scikit-learn")
SECTIONS = {
    "s2ta": "S2TA",
    "phantom": "Phantom-2D",
    "blox": "Sparse-Blox",
    "sparse_blox": "Sparse-Blox",
    "spex": "Sparse-Blox",
    "detection": "Sparse-Blox",
    "sense": "Sense",
    "hass": "HASS",
    "claims": "Claims",
    "footing": "Equal footing",
    "losses": "Equal footing",
    "roofline": "Equal footing",
    "sensitivity": "Sensitivity",
    "zeros": "Sensitivity",
}
"""Section of the report by how a figure's name begins; what is of no paper is of all."""
FIGURE = ("matplotlib", "seaborn", *NUMPY)
TECHNOLOGY = ("sim/technology/*.yaml",)
"""Read, besides code, by whatever computes energy."""


@dataclass(frozen=True)
class Layout:
    """Paths and dependencies of one configuration.

    Attributes:
        config: the validated configuration.
        root: the checkout.
        tables: names of the tables that `all` makes; rule files add to it.
        figures: figure name -> names of the tables it is drawn from; likewise.
        pictures: figures that are not drawn from tables alone, as files; likewise.
        claims: module that evaluates claims -> names of the tables it reads; likewise.
    """

    config: Mapping[str, Any]
    root: Path
    tables: list[str] = field(default_factory=list)
    figures: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    claims: dict[str, list[str]] = field(default_factory=dict)

    @property
    def results(self) -> str:
        """Folder of everything that is made."""
        return str(self.config["results_dir"])

    def table(self, name: str) -> str:
        """File of a table."""
        return f"{self.results}/tables/{name}.csv"

    def targets(self) -> list[str]:
        """All tables and figures."""
        figures = [
            f"{self.results}/figures/{name}.{kind}"
            for name in self.figures
            for kind in ("svg", "png")
        ]
        page = f"{self.results}/tables.html"
        return [self.table(name) for name in self.tables] + figures + self.pictures + [page]

    def section(self, name: str) -> str:
        """Section of the report that a figure belongs to: its paper's, or everybody's."""
        titles = (title for prefix, title in SECTIONS.items() if name.startswith(prefix))
        return next(titles, "All accelerators")

    def runs(
        self,
        suites: Iterable[str] | None = None,
        networks: Iterable[str] | None = None,
        schemes: Iterable[str] | None = None,
    ) -> list[Run]:
        """(suite, network, scheme) of every configured run that matches; None matches all."""
        return selected(expanded(self.config["runs"]), suites, networks, schemes)

    def traces(self, **selection: Iterable[str]) -> list[str]:
        """Trace files of the selected runs."""
        return [
            f"{self.results}/traces/{s}/{n}/{c}.safetensors" for s, n, c in self.runs(**selection)
        ]

    def metrics(self) -> list[str]:
        """Metrics files of every run that is trained here."""
        return [
            f"{self.results}/networks/{suite}/{network}/{scheme}.json"
            for suite, network, scheme in self.runs(suites=self.config["training"])
        ]

    def events(
        self, accelerators: Iterable[str], kind: str = "events", **selection: Iterable[str]
    ) -> list[str]:
        """Event files (or `kind` = "sweeps") of some accelerators on the selected runs."""
        names = list(accelerators)
        return [
            f"{self.results}/{kind}/{suite}/{network}/{scheme}/{name}.csv"
            for suite, network, scheme in self.runs(**selection)
            for name in names
        ]

    def footing_runs(self) -> list[Run]:
        """Those of the runs on which all designs are compared on one footing."""
        wanted = set(expanded(self.config.get("footing_runs", [])))
        return [run for run in self.runs() if run in wanted]

    def sensitivity_runs(self) -> list[Run]:
        """Those of the runs on which every swept parameter of every design is varied."""
        wanted = set(expanded(self.config.get("sensitivity_runs", [])))
        meant = {design.scheme for design in footing().designs.values()}
        return [run for run in self.runs(schemes=meant) if run in wanted]

    def zeros_runs(self) -> list[Run]:
        """Those of them whose zeros are modelled, if the settings of such zeros are varied."""
        modelled = [run for run in self.sensitivity_runs() if run[0] == IMAGENET]
        return modelled if self.config.get("zeros") else []

    def footing_files(self) -> list[str]:
        """Event files of all designs on one footing, one for each run."""
        return [f"{self.results}/footing/{s}/{n}/{c}.csv" for s, n, c in self.footing_runs()]

    def configured_files(self) -> list[str]:
        """Event files of the same designs as configured, on the same runs, where there are any."""
        return [
            f"{self.results}/events/{suite}/{network}/{scheme}/{name}.csv"
            for suite, network, scheme in self.footing_runs()
            if scheme in self.config["compared_schemes"]
            for name in self.config["accelerators"]
            if name in footing().designs
        ]

    def configured_with_footing(self, scheme: str) -> list[str]:
        """Designs without event files of their own: one job runs them as configured as well."""
        if scheme not in self.config["compared_schemes"]:
            return []
        return [name for name in footing().designs if name not in self.config["accelerators"]]

    def paired(
        self,
        scheme_of: Mapping[str, str],
        kind: str = "events",
        suites: Iterable[str] | None = None,
    ) -> list[str]:
        """Event files of accelerators that each run on a scheme of their own."""
        return [
            f"{self.results}/{kind}/{suite}/{network}/{scheme}/{name}.csv"
            for name, own in scheme_of.items()
            for suite, network, scheme in self.runs(suites, schemes=[own])
        ]

    def swept(self, accelerators: Iterable[str], **selection: Iterable[str]) -> list[str]:
        """Event files, with the sweeps in them for the suites that are swept."""
        names = list(accelerators)
        return [
            f"{self.results}/{kind}/{suite}/{network}/{scheme}/{name}.csv"
            for suite, network, scheme in self.runs(**selection)
            for kind in ["sweeps" if suite in self.config["sweep_suites"] else "events"]
            for name in names
        ]

    @property
    def sweeps(self) -> dict[str, Sweep]:
        """The configured sweeps by name."""
        return sweeps(self.config)

    def point_folders(self, names: Iterable[str]) -> list[PointFolder]:
        """Every (sweep, run, seed, accelerator): each folder holds one file per chunk."""
        return [
            PointFolder(
                f"{name}/{suite}{seeding(seed, self.config['seed'])}"
                f"/{network}/{scheme}/{accelerator}",
                name,
                seed,
                own.chunks(self.config["points_per_job"]),
            )
            for name in names
            for own in [self.sweeps[name]]
            for accelerator in own.accelerators
            for suite, network, scheme in self.runs(own.suites, own.networks, own.schemes)
            for seed in (own.seeds if own.seeds is not None else [self.config["seed"]])
        ]

    def plan(self, names: Iterable[str]) -> str:
        """The folders of some sweeps as JSON, for the table that reads them."""
        return json.dumps([asdict(folder) for folder in self.point_folders(names)])

    def points(self, names: Iterable[str]) -> list[str]:
        """Event files of all points of some sweeps."""
        root = f"{self.results}/points"
        return [path for own in self.point_folders(names) for path in own.files(root, "csv")]

    def point_benchmarks(self, names: Iterable[str]) -> list[str]:
        """What Snakemake measured of the jobs of some sweeps."""
        root = f"{self.results}/benchmarks/points"
        return [path for own in self.point_folders(names) for path in own.files(root, "tsv")]

    def chunk(self, sweep: str, index: str) -> str:
        """The points of one job, as JSON."""
        return self.sweeps[sweep].chunk(int(index), self.config["points_per_job"])

    def code(self, *modules: str, data: Iterable[str] = (), pins: Iterable[str] = NUMPY) -> str:
        """Digest for a rule that runs these modules: changes when what they run changes."""
        return code_digest(self.root, *modules, data=data, pins=pins)

    def simulation_code(self, accelerator: str) -> str:
        """Digest for running one accelerator: its folder and the simulator, not other folders."""
        folder = configuration(accelerator).folder
        return self.code(
            "workflow.steps.simulate",
            f"sim.accelerators.{folder}.model",
            data=[f"sim/accelerators/{folder}/configs.yaml", "sim/schemas/*.json"],
        )

    def footing_code(
        self, module: str = "workflow.steps.footing", pins: Iterable[str] = NUMPY
    ) -> str:
        """Digest of a step that runs all designs of the footing."""
        folders = sorted({configuration(name).folder for name in footing().designs})
        return self.code(
            module,
            *(f"sim.accelerators.{folder}.model" for folder in folders),
            data=[
                "workflow/footing/designs.yaml",
                "workflow/schemas/footing.schema.json",
                "sim/schemas/*.json",
                *(f"sim/accelerators/{folder}/configs.yaml" for folder in folders),
            ],
            pins=pins,
        )

    def seed(self, seeding: str) -> int:
        """The seed that the end of a suite's folder stands for."""
        return seed_of(seeding, self.config["seed"])


def figure_module(name: str) -> str:
    """The module of workflow/studies that draws a figure: `<study>_<part>`, or the part alone."""
    drawings = [*STUDIES.glob(f"{name}/{name}_figure.py"), *sorted(STUDIES.glob("*/*_figure.py"))]
    drawing = next(
        path
        for path in drawings
        if name in {path.stem.removesuffix("_figure"), f"{path.parent.name}_{path.stem}"[:-7]}
    )
    return f"workflow.studies.{drawing.parent.name}.{drawing.stem}"


def as_json(values: Mapping[str, Any]) -> str:
    """JSON with sorted keys: equal settings give equal rule parameters."""
    return json.dumps(values, sort_keys=True)


def for_network(section: Mapping[str, Any], network: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values of a section for all networks, and those that its `networks` replace for one."""
    common = dict(section)
    return common, common.pop("networks", {}).get(network, {})
