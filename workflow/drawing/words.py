"""Plain words for what tables call by identifiers: suites, schemes, layers, parameters, values.

Schemes and parameters have no title of their own where they are defined, for the text of those
files counts for every result; what is missing here is written with blanks for underscores.
"""

import re
from collections.abc import Iterable

from workflow.drawing.shared import ordered

SUITES = {
    "digits": ("digits, 32x32", "trained here"),
    "shapes": ("shapes, 32x32", "trained here"),
    "fashion_mnist": ("Fashion-MNIST, 28x28", "trained here"),
    "mnist": ("MNIST, 28x28", "trained here"),
    "canvases": ("canvases, 96x96", "trained here"),
    "imagenet": ("ImageNet size, 224x224", "modelled zeros"),
    "pretrained": ("pretrained networks", "measured zeros"),
}
SCHEMES = {
    "dense": "unpruned",
    "dbb": "density-bound blocks",
    "magnitude": "magnitude pruning",
    "balanced": "balanced kernels",
    "unbalanced": "unbalanced, same nonzeros",
    "blockwise": "zero blocks made",
    "thresholds": "thresholds",
    "two_four": "2 of 4 weights",
    "two_eight": "2 of 8 weights",
}
PARAMETERS = {
    "accumulators": "accumulators",
    "batch": "images at once",
    "dram_bytes_per_cycle": "DRAM, bytes per cycle",
    "dram_gbytes_per_s": "DRAM, GB/s",
    "dram_mbytes_per_s": "DRAM, MB/s",
    "dram_overlap": "DRAM time hidden",
    "fold_overlap": "folds overlap",
    "im2col_source": "im2col made from",
    "inter_core": "balance between cores",
    "intra_core": "PE columns of a core",
    "buffer_bytes_per_cycle": "buffer, bytes per cycle",
    "depthwise_skips_zero_activations": "depthwise skips zeros",
    "energy of crossbar_product": "energy of the crossbar",
    "energy of mac_int16": "energy of 16-bit MACs",
    "energy of mac_int8": "energy of 8-bit MACs",
    "energy of register_bit": "energy of registers",
    "energy of sparten_inner_join": "energy of the inner join",
    "energy of sram_108kib": "energy of 108 KiB SRAM",
    "energy of sram_2mib": "energy of 2 MiB SRAM",
    "exchange_values_per_cycle": "exchange, values per cycle",
    "gate_operands": "registers are gated",
    "gating_residual": "energy of gated elements",
    "max_activation_nonzeros": "most nonzero activations",
    "most_removed": "most weights removed",
    "positions_per_filter_chunk": "positions per filter chunk",
    "tpe_filters": "filters per tensor PE",
    "tpe_pixels": "pixels per tensor PE",
    "lookahead": "look-ahead, entries",
    "skip_empty_slices": "empty slices skipped",
    "sync_interval": "channels between barriers",
    "tile": "side of a tile, pixels",
    "value_bits": "bits per value",
    "operand_bits": "bits per operand",
}
"""Where blanks for underscores, with the unit last, would not say it."""
UNITS = {
    "kib": "KiB",
    "bits": "bits",
    "bytes": "bytes",
    "cycles": "cycles",
    "mhz": "MHz",
    "bytes_per_cycle": "bytes per cycle",
}
CAPITALS = {
    "dram": "DRAM",
    "pe": "PE",
    "pes": "PEs",
    "ram": "RAM",
    "fifo": "FIFO",
    "mac": "MAC",
    "macs": "MACs",
}
VALUES = {
    "False": "no",
    "True": "yes",
    "inf": "no limit",
    "dram": "DRAM",
    "blocked_in_order": "blocks, in order",
    "blocked_out_of_order": "blocks, out of order",
}


def suite_label(name: str, lines: bool = False) -> str:
    """How a suite is written over a panel, in one line or in two."""
    return ("\n" if lines else ", ").join(SUITES.get(name, (name.replace("_", " "),)))


def scheme_label(name: str) -> str:
    """How a compression scheme is written."""
    return SCHEMES.get(name, name.replace("_", " "))


def ordered_schemes(names: Iterable[str]) -> list[str]:
    """The names in the project's order, unknown ones last."""
    return ordered(names, SCHEMES)


def parameter_label(name: str) -> str:
    """How a parameter is written: with blanks, its unit behind a comma."""
    if name in PARAMETERS:
        return PARAMETERS[name]
    for ending, unit in sorted(UNITS.items(), key=lambda item: -len(item[0])):
        if name.endswith(f"_{ending}"):
            return f"{_blanks(name.removesuffix(f'_{ending}'))}, {unit}"
    return _blanks(name)


def _blanks(name: str) -> str:
    return " ".join(CAPITALS.get(word, word) for word in name.split("_"))


def value_label(value: object) -> str:
    """How the value of a parameter is written: 2.0 as 2, True as yes, names with blanks."""
    text = str(value)
    if text in VALUES:
        return VALUES[text]
    return re.sub(r"\.0$", "", text).replace("_", " ")


def setting_label(parameter: str, value: object) -> str:
    """A parameter with its value; without a parameter, the design as configured."""
    if not parameter:
        return "as configured"
    return f"{parameter_label(parameter)}: {value_label(value)}"
