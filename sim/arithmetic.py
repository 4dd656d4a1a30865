"""Whole-number arithmetic that all models share."""


def ceil_div(dividend: int, divisor: int) -> int:
    """Divide two whole numbers and round up."""
    return -(-dividend // divisor)
