"""Optional packages: what is missing becomes one line that says how to install it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sim.errors import UserError


def networks_extra(purpose: str) -> AbstractContextManager[None]:
    """Import what runs modules of PyTorch within this; otherwise as `_extra`."""
    return _extra("networks", purpose)


def onnx_extra(purpose: str) -> AbstractContextManager[None]:
    """Import what reads and runs ONNX files within this; otherwise as `_extra`."""
    return _extra("onnx", purpose)


@contextmanager
def _extra(name: str, purpose: str) -> Iterator[None]:
    """Say what to install if a package is missing.

    Args:
        name: of the extra that holds it.
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
            f"{purpose} needs {missing}, which is not installed: pip install 'sparsebench[{name}]'"
        ) from error
