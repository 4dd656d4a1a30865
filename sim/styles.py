"""Title, colour and marker of each design: the same in every figure.

Titles are those of configs.yaml. Colours and markers stand beside it in style.yaml, which only
figures read: configs.yaml counts for every simulated result, so that a change of colour there would
simulate everything again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.declared import data_file, data_files
from sim.documents import checked_yaml
from sim.errors import UserError
from sim.plugins import plugins
from sim.registry import configurations
from sim.validation import unknown

SCHEMA = data_file("sim/schemas/style.schema.json")


@dataclass(frozen=True)
class DesignStyle:
    """How figures draw one design."""

    colour: str
    marker: str

    @property
    def points(self) -> dict[str, Any]:
        """Arguments of `Axes.plot`."""
        return {"color": self.colour, "marker": self.marker}


UNSTYLED = DesignStyle("#303030", "o")
"""Of a design without an entry, e.g. of one that is being written."""


@cache
def design_styles() -> Mapping[str, DesignStyle]:
    """The style of each configuration that has one, by name.

    Raises:
        UserError: a style.yaml breaks the schema, or styles a configuration of another folder.
    """
    styles: dict[str, DesignStyle] = {}
    brought = [plugin.folder / "style.yaml" for plugin in plugins("accelerators")]
    paths = [*data_files("sim/accelerators/*/style.yaml"), *filter(Path.is_file, brought)]
    for path in paths:
        folder = [
            name for name, known in configurations().items() if known.folder == path.parent.name
        ]
        for name, entry in checked_yaml(path, SCHEMA).items():
            if name not in folder:
                raise unknown(f"configuration in {path}:", name, folder)
            styles[name] = DesignStyle(**entry)
    taken: dict[DesignStyle, str] = {}
    for name, style in styles.items():
        if style in taken:
            raise UserError(
                f"style of {name!r}: colour {style.colour} with marker {style.marker!r} is that of "
                f"{taken[style]!r}; every design needs a pair of its own"
            )
        taken[style] = name
    return styles


def design_style(name: str) -> DesignStyle:
    """Style of one design."""
    return design_styles().get(name, UNSTYLED)
