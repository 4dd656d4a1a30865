"""Optional packages: what is missing becomes one line that says how to install it."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from sim.declared import ROOT
from sim.errors import UserError


@contextmanager
def extra(name: str, purpose: str) -> Iterator[None]:
    """Say what to install if a package that is imported within this is missing.

    Args:
        name: of the extra of this project that holds it.
        purpose: what needs it, the subject of the message.

    Raises:
        UserError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing in {"sim", "models", "sparsebench"}:
            raise
        raise UserError(
            f"{purpose} needs {missing}, which is not installed: {install_command(name)}"
        ) from error


def install_command(extra_name: str) -> str:
    """What installs the project with an extra; no package index holds it, a checkout does."""
    if (ROOT / "pyproject.toml").is_file():
        return f"pip install {shlex.quote(f'{ROOT}[{extra_name}]')}"
    return f"pip install '.[{extra_name}]' in the project's checkout"
