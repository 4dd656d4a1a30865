"""Traces of any `nn.Module`, from the products that PyTorch really runs."""

from models.dispatched.network import record_any

__all__ = ["record_any"]
