"""Designs of a network on a board as rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from sim import LayerTrace, UserError, accelerator
from sim.accelerators.hass.design import Limits, NetworkDesign
from sim.accelerators.hass.exact import BalancedDesign, balanced
from sim.accelerators.hass.histograms import PairHistogram
from sim.accelerators.hass.model import DenseDataflow
from sim.declared import data_files
from sim.platforms import Platform, platform, platforms
from sim.registry import Value, configuration
from sim.validation import require_choice, require_fraction, require_positive

data_files("sim/accelerators/hass/configs.yaml")

CONFIGURATIONS = ("dataflow_dense", "pass", "hass")
"""What is put on the board, from skipping nothing to skipping most."""

SUBJECT = CONFIGURATIONS[-1]
FOLDING = ("coarse_group", "coarse_in", "coarse_out", "fine")

SHARE_ROUNDS = 1
"""Of balancing the designs within a smaller share of the DSPs; the largest gets all rounds."""

Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class DesignSettings:
    """What a network is put on.

    Attributes:
        platform: board, a file of sim/platforms.
        dsp_share, lut_share, memory_share: usable fractions of its blocks.
        dsp_shares: further fractions of the DSPs, for throughput against DSPs.
        batch_images: of a batch that starts and ends with an empty pipeline.

    Raises:
        UserError: a value is out of range.
    """

    platform: str = "u250"
    dsp_share: float = 0.9
    lut_share: float = 0.7
    memory_share: float = 0.9
    dsp_shares: Sequence[float] = ()
    batch_images: int = 256

    def __post_init__(self) -> None:
        require_positive(batch_images=self.batch_images)
        require_choice("platform", self.platform, platforms())
        require_fraction(
            dsp_share=self.dsp_share, lut_share=self.lut_share, memory_share=self.memory_share
        )
        if len(set(self.dsp_shares)) < len(self.dsp_shares):
            raise UserError(f"dsp_shares is {list(self.dsp_shares)}; expected each share once")
        require_fraction(**{f"dsp_shares {share!r}": share for share in self.dsp_shares})
        for share in (self.dsp_share, *self.dsp_shares):
            self.limits(share)  # checks its values

    def limits(self, dsp_share: float) -> Limits:
        """What may be filled, the DSPs up to a share."""
        return Limits(dsp_share, self.lut_share, self.memory_share)


def dataflow(name: str, **overrides: Value) -> DenseDataflow:
    """A configuration of the layer-pipelined designs, some of its parameters overridden."""
    hardware = accelerator(name, **overrides)
    if not isinstance(hardware, DenseDataflow):
        raise UserError(f"{name} is no layer-pipelined design; expected one of {CONFIGURATIONS}")
    return hardware


def designs(traces: Sequence[LayerTrace], settings: DesignSettings) -> tuple[list[Row], list[Row]]:
    """Rows of all designs, and rows of their layers.

    Every configuration sees the same zeros; every design balances exact counts, waiting included.
    The rows of layers are those of the designs with the largest share of DSPs, `dsp_share`.

    Raises:
        UserError: the network does not fit the board at `dsp_share`.
    """
    board = platform(settings.platform)
    rows: list[Row] = []
    layer_rows: list[Row] = []
    for name in CONFIGURATIONS:
        hardware = dataflow(name)
        histograms = [hardware.histogram(trace) for trace in traces]
        limits = settings.limits(settings.dsp_share)
        best = balanced(traces, hardware, board, limits, histograms=histograms)
        keys = {"accelerator": name, "platform": board.name}
        shared = _shared(traces, best.design, board)
        rows.append(
            keys | {"dsp_share": settings.dsp_share} | _design_row(best, settings, board) | shared
        )
        layer_rows += [keys | layer for layer in _layer_rows(best, traces)]
        for share in settings.dsp_shares:
            fitting = _fitting(traces, histograms, hardware, board, settings.limits(share))
            row = {} if fitting is None else _design_row(fitting, settings, board)
            rows.append(keys | {"dsp_share": share, "binding": "does not fit"} | row)
    return rows, layer_rows


def sensitivity(traces: Sequence[LayerTrace], settings: DesignSettings) -> list[Row]:
    """HASS's largest design with every assumed parameter varied alone; first as configured.

    Parameters of the folding are left out: the exploration sets them.
    """
    parameters = configuration(SUBJECT).parameters
    assumed = {name: parameter for name, parameter in parameters.items() if name not in FOLDING}
    points = [("", None)] + [
        (name, value)
        for name, parameter in assumed.items()
        for value in parameter.sweep
        if value != parameter.value
    ]
    board, limits = platform(settings.platform), settings.limits(settings.dsp_share)
    rows: list[Row] = []
    for name, value in points:
        hardware = dataflow(SUBJECT, **({name: value} if value is not None else {}))
        best = balanced(traces, hardware, board, limits)
        design = best.design
        rows.append(
            {
                "accelerator": SUBJECT,
                "platform": board.name,
                "parameter": name or "as configured",
                "value": "" if value is None else str(value).lower(),
                **rates(best, board),
                "dsp": design.dsp,
                "lut": design.lut,
                "images_per_cycle_per_dsp": efficiency(best),
                "binding": design.binding,
            }
        )
    return rows


def rates(best: BalancedDesign, board: Platform) -> Row:
    """Images per second on average, and exact; the latter also of a design by averages alone."""
    return {
        "images_per_second": board.clock_mhz * 1e6 / best.average_interval_cycles,
        "images_per_second_with_waiting": best.images_per_second,
        "by_averages_images_per_second_with_waiting": best.by_averages.images_per_second,
        "by_averages_dsp": best.by_averages.design.dsp,
    }


def efficiency(best: BalancedDesign) -> float:
    """Images per cycle and DSP, on average."""
    return 1 / (best.average_interval_cycles * best.design.dsp)


def pair_sparsity(traces: Sequence[LayerTrace], design: NetworkDesign) -> float:
    """Fraction of all operand pairs that the engines could skip."""
    pairs = [trace.dense_macs for trace in traces]
    zero = [layer.pair_sparsity * count for layer, count in zip(design.layers, pairs, strict=True)]
    return sum(zero) / sum(pairs)


def _fitting(
    traces: Sequence[LayerTrace],
    histograms: Sequence[PairHistogram],
    hardware: DenseDataflow,
    board: Platform,
    limits: Limits,
) -> BalancedDesign | None:
    try:
        return balanced(traces, hardware, board, limits, SHARE_ROUNDS, histograms)
    except UserError:
        return None


def _shared(traces: Sequence[LayerTrace], design: NetworkDesign, board: Platform) -> Row:
    padded = max(prod(trace.layer.padded_size) for trace in traces)
    return {
        "pair_sparsity": pair_sparsity(traces, design),
        "largest_padded_input_pixels": padded,
        "input_port_images_per_second": board.clock_mhz * 1e6 / padded,
    }


def _design_row(best: BalancedDesign, settings: DesignSettings, board: Platform) -> Row:
    design = best.design
    slowest = max(zip(best.layer_cycles, design.layers, strict=True), key=lambda pair: pair[0])
    return {
        **rates(best, board),
        "batch_images_per_second": design.batch_images_per_second(settings.batch_images),
        "interval_cycles": best.average_interval_cycles,
        "interval_with_waiting_cycles": best.interval_cycles,
        "dsp": design.dsp,
        "dsp_percent": 100 * design.dsp / board.dsp,
        "lut": design.lut,
        "lut_percent": 100 * design.lut / board.lut,
        "bram18": design.bram18,
        "uram": design.uram,
        "streamed_weight_bytes": design.streamed_bytes,
        "images_per_cycle_per_dsp": efficiency(best),
        "binding": design.binding,
        "slowest_layer": slowest[1].name,
        "gap_percent": 100 * design.gap,
    }


def _layer_rows(best: BalancedDesign, traces: Sequence[LayerTrace]) -> list[Row]:
    return [
        {
            "layer": layer.name,
            "layer_index": number,
            "dense_macs": trace.dense_macs // trace.images,
            "pair_sparsity": layer.pair_sparsity,
            "engine": "sparse" if layer.sparse else "dense",
            "first_interval_cycles": layer.first_interval_cycles,
            "interval_cycles": layer.average_interval_cycles,
            "interval_with_waiting_cycles": cycles,
            "bound_by": layer.bound_by,
            "coarse_group": layer.folding.coarse_group,
            "coarse_in": layer.folding.coarse_in,
            "coarse_out": layer.folding.coarse_out,
            "fine": layer.folding.fine,
            "dsp": layer.dsp,
            "lut": layer.lut,
            "weights_in": layer.weights_in,
        }
        for number, (layer, trace, cycles) in enumerate(
            zip(best.design.layers, traces, best.layer_cycles, strict=True), start=1
        )
    ]
