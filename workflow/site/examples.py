"""The scripts of examples/, with what they print and draw."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from sim.declared import ROOT
from workflow.site.results import picture

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Example:
    """A script of examples/ with what it prints and draws.

    Attributes:
        path: of the script.
    """

    path: Path

    @property
    def title(self) -> str:
        """First line of its docstring, without the full stop."""
        docstring = ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""
        return docstring.partition("\n")[0].rstrip(".")

    @property
    def printed(self) -> Path:
        """File of what the example printed."""
        return self.path.parent / "output" / f"{self.path.stem}.txt"

    @property
    def drawn(self) -> Path:
        """File of what the example drew."""
        return self.printed.with_suffix(".svg")

    def text(self) -> str:
        """Section of the page of examples about this script."""
        source = self.path.read_text(encoding="utf-8").strip()
        shown = (
            f"## {self.title}\n\n`examples/{self.path.name}`\n\n```python\n{source}\n```\n\n"
            f"It prints\n\n```text\n{self.printed.read_text(encoding='utf-8').rstrip()}\n```\n\n"
        )
        if self.drawn.is_file():
            address = f"figures/example_{self.path.stem}.svg"
            shown += picture(
                address, alt=f"What the example draws: {self.title}", text=self.title + "."
            )
        return shown


def examples() -> list[Example]:
    """All scripts of examples/, in the order of their names."""
    return [Example(path) for path in sorted(EXAMPLES.glob("[0-9a-z]*.py"))]


def toy_class() -> str:
    """The accelerator that an example defines, as a block of code with what it imports."""
    source = (EXAMPLES / "write_an_accelerator.py").read_text(encoding="utf-8")
    code = source.partition("# --- the accelerator\n")[2].partition("# --- end")[0].strip()
    used = set(re.findall(r"\w+", code))
    imports = [line for line in source.splitlines() if _imported(line) & used]
    return "\n".join(["```python", *imports, "", "", code, "```"])


def _imported(line: str) -> set[str]:
    """The names that a line of code imports."""
    if not line.startswith(("import ", "from ")):
        return set()
    return {name.split(" as ")[-1].strip() for name in line.partition("import ")[2].split(",")}
