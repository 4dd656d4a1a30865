"""The package name by which Snakemake finds the logger, as `--logger progress`.

The folder stands on the path for the Makefile's calls alone (PYTHONPATH).
"""

from workflow.progress.handler import LogHandler

__all__ = ["LogHandler"]
