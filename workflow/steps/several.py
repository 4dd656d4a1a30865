"""What steps share that make several files after one another in one job."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sim.errors import UserError


def one_each(
    option: str, paths: Sequence[Path], made_of: Sequence[object], what: str
) -> list[Path]:
    """The files of an option, one for each thing that the step is given.

    Raises:
        UserError: there are more or fewer; `what` says of which things.
    """
    if len(paths) != len(made_of):
        raise UserError(
            f"--{option} names {len(paths)} files for {len(made_of)} {what}; expected one for each"
        )
    return list(paths)


@contextmanager
def named(doing: str, what: str) -> Iterator[None]:
    """Say what is being worked on, for the log of a job that is killed, and name it in an error.

    Raises:
        UserError: that of the work, which names it.
    """
    print(f"{doing} {what}", file=sys.stderr)
    try:
        yield
    except UserError as error:
        if what not in str(error):
            error.args = (f"{what}: {error}",)  # the same error, for it tells a plug-in's defect
        raise


def tracing(what: str, schemes: Sequence[str]) -> AbstractContextManager[None]:
    """Name what is traced where it is one of several schemes; else the name of the log tells."""
    return named("tracing", what) if len(schemes) > 1 else nullcontext()
