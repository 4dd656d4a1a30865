"""Every step writes under a temporary name, and reads results only if they are what was written."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITERS = {"to_csv", "to_json", "write_text", "write_bytes", "savefig", "save_file"}
FOLDERS = ["workflow/studies", "workflow/tabling", "workflow/drawing"]
ALLOWED = {  # functions that take the temporary name from their caller, as they say
    ("models/pretrained/archives.py", "stand_in.write_text"),  # in a temporary folder
    ("models/pretrained/archives.py", "requirements.write_text"),
    ("models/pretrained/fetch.py", "file.write_bytes"),
    ("models/datasets/files.py", "path.write_bytes"),
    ("models/datasets/detection_files.py", "path.write_bytes"),
    ("workflow/maintenance/bench.py", "Path('/proc/self/clear_refs').write_text"),
}

MADE_ANEW = {"workflow/site/hooks.py", "workflow/site/run_examples.py"}
"""Modules that write over files which their own command makes anew each time."""


def calls(folders: list[str], names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """File and call of every method or function of a module with one of these names."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in names:
                    yield path.relative_to(ROOT).as_posix(), node


def test_all_writers_write_to_a_temporary_name() -> None:
    writes = list(calls(["sim", "models", "workflow"], WRITERS))
    assert len(writes) > 10
    for path, call in writes:
        assert isinstance(call.func, ast.Attribute)
        target = call.args[0] if call.func.attr in {"to_csv", "savefig"} else call.func.value
        allowed = (path, ast.unparse(call.func)) in ALLOWED or path in MADE_ANEW
        assert allowed or ast.unparse(target).startswith("temporary"), f"{path}:{call.lineno}"


def test_all_readers_of_results_check_them() -> None:
    for path, call in calls(FOLDERS, {"read_csv", "read_text"}):
        if path.endswith("cluster_model_table.py"):  # Snakemake's own files have no seal
            continue
        said = ast.unparse(call)
        # What the repository holds itself carries no seal.
        assert "intact(" in said or "DATA" in said, f"{path}:{call.lineno}"
