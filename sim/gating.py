"""Clock gating: an element that is stopped costs a fraction of one that works."""


def clocked(working: int, total: int, residual: float) -> float:
    """Equivalent number of working element-cycles among `total`, of which `working` work.

    Args:
        working: element-cycles with a running clock.
        total: all element-cycles.
        residual: energy of a stopped element relative to a working one, 0 to 1.
    """
    return working + (total - working) * residual
