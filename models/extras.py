"""Optional packages that run networks: one that is missing is a line that says what to install."""

from contextlib import AbstractContextManager

from sim.extras import extra


def networks_extra(purpose: str) -> AbstractContextManager[None]:
    """Import what runs modules of PyTorch within this; otherwise as `sim.extras.extra`."""
    return extra("networks", purpose)


def onnx_extra(purpose: str) -> AbstractContextManager[None]:
    """Import what reads and runs ONNX files within this; otherwise as `sim.extras.extra`."""
    return extra("onnx", purpose)
