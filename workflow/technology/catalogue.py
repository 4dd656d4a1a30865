"""What the component tables contain: kinds, sizes, widths and technology nodes."""

NODES_NM = (16, 22, 32, 45, 65)

KIB = 1024


def _kib(*capacities: int) -> tuple[int, ...]:
    return tuple(KIB * capacity for capacity in capacities)


MEMORIES: dict[int, tuple[int, ...]] = {
    8: (128, 192, 256, 512, *_kib(1)),
    16: (128, 256, 448, 512, 1024, 1536, *_kib(2, 4, 8)),
    24: (192, 288, 384, 576),
    32: (256, 512, 1024, 1536, *_kib(2, 4, 8), 8704, *_kib(16, 17, 32)),
    48: _kib(8, 10, 16),
    64: (512, 1024, 1536, *_kib(2, 4, 8, 10, 16, 32, 64, 100, 108, 128, 256, 512, 1024, 2048)),
    80: _kib(8, 10, 16),
    128: _kib(1, 2, 4, 8, 10, 16, 32, 64, 128),
    256: _kib(32, 64, 128, 256, 512, 1024, 1280, 2048, 2560, 4096),
}
"""Capacities in bytes by width of an access in bits: SRAMs of at least 64 words.

CACTI knows no smaller ones. A store of fewer words is a file of registers in this project.
"""

WIDTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64)
"""Bits of adders, registers, comparators and counters."""

MULTIPLIER_WIDTHS = (4, 8, 16)
MAC_WIDTHS = ((8, 20), (8, 24), (8, 32), (16, 24), (16, 32))
"""(operand, sum) bits."""

MULTIPLEXER_WIDTHS = (1, 2, 4, 8, 12, 16, 20, 24, 32)
MULTIPLEXER_INPUTS = (2, 4, 8, 16, 32, 64, 128)

DRAM_KINDS = ("LPDDR4", "DDR3", "HBM2", "HBM3")
