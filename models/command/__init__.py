"""The command `sparsebench`: designs, networks and comparisons without Snakemake.

Listing designs and comparing a stored trace need no PyTorch; what runs a network imports it then.
The package installs with four dependencies (pyproject.toml), so that argparse and sixty lines of
tables (text_table.py) stand where Typer and Rich would be.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from models.command import claims_verb, listing, running
from sim.plugin_errors import users_mistake

EXIT_USER_ERROR = 2
"""What the command ends with when the user can mend it; argparse's own choice too."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; what a user can mend is one line on stderr."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parsed = parser().parse_args(arguments)
    try:
        parsed.run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:  # `sparsebench list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except (Exception, SystemExit) as error:
        mistake = users_mistake(error)
        if mistake is None:
            raise
        print(f"error: {mistake}", file=sys.stderr)
        return EXIT_USER_ERROR
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line; every verb sets `run`, a function of the parsed arguments."""
    top = argparse.ArgumentParser(prog="sparsebench", description=__doc__.splitlines()[0])
    verbs = top.add_subparsers(title="what to do", required=True, metavar="VERB")
    listing.add_to(verbs)
    running.add_to(verbs)
    claims_verb.add_to(verbs)
    return top
