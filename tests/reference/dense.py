"""A dense output-stationary array stepped tile by tile, cycle by cycle."""

from sim import LayerTrace


def mapped_counts(trace: LayerTrace, filters: int, pixels: int) -> dict[str, int]:
    """Cycles, busy slots and on-chip reads of all images."""
    layer = trace.layer
    counts = {"cycles": 0, "slots": 0, "weight_reads": 0, "activation_reads": 0}
    counts["register_bits"] = 0
    for _ in range(trace.images * layer.groups):
        for first_filter in range(0, layer.group_filters, filters):
            rows = len(range(layer.group_filters)[first_filter : first_filter + filters])
            for first_pixel in range(0, layer.output_pixels, pixels):
                columns = len(range(layer.output_pixels)[first_pixel : first_pixel + pixels])
                for _ in range(layer.window):
                    counts["cycles"] += 1
                    counts["slots"] += rows * columns
                    counts["weight_reads"] += rows
                    counts["activation_reads"] += columns
                    for _ in range(rows * columns):
                        for register in (8, 8, 32):  # weight, activation, sum
                            counts["register_bits"] += register
    return counts


def ideal_cycles(trace: LayerTrace, multipliers: int) -> int:
    """Cycles until all multiplications of each image are taken from the pile."""
    cycles = 0
    for _ in range(trace.images):
        left = trace.layer.dense_macs
        while left > 0:
            left -= multipliers
            cycles += 1
    return cycles
