"""Intermediates are cut short or changed after they were written; the disk is full."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import Run

pytestmark = pytest.mark.slow

INTERMEDIATES = [
    ("networks/digits/lenet5/dbb.safetensors", "traces/digits/lenet5/dbb.safetensors"),
    ("networks/digits/lenet5/dbb.json", "tables/accuracy.csv"),
    ("traces/digits/lenet5/dbb.safetensors", "events/digits/lenet5/dbb/sa.csv"),
    ("events/digits/lenet5/dbb/sa.csv", "tables/networks.csv"),
    ("points/rows/digits-seed1/lenet5/dbb/sa/1.csv", "tables/design_space.csv"),
    ("tables/accuracy.csv", "figures/accuracy.png"),
]


def cut(content: bytes) -> bytes:
    """Without the last lines of a table, or the second half of anything else."""
    lines = content.splitlines(keepends=True)
    return b"".join(lines[:-1]) if content.isascii() and len(lines) > 2 else content[:-100]


def change(content: bytes) -> bytes:
    """Another digit, or another bit in the last bytes."""
    place = max(content.rfind(digit) for digit in b"12345678") if content.isascii() else -10
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("damage", [cut, change])
def test_damaged_intermediates_are_refused_by_name(
    done: Run, damage: Callable[[bytes], bytes]
) -> None:
    results = done.folder / "results"
    for intermediate, made_from_it in INTERMEDIATES:
        path, product = results / intermediate, results / made_from_it
        beside = [file for file in product.parent.iterdir() if file.is_file()]  # made by one job
        kept = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in (path, *beside)}
        path.write_bytes(damage(kept[path][0]))
        product.unlink()
        code, said = done.finish("--until", _rule(made_from_it))
        assert code != 0, intermediate
        assert f"error: results/{intermediate}: " in said
        assert "delete" in said or "make it again" in said
        assert not product.exists()
        for file, (content, time_ns) in kept.items():
            file.write_bytes(content)
            os.utime(file, ns=(time_ns, time_ns))
    for intermediate, _ in INTERMEDIATES:
        (results / intermediate).unlink()
    done.remove("tables/*.csv", "figures/*")
    done.assert_as_clean(*done.finish())


def _rule(output: str) -> str:
    name = Path(output).stem
    stages = {
        "traces": "trace_digits_lenet5",
        "events": f"simulate_digits_{name}",
        "figures": f"figure_{name}",
    }
    return stages.get(output.split("/")[0], f"{name}_table")


@pytest.fixture
def small_disk(done: Run) -> Iterator[Path]:
    """The results on a disk of their own, of which hardly anything is free."""
    results = done.folder / "results"
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    kept = results.with_name("kept")
    results.rename(kept)
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(results)]
    if subprocess.run(mount, capture_output=True).returncode != 0:  # noqa: S603  # our own
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", str(results)], check=True)  # noqa: S603, S607
        yield results
        subprocess.run(["cp", "-a", f"{results}/.", str(kept)], check=True)  # noqa: S603, S607
    finally:
        subprocess.run(["umount", "--lazy", str(results)], check=True)  # noqa: S603, S607


def test_a_full_disk_is_said_and_the_next_run_goes_on(done: Run, small_disk: Path) -> None:
    done.remove("events/**/*.csv", "traces/**/*.safetensors", "tables/*.csv", "figures/*")
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        file.write(bytes(free - 8192))
    code, said = done.finish()
    assert code != 0
    assert "No space left on device" in said
    assert not list(small_disk.glob("traces/digits/lenet5/*.safetensors"))
    ballast.unlink()
    done.assert_as_clean(*done.finish())
