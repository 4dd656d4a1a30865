"""What a design-space exploration may use of a board, and what it finds."""

from dataclasses import dataclass

from sim.accelerators.hass.candidates import Folding
from sim.accelerators.hass.resources import Budget
from sim.errors import UserError
from sim.platforms import Platform


@dataclass(frozen=True)
class Limits:
    """Which fraction of a board's blocks a design may fill; the rest is what routing leaves over.

    `dsp` below 1 also serves to draw throughput against DSPs.
    """

    dsp: float = 0.9
    lut: float = 0.7
    memory: float = 0.9

    def __post_init__(self) -> None:
        for name in ("dsp", "lut", "memory"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise UserError(
                    f"limit {name} is {value!r}; expected a fraction above 0, at most 1"
                )

    def of(self, board: Platform) -> Budget:
        """The resources of a board that a design may use."""
        return Budget(
            dsp=max(1, int(board.dsp * self.dsp)),
            lut=int(board.lut * self.lut),
            bram18=int(board.bram18 * self.memory),
            uram=int(board.uram * self.memory),
            memory_bytes_per_cycle=board.memory_bytes_per_cycle,
        )


@dataclass(frozen=True, kw_only=True)
class LayerDesign:
    """One layer's hardware in a design.

    Attributes:
        folding: how far it is unfolded.
        sparse: which engine it has.
        pair_sparsity: of the trace.
        interval_cycles: per image over the traced images, as the exploration expects it.
        average_interval_cycles: the same if engines never waited for each other.
        engine_cycles: the same without the ports, on average over the traced images.
        first_interval_cycles: the interval at the cheapest folding, before anything is balanced.
        bound_by: engine, input_port or output_port, whichever sets the interval.
        dsp, lut: blocks.
        weights_in: bram, uram or off_chip.
    """

    name: str
    folding: Folding
    sparse: bool
    pair_sparsity: float
    interval_cycles: float
    average_interval_cycles: float
    engine_cycles: float
    first_interval_cycles: float
    bound_by: str
    dsp: int
    lut: int
    weights_in: str


@dataclass(frozen=True, kw_only=True)
class NetworkDesign:
    """A whole network unfolded onto a board.

    Attributes:
        layers: in network order.
        interval_cycles: per image; of the slowest layer, or longer if weights stream too slowly.
        free_memory_interval_cycles: what the same exploration reaches if weight memory were free.
        least_interval_cycles: a bound that no folding within the DSP and LUT budgets can beat,
            weight memory free as well.
        binding: what keeps the interval from being shorter: logic (DSPs or LUTs), weight_memory,
            or input_port: a layer's padded input enters a position per cycle, however far
            everything is unfolded.
        fill_cycles: estimate of the time the first image takes to reach the end.
        bram18, uram: blocks used.
        streamed_bytes: off-chip weight bytes per image.
        clock_mhz: of the board.
    """

    layers: tuple[LayerDesign, ...]
    interval_cycles: float
    free_memory_interval_cycles: float
    least_interval_cycles: float
    binding: str
    fill_cycles: int
    bram18: int
    uram: int
    streamed_bytes: int
    clock_mhz: float

    @property
    def dsp(self) -> int:
        """DSP blocks that all layers take together."""
        return sum(layer.dsp for layer in self.layers)

    @property
    def lut(self) -> int:
        """LUTs that all layers take together."""
        return sum(layer.lut for layer in self.layers)

    @property
    def images_per_second(self) -> float:
        """Throughput of a full pipeline: clock over interval."""
        return self.clock_mhz * 1e6 / self.interval_cycles

    def batch_images_per_second(self, images: int) -> float:
        """Throughput of one batch that starts and ends with an empty pipeline."""
        return self.clock_mhz * 1e6 * images / (self.interval_cycles * images + self.fill_cycles)

    @property
    def images_per_cycle_per_dsp(self) -> float:
        """Efficiency: images per clock cycle and DSP block."""
        return 1 / (self.interval_cycles * self.dsp)

    @property
    def gap(self) -> float:
        """By which fraction the greedy interval is above the bound, weight memory free for both.

        0 = provably the best choice of foldings.
        """
        return self.free_memory_interval_cycles / self.least_interval_cycles - 1

    @property
    def slowest(self) -> LayerDesign:
        """The layer with the longest interval."""
        return max(self.layers, key=lambda layer: layer.interval_cycles)
