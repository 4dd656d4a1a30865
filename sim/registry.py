"""Finds accelerator configurations by name in sim/accelerators/*/configs.yaml and in plug-ins.

A folder is added without touching this file: `configs.yaml` names, for each configuration, a title,
the class in `model.py` and the value of each of its fields. A variant names its `base` and states
what differs (sim/variants.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.accelerator import Accelerator
from sim.declared import ROOT, data_file, data_files
from sim.documents import checked_yaml
from sim.errors import UserError
from sim.plugin_errors import raised_by_plugin
from sim.plugins import import_part, plugins, use_one_name
from sim.setting_types import NAMES
from sim.validation import described, unknown
from sim.variants import with_bases

ACCELERATORS = ROOT / "sim" / "accelerators"
"""Every configs.yaml below is read; whose values a caller uses is the caller's to declare."""
SCHEMA = data_file("sim/schemas/configs.schema.json")

Value = int | float | str | bool
LARGEST_VALUE = 2**31
"""A whole number that no parameter reaches, and whose products with a layer's sizes are exact."""


@dataclass(frozen=True)
class Parameter:
    """One hardware parameter with where its value comes from.

    `status` is "published", "derived" (arithmetic on published values) or "assumed"; assumed
    parameters carry the values that the sensitivity tables sweep.
    """

    value: Value
    unit: str
    status: Literal["published", "derived", "assumed"]
    source: str
    sweep: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Configuration:
    """A named set of parameters for one model class.

    Attributes:
        name: what `accelerator` takes.
        package: dotted name of the package that holds its model and configs.yaml.
        model: the class.
        title: how figures and tables write it.
        description: a sentence on what it is.
        parameters: by field of the class.
    """

    name: str
    package: str
    model: str
    title: str
    description: str
    parameters: Mapping[str, Parameter]

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return self.package.rpartition(".")[2]

    def build(self, **overrides: Value) -> Accelerator:
        """The accelerator, with some parameters overridden.

        Raises:
            UserError: an override names no parameter, or has another type or an impossible value.
        """
        values = {name: parameter.value for name, parameter in self.parameters.items()}
        for name, value in overrides.items():
            if name not in values:
                raise unknown(f"parameter of accelerator {self.name!r}:", name, values)
            values[name] = self._converted(name, value, values[name])
        kind = self._model_class()
        names = {field.name for field in fields(kind)}
        if names != set(values):
            raise UserError(
                f"accelerator {self.name!r}: {self.folder}/configs.yaml and the fields of "
                f"{self.model} differ in {', '.join(sorted(names ^ set(values)))}"
            )
        try:
            instance: Accelerator = kind(**values)
        except UserError as error:
            raise UserError(f"accelerator {self.name!r}: {error}") from error
        except (
            Exception,
            SystemExit,
        ) as error:  # of a plug-in's class
            brought = raised_by_plugin(error, f"accelerator {self.name!r}")
            if brought is None:
                raise
            raise brought from error
        return instance

    def _model_class(self) -> Any:
        try:
            kind = getattr(import_part(f"{self.package}.model"), self.model)
        except (ImportError, AttributeError) as error:
            raise UserError(f"accelerator {self.name!r}: {error}") from error
        if not (isinstance(kind, type) and is_dataclass(kind)):
            raise UserError(
                f"accelerator {self.name!r}: {self.model} of {self.package}.model is no dataclass; "
                "its fields are the hardware parameters"
            )
        return kind

    def _converted(self, name: str, value: Any, like: Value) -> Value:
        """A value as Python's, of the type of the configured one; NumPy's numbers will do."""
        plain: Value = value.item() if isinstance(value, np.generic) else value
        whole = isinstance(plain, int) and not isinstance(plain, bool)
        if whole and abs(plain) > LARGEST_VALUE:  # type: ignore[arg-type]  # whole
            raise UserError(
                f"accelerator {self.name!r}: {name} is {described(plain)}; "
                f"expected at most {LARGEST_VALUE}"
            )
        if isinstance(like, float) and whole:
            return float(plain)
        if type(plain) is not type(like):
            raise UserError(
                f"accelerator {self.name!r}: {name} is {described(value)} "
                f"({type(value).__name__}); expected {NAMES[type(like)]} like {like!r}"
            )
        return plain


def _read(path: Path, package: str) -> dict[str, Configuration]:
    entries = with_bases(checked_yaml(path, SCHEMA), path)
    return {name: _configuration(name, package, entry) for name, entry in entries.items()}


def _configuration(name: str, package: str, entry: Mapping[str, Any]) -> Configuration:
    parameters = {
        key: Parameter(
            value["value"],
            value["unit"],
            value["status"],
            value["source"],
            tuple(value.get("sweep", ())),
        )
        for key, value in entry["parameters"].items()
    }
    return Configuration(
        name=name,
        package=package,
        model=entry["model"],
        title=entry["title"],
        description=entry["description"],
        parameters=parameters,
    )


def _packages() -> Iterator[tuple[Path, str]]:
    """Every configs.yaml with the package that it lies in: the project's own, then plug-ins'."""
    for path in sorted(ACCELERATORS.glob("*/configs.yaml")):
        yield path, f"{__package__}.accelerators.{path.parent.name}"
    for plugin in plugins("accelerators"):
        use_one_name()
        yield plugin.folder / "configs.yaml", plugin.module


@cache
def configurations() -> Mapping[str, Configuration]:
    """All configurations by name: in the order of folders and files, then those of plug-ins.

    Raises:
        UserError: a configs.yaml is missing or breaks the schema, or two use the same name.
    """
    by_name: dict[str, Configuration] = {}
    for path, package in _packages():
        for name, configuration in _read(path, package).items():
            if name in by_name:
                raise UserError(f"{path}: {name!r} exists already in {by_name[name].folder}/")
            by_name[name] = configuration
    return by_name


def configuration(name: str) -> Configuration:
    """One configuration by name; UserError lists what there is."""
    if not isinstance(name, str) or name not in configurations():
        raise unknown("accelerator", name, configurations())
    return configurations()[name]


@cache
def design_title(name: str) -> str:
    """How figures and pages write a design: its title, or the name that you gave to your own."""
    data_files("sim/accelerators/*/configs.yaml")
    entry = configurations().get(name)
    return name if entry is None else entry.title


def accelerator(name: str, **overrides: Value) -> Accelerator:
    """The accelerator of that name, e.g. `accelerator("sa", rows=32, dataflow="ws")`."""
    return configuration(name).build(**overrides)
