"""Runs a step of the pipeline and lets it die, or wait, just before its first output gets its name.

Stands in for `python` on the PATH of the jobs. FAULT is `<what> <module> <marker>`: steps of other
modules run as usual, and so does everything once the marker exists.
"""

import os
import runpy
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """`inject.py -m <module> <arguments>`."""
    module = sys.argv[2]
    what, target, marker = os.environ["FAULT"].split()
    if module == target and not Path(marker).exists():
        _arm(what, Path(marker))
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _arm(what: str, marker: Path) -> None:
    replace = Path.replace

    def fault(self: Path, target: Path) -> Path:
        if not marker.exists():
            whole = self.read_bytes()
            self.write_bytes(whole[: len(whole) // 2])
            marker.touch()
            if what == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            while not marker.with_suffix(".go").exists():
                time.sleep(0.02)
            self.write_bytes(whole)
        return replace(self, target)

    Path.replace = fault  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    main()
