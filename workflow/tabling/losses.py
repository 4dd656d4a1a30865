"""Causes of idle multiplier-cycles in a few groups that a figure can tell apart.

Models name causes as their mechanism has them; the groups are what the causes have in common.
"""

EFFECTUAL = "effectual"
GROUPS: dict[str, tuple[str, ...]] = {
    EFFECTUAL: (EFFECTUAL,),
    "zero_operand": ("zero_operand", "unfilled_bound", "stride"),
    "fill_edge": ("fill", "edge", "preload"),
    "fragmentation": ("fragmentation", "column_padding", "empty_chunk", "accumulator_banks"),
    "imbalance": (
        "imbalance",
        "barrier",
        "kernel_imbalance",
        "channel_imbalance",
        "column_imbalance",
        "cluster_imbalance",
    ),
    "bandwidth": ("bandwidth", "buffer_bandwidth", "exchange", "port"),
    "other": (),
}
"""Group -> causes, in the order in which bars are stacked; what no group lists is `other`.

- effectual: both operands nonzero; its share is the share of the two-sided bound that is reached.
- zero_operand: a product without use: a zero operand, an unused place of a density-bound block, a
  product that a stride discards.
- fill_edge: the pipeline fills, or the layer is no multiple of the array.
- fragmentation: vectors, chunks or lookahead windows with fewer nonzeros than multipliers.
- imbalance: waiting for the slowest of several units.
- bandwidth: waiting for DRAM, a buffer, a port or an exchange between units.
"""

LABELS = {
    EFFECTUAL: "effectual",
    "zero_operand": "zero operand or unused product",
    "fill_edge": "fill and edges",
    "fragmentation": "fragmentation",
    "imbalance": "imbalance and barriers",
    "bandwidth": "bandwidth, ports, exchange",
    "other": "other",
}
"""How a legend writes each group."""


def group_of(cause: str) -> str:
    """The group of a cause."""
    return next((group for group, causes in GROUPS.items() if cause in causes), "other")
