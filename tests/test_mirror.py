"""Tests mirror the source, so that whoever reads a module knows where its tests are."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
MIRRORED = ("sim", "models", "workflow")
"""Top-level folders whose tests mirror them."""
ACROSS = {
    "tests/models/compression/schemes/test_one_file.py": "a scheme in one more file",
    "tests/models/compression/test_quantization_against_onnxruntime.py": "INT8 against an oracle",
    "tests/models/imagenet/test_pictures_fuzz.py": "damaged and strange picture files",
    "tests/models/imagenet/test_user_checkpoints_fuzz.py": "damaged files of weights",
    "tests/models/networks/test_full_size.py": "every network at its published size",
    "tests/models/networks/test_graphs.py": "every network as trained here",
    "tests/models/test_module_forms.py": "modules exported, compiled, in parallel, lazy",
    "tests/models/test_mirror.py": "the test file of every module",
    "tests/sim/test_door_fuzz.py": "strange arguments of the Python door",
    "tests/sim/test_full_size.py": "layers of full size through every accelerator",
    "tests/sim/test_imports.py": "what no module may import",
    "tests/sim/test_invariants.py": "what holds of every accelerator",
    "tests/sim/test_invariants_of_dram.py": "what every accelerator moves over DRAM",
    "tests/sim/test_plugins_refused.py": "plug-ins that cannot be used",
    "tests/sim/test_trace_file_damage.py": "traces cut short, changed or at odds with themselves",
    "tests/sim/test_trace_file_fuzz.py": "traces with something strange in them",
    "tests/workflow/faults/test_cancel.py": "a run that is cancelled",
    "tests/workflow/faults/test_damage.py": "files that were damaged after a run",
    "tests/workflow/faults/test_fine_tuning.py": "a training on a user's pictures that is killed",
    "tests/workflow/faults/test_kills.py": "steps that are killed",
    "tests/workflow/plan/test_config_fuzz.py": "configurations with something strange in them",
    "tests/workflow/plan/test_config_mistakes.py": "configurations with one mistake",
    "tests/workflow/test_events_fuzz.py": "event tables with something wrong in them",
    "tests/workflow/studies/test_figures.py": "what every figure keeps to on a page",
    "tests/workflow/studies/test_one_folder.py": "an accelerator in two more folders",
    "tests/workflow/test_containers.py": "the files that build images",
    "tests/workflow/test_data.py": "which products read which data file",
    "tests/workflow/test_environment.py": "the locked packages",
    "tests/workflow/test_kubernetes.py": "the profile of a Kubernetes cluster",
    "tests/workflow/test_slurm.py": "the profile of a SLURM cluster",
    "tests/workflow/test_slurm_nodes.py": "a SLURM cluster that loses a node",
    "tests/workflow/test_snakefile.py": "the pipeline as a user starts it",
    "tests/workflow/test_titles.py": "how figures call networks and accelerators",
    "tests/workflow/test_whole_files.py": "how every step reads and writes files",
}
"""Tests of no module in particular, with what they are about."""
UNTESTED = ("workflow/technology/",)
"""Where modules run programs that only `make technology` installs."""
TRIVIAL_LINES = 25
"""Modules up to this length may go untested on their own."""


def _mirrored(pattern: str, top: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / top).rglob(pattern))


def test_every_test_has_a_module_or_package_of_its_name() -> None:
    tests = [path for top in MIRRORED for path in _mirrored("test_*.py", f"tests/{top}")]
    sources = {
        test: ROOT / test.relative_to("tests").with_name(test.stem.removeprefix("test_"))
        for test in tests
        if test.as_posix() not in ACROSS
    }
    alone = [
        test.as_posix()
        for test, source in sources.items()
        if not (source.with_suffix(".py").is_file() or source.is_dir())
    ]
    assert alone == [], "no source"


def test_every_module_is_tested_in_its_place() -> None:
    """Has a test of its name; a part of a package may be tested through the package."""
    modules = [path for top in MIRRORED for path in _mirrored("*.py", top)]
    assert [path.as_posix() for path in modules if not _is_tested(path)] == []


def _is_tested(module: Path) -> bool:
    if len((ROOT / module).read_text().splitlines()) <= TRIVIAL_LINES:
        return True
    if module.as_posix().startswith(UNTESTED):
        return True
    source = module.parent if module.name == "__init__.py" else module.with_suffix("")
    test = "tests" / source.with_name(f"test_{source.name}.py")
    packages = [folder for folder in (source, *source.parents) if len(folder.parts) > 1]
    folders = packages or [source]  # a top-level folder is tested by all tests in its mirror
    return (ROOT / test).is_file() or any(
        any((ROOT / "tests" / folder).glob("test_*.py")) for folder in folders
    )


def test_what_is_listed_as_of_no_module_exists() -> None:
    assert [test for test in ACROSS if not (ROOT / test).is_file()] == []
