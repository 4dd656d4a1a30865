"""Optional packages: what is missing becomes one line that says how to install it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sim.errors import UserError


@contextmanager
def networks_extra(purpose: str) -> Iterator[None]:
    """Import what runs networks within this.

    Args:
        purpose: what needs it, the subject of the message.

    Raises:
        UserError: PyTorch, or what reads pictures, is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing in {"sim", "models", "sparsebench"}:
            raise
        raise UserError(
            f"{purpose} needs {missing}, which is not installed: "
            "pip install 'sparsebench[networks]'"
        ) from error
