"""What each kind of rule depends on besides its inputs: code, data beside it, locked packages."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.footing import footing
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
        return code_digest(self.root, *modules, pins=pins)

    def simulation(self, accelerator: str) -> str:
        """Digest for running one accelerator: its folder and the simulator, not other folders."""
        return self.accelerators([configuration(accelerator).folder], "workflow.steps.simulate")

    def footing(self, module: str = "workflow.steps.footing", pins: Iterable[str] = NUMPY) -> str:
        """Digest of a step that runs all designs of the footing."""
        folders = sorted({configuration(name).folder for name in footing().designs})
        return self.accelerators(folders, module, pins)

    def accelerators(self, folders: Iterable[str], module: str, pins: Iterable[str] = NUMPY) -> str:
        """Digest of a step that runs the accelerators of some folders by their names."""
        names = list(folders)
        configured = [self.root / f"sim/accelerators/{name}/configs.yaml" for name in names]
        return code_digest(
            self.root,
            module,
            *(f"sim.accelerators.{name}.model" for name in names),
            files=configured,
            pins=pins,
        )
