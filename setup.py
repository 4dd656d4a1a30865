"""Build hook: the wheel holds `sim` and `models` inside one package of the project's own name.

In the checkout the two are top-level folders, where a reader and the workflow expect them.
Installed, nothing may be called `sim` or `models` at the top of site-packages, so the copies that
go into the wheel import each other as `sparsebench.sim` and `sparsebench.models`. What
`import sparsebench` gives is models/door. Everything else of the package is in pyproject.toml.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

PARTS = ("sim", "models")
IMPORT = re.compile(r"^(\s*(?:>>> )?(?:from|import) )(sim|models)(?=[. ])", re.MULTILINE)
PACKAGES = find_packages(include=[f"{part}*" for part in PARTS])


class BuildUnderOneName(build_py):
    """Copies the sources, then rewrites what they import."""

    def run(self) -> None:
        """Copy, then rewrite the copies; the checkout stays as it is."""
        super().run()
        package = Path(self.build_lib) / "sparsebench"
        for path in package.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            path.write_text(IMPORT.sub(r"\1sparsebench.\2", text), encoding="utf-8")
        (package / "py.typed").touch()


setup(
    packages=["sparsebench", *(f"sparsebench.{name}" for name in PACKAGES)],
    package_dir={"sparsebench": "models/door"} | {f"sparsebench.{part}": part for part in PARTS},
    package_data={f"sparsebench.{part}": ["**/*"] for part in PARTS},
    exclude_package_data={"": ["*.pyc", "__pycache__/*"]},
    cmdclass={"build_py": BuildUnderOneName},
)
