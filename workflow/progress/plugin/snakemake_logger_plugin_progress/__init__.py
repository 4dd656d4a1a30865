"""Where Snakemake finds the logger: a package of this name on the path makes it `--logger progress`.

The folder stands on the path for the Makefile's calls alone (PYTHONPATH).
"""

from workflow.progress.handler import LogHandler

__all__ = ["LogHandler"]
