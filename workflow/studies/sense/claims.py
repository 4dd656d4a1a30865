"""Sense's claims; each line of claims.yaml names the version of the abstract that states it."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from models.imagenet import IMAGENET
from sim import accelerator
from sim.accelerators.sense.schemes import MEANT_FOR
from sim.declared import data_files, modules_by_name
from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables
from workflow.studies.sense.throughput_table import PUBLISHED

data_files("sim/accelerators/sense/configs.yaml")
modules_by_name("sim.accelerators.sense.model")

VIEWS = {"all": "with FC layers", "conv_only": "convolutions only"}
Rows = Iterable[dict[Any, Any]]


def _relevant(table: pd.DataFrame) -> pd.DataFrame:
    """The networks of the paper's size where there are any; the paper's claims are about those."""
    full_size = table[table["suite"] == IMAGENET]
    return table if full_size.empty else full_size


def _masks(row: Mapping[Any, Any]) -> tuple[tuple[str, str, str], ...]:
    """The runs behind a row of Sense, which runs balanced networks."""
    return ((row["suite"], row["network"], MEANT_FOR["sense"]),)


def peak(_: Tables) -> list[Evaluation]:
    """Twice the multipliers times the clock of the configuration."""
    model: Any = accelerator("sense")
    conditions = "arithmetic of the configuration"
    return [Evaluation(model.peak_gops, "none", "modelled", conditions, reason="")]


def dram_versus_eyeriss(tables: Tables) -> list[Evaluation]:
    """Each network against the row-stationary model and, where it was measured, the chip."""
    table = _relevant(tables["sense_dram"])
    rows: Rows = table[
        table["baseline"].str.startswith("eyeriss") & (table["layers"] == "conv_only")
    ].to_dict("records")
    return [
        Evaluation(
            value=row["dram_reduction"],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{row['network']}, convolutions, 16 bits, Sense at batch {row['batch']} against "
                f"{_eyeriss(row)} at batch {row['baseline_batch']}"
            ),
            reason=(
                "neither network nor batch of the claim is stated, so that a value within its "
                "range shows the direction only; weights are half pruned and compressed, "
                "Eyeriss's neither"
            ),
            setting={
                "network": row["network"],
                "baseline": row["baseline"],
                "batch": int(row["batch"]),
                "baseline_batch": int(row["baseline_batch"]),
            },
            masks=_masks(row),
        )
        for row in rows
    ]


def _eyeriss(row: dict[Any, Any]) -> str:
    return "the measured chip" if row["baseline"] == "eyeriss_chip" else "the Eyeriss model"


def dram_versus_swallow(tables: Tables) -> list[Evaluation]:
    """Each network against the array that always reuses input maps first."""
    table = _relevant(tables["sense_dram"])
    rows: Rows = table[(table["baseline"] == "swallow_like") & (table["batch"] == 1)].to_dict(
        "records"
    )
    return [
        Evaluation(
            value=row["dram_reduction"],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{row['network']}, {VIEWS[row['layers']]}, equal buffers, weights equally many"
            ),
            reason="the baseline tiles as well as Sense and differs in the order of reuse alone",
            setting={"network": row["network"], "layers": row["layers"]},
            masks=_masks(row),
        )
        for row in rows
        if row["layers"] in VIEWS
    ]


def speedup_versus_swallow(tables: Tables) -> list[Evaluation]:
    """Each network against the unbalanced array that reuses input maps first."""
    table = _relevant(tables["sense"])
    baseline = table[table["accelerator"] == "swallow_like"]
    keys = ["suite", "network", "layers"]
    base = baseline.set_index(keys)["cycles_per_image"]
    rows = table[(table["accelerator"] == "sense") & (table["network"] != "mean")]
    return [
        Evaluation(
            value=base[row["suite"], row["network"], row["layers"]] / row["cycles_per_image"],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{row['network']}, {VIEWS[row['layers']]}, a barrier per filter block, "
                "equal clock and multipliers"
            ),
            reason="it is the closest analogue of the unbalanced array in the paper",
            setting={"network": row["network"], "layers": row["layers"]},
            masks=_masks(row),
        )
        for row in rows.to_dict("records")
        if row["layers"] in VIEWS
    ]


def throughput(network: str) -> Evaluator:
    """The rate of one network at full size, by both ways of counting DRAM time."""

    def evaluate(tables: Tables) -> list[Evaluation]:
        table = tables["sense_throughput"]
        rows: Rows = table[(table["network"] == network) & (table["suite"] == IMAGENET)].to_dict(
            "records"
        )
        return [
            Evaluation(
                value=row["images_per_second"],
                suite=row["suite"],
                activation_source=row["activation_source"],
                conditions=(
                    f"{VIEWS[row['layers']]}, DRAM time {row['dram_time']}, 17 GB/s, 16 bits"
                ),
                reason=(
                    "whether the rate includes FC layers is not stated; bandwidth, precision and "
                    "barrier are assumed; multipliers that were always busy on dense work would "
                    f"give {_dense_rate(row):.0f} images/s"
                ),
                setting={
                    "network": row["network"],
                    "layers": row["layers"],
                    "dram_time": row["dram_time"],
                },
                masks=_masks(row),
                without_mechanism=_dense_rate(row),
            )
            for row in rows
            if row["layers"] in VIEWS
        ]

    return evaluate


def _dense_rate(row: Mapping[Any, Any]) -> float:
    """Images per second of as many multipliers at the same clock that skip nothing and never wait.

    A rate that they reach as well says nothing of the mechanism.
    """
    model: Any = accelerator("sense")
    return float(model.peak_gops * row["images_per_second"] / row["dense_gops"])


EVALUATORS: dict[str, Evaluator] = {
    "sense-peak": peak,
    "sense-dram-vs-eyeriss": dram_versus_eyeriss,
    "sense-dram-vs-swallow": dram_versus_swallow,
    "sense-speedup-vs-swallow": speedup_versus_swallow,
    "sense-article-speedup-vs-swallow": speedup_versus_swallow,
    **{claim: throughput(network) for network, claim in PUBLISHED.items()},
}
