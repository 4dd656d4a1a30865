"""Claims that name MobileNet or ResNet-50, on measured zeros of trained networks at 224x224.

Each network by itself, in the view of the claim's primary setting; ResNet-50 is half as wide. What
the masks cost is said in agreement, for nothing was retrained.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workflow.studies.claims.bases import BASIS_LABELS, BASIS_PAIRS, on_the_other_basis
from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables
from workflow.studies.phantom.claims import NAMES
from workflow.studies.pretrained.answers import Answers
from workflow.studies.sparse_blox.claims import BLOCK

ONE_OF_MEAN = "the claim is a mean of five networks, this is one"
NOT_STATED = "the network behind the claim is not stated"
LOST_ZEROS = "zeros that cost answers are more than retraining within a budget would leave"


@dataclass(frozen=True)
class HeldNetwork:
    """A network with real weights that stands for one that papers name.

    Attributes:
        words: what it is.
        stands_for: the network of the papers that it is; "" where it is none of them.
    """

    words: str
    stands_for: str = ""


HELD = {
    "mobilenet_v1_relu6": HeldNetwork("MobileNetV1 with ImageNet weights", "mobilenet_v1"),
    "resnet50_half": HeldNetwork("ResNet-50 at half width (two classes)"),
}


def _evaluation(
    tables: Tables,
    row: dict[Any, Any],
    scheme: str,
    *,
    column: str,
    conditions: str,
    reasons: list[str],
    **setting: str,
) -> Evaluation:
    """One value of one network, with what its masks cost; unpruned networks lose nothing."""
    network = row["network"]
    held, kept = HELD[network], True
    if scheme != "dense":
        answers = Answers.of(tables["pretrained"], network, scheme)
        reasons, kept = [*reasons, answers.in_words], answers.kept
        if answers.judgeable and not kept:
            reasons.append(LOST_ZEROS)
    return Evaluation(
        value=row[column],
        suite=row["suite"],
        activation_source=row["activation_source"],
        conditions=f"{held.words}, {conditions}",
        reason="; ".join(reasons),
        setting={"network": held.stands_for or network, **setting},
        masks=((row["suite"], network, scheme),),
        keeps_answers=kept,
    )


def _rows(table: pd.DataFrame, **wanted: str) -> Iterator[dict[Any, Any]]:
    """Rows of the held networks that have the wanted values."""
    alike = table["network"].isin(list(HELD))
    for name, value in wanted.items():
        alike &= table[name] == value
    rows: list[dict[Any, Any]] = table[alike].to_dict("records")
    yield from rows


def s2ta_speedup(tables: Tables) -> list[Evaluation]:
    """Speedup of S2TA-AW over SA-ZVCG on the same DBB-pruned network, without FC layers."""
    wanted = {"accelerator": "s2ta_aw", "layers": "no_linear", "basis": BASIS_PAIRS[0][0]}
    return [
        _evaluation(
            tables,
            row,
            "dbb",
            column="speedup",
            conditions="without FC layers, equal multipliers, clock",
            reasons=[ONE_OF_MEAN],
            layers="no_linear",
        )
        for row in _rows(tables["pretrained_s2ta"], baseline_scheme="dbb", **wanted)
    ]


def _on_bases(
    name: str, wanted: dict[str, str], conditions: Callable[[dict[Any, Any]], str], reason: str
) -> Evaluator:
    """Energy over that of S2TA-AW without DRAM, on either basis."""
    column = "energy_reduction_without_dram"

    def evaluate(tables: Tables) -> list[Evaluation]:
        table = tables[name]
        return [
            _evaluation(
                tables,
                row,
                "dbb",
                column=column,
                conditions=f"{conditions(row)}, without DRAM, {BASIS_LABELS[basis]}",
                reasons=[reason, on_the_other_basis(row[column], other[column], basis)],
                layers=wanted["layers"],
                dram="without",
                basis=basis,
            )
            for basis, alternative in BASIS_PAIRS
            for row, other in zip(
                _rows(table, basis=basis, **wanted),
                _rows(table, basis=alternative, **wanted),
                strict=True,
            )
        ]

    return evaluate


def _against(baseline: str) -> Evaluator:
    """S2TA-AW's energy against a design on the network pruned without structure."""

    def conditions(row: dict[Any, Any]) -> str:
        return (
            f"all layers, {row['node_nm']} nm against {row['baseline_node_nm']} nm, the baseline "
            "on the network pruned without structure"
        )

    wanted = {"baseline": baseline, "baseline_scheme": "magnitude", "layers": "all"}
    return _on_bases("pretrained_s2ta_sparse", wanted, conditions, NOT_STATED)


def _phantom(baseline: str) -> Evaluator:
    """Phantom-2D over a baseline at one size, on the MobileNet that its abstract names."""

    def evaluate(tables: Tables) -> list[Evaluation]:
        wanted = {"accelerator": "phantom_2d", "baseline": baseline, "layers": "no_linear"}
        return [
            _evaluation(
                tables,
                row,
                "magnitude",
                column="speedup_equal_multipliers",
                conditions=f"without FC layers, over {NAMES[baseline]}, magnitude pruning, both "
                "run with about 1024 multipliers on the common footing",
                reasons=[
                    "on these zeros no design that skips them in both operands can exceed "
                    f"{row['headroom']:.2f}x over this baseline"
                ],
                layers="no_linear",
                baseline=baseline,
            )
            for row in _rows(tables["pretrained_phantom"], **wanted)
        ]

    return evaluate


def _natural_blocks(column: str) -> Evaluator:
    """What natural zero blocks alone save of ResNet-50, the least that Sparse-Blox would."""

    def evaluate(tables: Tables) -> list[Evaluation]:
        return [
            _evaluation(
                tables,
                row,
                "dense",
                column=column,
                conditions=f"no threshold, {BLOCK} blocks, convolutions",
                reasons=["natural zero blocks alone: thresholds within a budget add to them"],
            )
            for row in _rows(tables["pretrained_blocks"], block=BLOCK, network="resnet50_half")
        ]

    return evaluate


EVALUATORS: dict[str, Evaluator] = {
    "s2ta-speedup": s2ta_speedup,
    "s2ta-energy": _on_bases(
        "pretrained_s2ta",
        {"accelerator": "s2ta_aw", "baseline_scheme": "dbb", "layers": "no_linear"},
        lambda _: "without FC layers, 16 nm",
        ONE_OF_MEAN,
    ),
    "s2ta-energy-vs-eyeriss-v2": _against("eyeriss_v2"),
    "s2ta-energy-vs-sparten": _against("sparten"),
    "phantom-vs-dense": _phantom("dense_ideal"),
    "phantom-vs-scnn": _phantom("scnn"),
    "phantom-vs-sparten": _phantom("sparten"),
    "phantom-vs-eyeriss-v2": _phantom("eyeriss_v2"),
    "blox-resnet50-transfers": _natural_blocks("transfers_saved_percent"),
    "blox-resnet50-macs-share": _natural_blocks("padded_macs_saved_percent"),
}
