"""Section `pretrained`: trained networks of package indexes, as far as they were fetched."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.imagenet.image_folders import file_digest, folder_digest
from sim.validation import described
from workflow.plan.config_errors import ConfigError
from workflow.plan.layout import Layout, as_json, for_network
from workflow.plan.runs import Run, selected

SUITE = "pretrained"
PICTURES = ("labelled", "unlabelled")
"""Folders of photographs that every network needs."""


@dataclass(frozen=True)
class Pretrained:
    """The runs of the suite; a network that was not fetched has none."""

    layout: Layout

    def check(self) -> None:
        """The folder can be one.

        Raises:
            ConfigError: its name is none that paths and commands take as it stands, or is a file's.
        """
        name = self.layout.config["pretrained"]["folder"]
        place = ("pretrained", "folder")
        if not name.isprintable() or {"{", "}"} & set(name) or name.startswith("~"):
            raise ConfigError(
                place,
                f"is {described(name)}; expected the path of a folder without control characters, "
                "braces or a leading ~",
            )
        if self.folder.is_file():
            raise ConfigError(place, f"is {described(name)}, a file; expected a folder")

    @property
    def _section(self) -> dict[str, Any]:
        section: dict[str, Any] = self.layout.config["pretrained"]
        return section

    @property
    def folder(self) -> Path:
        """Where `python -m models.pretrained.fetch` puts its files."""
        return Path(self._section["folder"])

    def inputs_digest(self, network: str) -> str:
        """Which state the weights and pictures are in, for a rule's parameters."""
        pictures = [folder_digest(self.folder / name) for name in PICTURES]
        return " ".join([file_digest(Path(self.checkpoint(network))), *pictures])

    def checkpoint(self, network: str) -> str:
        """File of a network's weights."""
        return str(self.folder / f"{network}.safetensors")

    def inputs(self, network: str) -> list[str]:
        """All that a network's traces are made from."""
        return [self.checkpoint(network), *(str(self.folder / name) for name in PICTURES)]

    @property
    def configured(self) -> list[str]:
        """The networks asked for, whether they are there or not; without a scheme none is."""
        section = self._section
        return list(section["networks"]) if section["schemes"] else []

    def _there(self, network: str) -> bool:
        return all(Path(path).exists() for path in self.inputs(network))

    @property
    def networks(self) -> list[str]:
        """The configured networks that are there."""
        return [name for name in self.configured if self._there(name)]

    @property
    def absent(self) -> list[str]:
        """The configured networks that are not there."""
        return [name for name in self.configured if not self._there(name)]

    def missing(self) -> str | None:
        """One line that names the configured networks that are not there; None = all are."""
        names = self.absent
        if not names:
            return None
        return (
            f"suite {SUITE}: {', '.join(names)} left out, not in {self.folder}; fetch them with "
            f"python -m models.pretrained.fetch --folder {shlex.quote(str(self.folder))}"
        )

    def runs(
        self, schemes: Iterable[str] | None = None, networks: Iterable[str] | None = None
    ) -> list[Run]:
        """(suite, network, scheme) of everything that is traced and matches; None matches all."""
        configured = self._section["schemes"]
        traced = [Run(SUITE, network, scheme) for network in self.networks for scheme in configured]
        return selected(traced, networks=networks, schemes=schemes)

    def events(self) -> list[str]:
        """Event files of all accelerators on the runs of the compared schemes."""
        config = self.layout.config
        return [
            f"{self.layout.results}/events/{suite}/{network}/{scheme}/{name}.csv"
            for suite, network, scheme in self.runs()
            if scheme in config["compared_schemes"]
            for name in config["accelerators"]
        ]

    def curve_runs(self) -> list[Run]:
        """(suite, network, scheme) of each curve of agreement against density."""
        return self._judged_runs(self._section["curves"], "schemes")

    def budget_runs(self) -> list[Run]:
        """(suite, network, method) of everything that is pruned within budgets of agreement."""
        return self._judged_runs(self._section["budgets"], "methods")

    def _judged_runs(self, section: dict[str, Any], each: str) -> list[Run]:
        networks = [name for name in section["networks"] if name in self.networks]
        return [Run(SUITE, name, of) for name in networks for of in section[each]]

    def judging(self, kind: str, scheme: str) -> list[str]:
        """Modules of a job that judges a network: the step, and a curve's scheme."""
        step = f"workflow.studies.pretrained.{kind}_step"
        return [step, f"models.compression.schemes.{scheme}"] if kind == "curves" else [step]

    def axes(self, kind: str, scheme: str) -> str:
        """What such a job varies, as JSON: settings of a curve's scheme, or the budgets' points."""
        section = self._section[kind]
        return as_json(
            {"points": section["points"]} if "points" in section else section["schemes"][scheme]
        )

    def settings(self, network: str) -> dict[str, Any]:
        """Settings of a network's traces."""
        section = self._section
        common, special = for_network(
            {"networks": section["networks"], **section["settings"]}, network
        )
        pictures, more = (str(self.folder / name) for name in PICTURES)
        fixed = {
            "seed": self.layout.config["seed"],
            "checkpoint": self.checkpoint(network),
            "image_folder": pictures,
            "more_pictures": more,
        }
        return {**fixed, **common, **special}
