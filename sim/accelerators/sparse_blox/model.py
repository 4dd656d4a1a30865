"""Sparse-Blox: arrays that skip zero blocks of the im2col matrix, and the same without (README)."""

from sim.accelerators.sparse_blox.systolic_array import BlockSkippingSystolicArray, SystolicArray
from sim.accelerators.sparse_blox.vector_unit import BlockSkippingVectorUnit, VectorUnit

__all__ = ["BlockSkippingSystolicArray", "BlockSkippingVectorUnit", "SystolicArray", "VectorUnit"]
