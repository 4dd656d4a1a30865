"""Eyeriss v2: PE work by the ground truth of Sparseloop's artifact, and the measured chip."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np

from sim import LayerTrace, accelerator, simulate
from sim.accelerators.eyeriss_v2.chip import (
    CLOCK_HZ,
    INFERENCES_PER_SECOND,
    ChipLayer,
    channel_nonzeros,
    chip_layers,
    chip_traces,
)
from sim.declared import data_files, modules_by_name
from workflow.studies.trust.comparison import Check, Comparison, reference

data_files("sim/accelerators/eyeriss_v2/configs.yaml")
modules_by_name("sim.accelerators.eyeriss_v2.model")

TRUTH = "Eyeriss v2 ground truth"
CHIP = "Eyeriss v2 chip"


@cache
def _work() -> tuple[tuple[ChipLayer, LayerTrace, int], ...]:
    """(layer, masks, multiplications of all PEs) of the chip's network."""
    single = accelerator("eyeriss_v2", macs_per_pe=1)
    pairs = zip(chip_layers(), chip_traces(), strict=True)
    return tuple(
        (layer, trace, int(simulate(trace, single).actions["mac_int8"])) for layer, trace in pairs
    )


def _public(layer: ChipLayer) -> bool:
    return layer.layer.name in channel_nonzeros()


def _dense(layer: ChipLayer) -> bool:
    return layer.kind == "conv"


def _depthwise(layer: ChipLayer) -> bool:
    return layer.kind == "depthwise"


def _drawn(layer: ChipLayer) -> bool:
    return not (_public(layer) or _dense(layer) or _depthwise(layer))


def pe_work(belongs: Callable[[ChipLayer], bool]) -> list[Comparison]:
    """Multiplications against the stated PE cycles at one multiplication each."""
    return [
        Comparison(layer.layer.name, trace.dense_macs if _dense(layer) else work, layer.pe_macs)
        for layer, trace, work in _work()
        if belongs(layer)
    ]


def depthwise_mask() -> list[Comparison]:
    """PE work of the public depthwise mask, dense activations."""
    (row,) = (row for _, row in reference("eyeriss_v2_depthwise_mask.csv").iterrows())
    name = str(row["layer"])
    (layer,) = (entry.layer for entry in chip_layers() if entry.layer.name == name)
    mask = np.arange(layer.out_channels * layer.window) < int(row["nonzero_weights"])
    events = simulate(
        LayerTrace.of(layer, weight=mask.reshape(layer.weight_shape)),
        accelerator("eyeriss_v2", macs_per_pe=1),
    )
    return [Comparison(name, float(events.actions["mac_int8"]), float(row["stated_pe_cycles"]))]


def chip_rate() -> Sequence[Comparison]:
    """Cycles of one inference of the chip's network."""
    model = accelerator("eyeriss_v2")
    cycles = sum(simulate(trace, model).cycles for _, trace, _ in _work())
    return [Comparison("MobileNetV1 0.5, 128x128", cycles, CLOCK_HZ / INFERENCES_PER_SECOND)]


DEPTHWISE = "yes: their numbers of nonzero weights were drawn from the truth itself"
CHECKS = (
    Check(
        "eyeriss_v2 (1 MAC per PE)",
        TRUTH,
        "PE work, public masks",
        "exact",
        partial(pe_work, lambda layer: _public(layer) or _dense(layer)),
        definition="nonzeros per channel are the masks'; their places within a channel are drawn "
        "and do not matter to the work",
    ),
    Check(
        "eyeriss_v2 (1 MAC per PE)",
        TRUTH,
        "PE work, depthwise layers",
        "exact",
        partial(pe_work, _depthwise),
        circular=DEPTHWISE,
    ),
    Check(
        "eyeriss_v2 (1 MAC per PE)",
        TRUTH,
        "PE work, pointwise layers without masks",
        "independent",
        partial(pe_work, _drawn),
        tolerance=0.02,
        circular="yes: their weights were drawn to give the truth, up to whole weights a channel",
    ),
    Check(
        "eyeriss_v2 (1 MAC per PE)",
        TRUTH,
        "PE work, public depthwise mask",
        "independent",
        depthwise_mask,
        tolerance=0.05,
        definition="the truth states the work of dense weights for this layer (147,456); the "
        "mask beside it holds 2190 of 2304 nonzeros (140,160)",
    ),
    Check(
        "eyeriss_v2",
        CHIP,
        "cycles per inference",
        "published",
        chip_rate,
        tolerance=0.5,
        circular="partly: depthwise and some pointwise layers are drawn from the truth",
        definition="the model has no ramp between layers, no network contention and no control; "
        "the chip's loss is the calibration factor, kept in a column of its own",
    ),
)
