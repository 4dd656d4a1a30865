"""What each kind of rule depends on besides its inputs: code, data beside it, locked packages."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.footing import footing
from sim.plugins import Kind, plugin_files, plugins
from sim.registry import configuration
from workflow.dependencies import code_digest

NUMPY = ("numpy", "pandas")
TORCH = ("torch", "numpy", "scikit-learn")
FIGURE = ("matplotlib", "seaborn", *NUMPY)


@dataclass(frozen=True)
class Digests:
    """Digests over one checkout.

    Attributes:
        root: the checkout.
    """

    root: Path

    def code(self, *modules: str, pins: Iterable[str] = NUMPY) -> str:
        """Digest for a rule that runs these modules: changes when what they run changes."""
        pins = tuple(pins)
        return code_digest(self.root, *modules, files=_brought(pins), pins=pins)

    def simulation(self, accelerator: str) -> str:
        """Digest for running one accelerator: its folder and the simulator, not other folders."""
        return self.accelerators([configuration(accelerator).package], "workflow.steps.simulate")

    def footing(self, module: str = "workflow.steps.footing", pins: Iterable[str] = NUMPY) -> str:
        """Digest of a step that runs all designs of the footing."""
        packages = sorted({configuration(name).package for name in footing().designs})
        return self.accelerators(packages, module, pins)

    def accelerators(
        self, packages: Iterable[str], module: str, pins: Iterable[str] = NUMPY
    ) -> str:
        """Digest of a step that runs the accelerators of some packages by their names."""
        pins = tuple(pins)
        files = _brought(pins)
        models: list[str] = []
        brought = {plugin.module: plugin.files for plugin in plugins("accelerators")}
        for package in packages:
            if package in brought:
                files += brought[package]
            else:
                files.append(self.root.joinpath(*package.split("."), "configs.yaml"))
                models.append(f"{package}.model")
        return code_digest(self.root, module, *models, files=files, pins=pins)


def _brought(pins: tuple[str, ...]) -> list[Path]:
    """Files of plug-ins that a rule may run by name: with PyTorch, networks and schemes."""
    kinds: list[Kind] = ["networks", "schemes"]
    return plugin_files(kinds if "torch" in pins else [])
