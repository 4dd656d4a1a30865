"""Make the two programs inside the library's wheels start on this system.

CACTI and NeuroSim come as programs linked against a recent C library (glibc 2.38), with their
sources beside them. Where a program does not start it is compiled from these sources in place.
"""

import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path


def package(name: str) -> Path:
    """Folder of an installed package, which is not imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed; build the environment with `make technology`")
    return Path(spec.submodule_search_locations[0])


def starts(program: Path) -> bool:
    """Whether the dynamic linker has all that the program asks for."""
    linked = subprocess.run(  # noqa: S603
        ["ldd", str(program)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return linked.returncode == 0 and "not found" not in linked.stdout + linked.stderr


def compiled(sources: tuple[Path, ...], target: str, made: str, program: Path) -> None:
    """Compile copies of the sources (later folders overwrite earlier ones) into `program`."""
    with tempfile.TemporaryDirectory() as folder:
        for source in sources:
            shutil.copytree(source, folder, dirs_exist_ok=True)
        for stale in Path(folder).glob("obj_*"):
            shutil.rmtree(stale)
        (Path(folder) / made).unlink(missing_ok=True)
        subprocess.run(["make", "-C", folder, target], check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607
        shutil.copy2(Path(folder) / made, program)


def main() -> None:
    """Compile what does not start."""
    cacti = package("hwcomponents_cacti") / "cacti"
    if not starts(cacti / "cacti"):
        compiled((cacti,), "opt", "cacti", cacti / "cacti")
    neurosim = package("hwcomponents_neurosim")
    if not starts(neurosim / "NeuroSim" / "main"):
        original = neurosim / "DNN_NeuroSim_V1.3" / "Inference_pytorch" / "NeuroSIM"
        compiled((original, neurosim / "drop_in"), "all", "main", neurosim / "NeuroSim" / "main")


if __name__ == "__main__":
    main()
