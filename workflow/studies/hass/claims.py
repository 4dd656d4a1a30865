"""HASS's rate on MobileNetV3 and its efficiency, from the tables `hass` and `hass_search`."""

from collections.abc import Hashable
from typing import Any

from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables
from workflow.tabling.means import geometric_mean

MOBILENETS = ("mobilenet_v3_small", "mobilenet_v3_large")
"""The abstract does not say which size its rate is of."""
DENSE = "dataflow_dense"
COUNTED = {"": "averages", "_with_waiting": "with waiting"}
COUNTINGS = {"": "average intervals", "_with_waiting": "waiting for streams and engines included"}


def rate(tables: Tables) -> list[Evaluation]:
    """Images per second of both sizes of MobileNetV3 at full size."""
    table = tables["hass"]
    table = table[table["network"].isin(MOBILENETS) & (table["suite"] == "imagenet")]
    rows = table[table["accelerator"] == "hass"]
    dense = table[table["accelerator"] == DENSE].set_index("network").to_dict("index")
    return [
        Evaluation(
            row[f"images_per_second{suffix}"],
            row["suite"],
            row["activation_source"],
            f"{row['network']} on {row['platform']}, {counting}",
            _why(row),
            {"network": row["network"], "counting": COUNTED[suffix]},
            without_mechanism=dense[row["network"]][f"images_per_second{suffix}"],
        )
        for row in rows.to_dict("records")
        for suffix, counting in COUNTINGS.items()
    ]


def _why(row: dict[Hashable, Any]) -> str:
    bound = (
        f"the clock over the {row['largest_padded_input_pixels']:.0f} pixels of the padded image, "
        f"which enter one per cycle, is {row['input_port_images_per_second']:.1f} images/s: a "
        "bound of the input port that the dense design of the same exploration may reach as "
        f"well. Zeros show as fewer DSPs, {row['dsp_relative_to_dense']:.2f} of the dense design's"
    )
    if row["images_per_second_with_waiting"] < row["images_per_second"]:
        return bound + (
            "; the exploration balances exact counts, by averages alone waiting would leave "
            f"{row['by_averages_images_per_second_with_waiting']:.0f} images/s"
        )
    return bound


def efficiency(tables: Tables) -> list[Evaluation]:
    """Images per cycle and DSP over the only sparse dataflow design that is modelled: PASS."""
    table = tables["hass"]
    return [
        Evaluation(
            value=row[f"efficiency{suffix}_over_pass"],
            suite=row["suite"],
            activation_source=row["activation_source"],
            conditions=(
                f"{row['network']} on {row['platform']} over PASS-like, same zeros, {counting}"
            ),
            reason=(
                f"{row['pair_sparsity']:.0%} of the operand pairs have a zero; bound by "
                f"{row['binding'].replace('_', ' ')}"
            ),
            setting={"network": row["network"], "counting": COUNTED[suffix]},
            masks=((row["suite"], row["network"], row["scheme"]),),
        )
        for row in table[table["accelerator"] == "hass"].to_dict("records")
        for suffix, counting in COUNTINGS.items()
    ]


def searched_efficiency(tables: Tables) -> list[Evaluation]:
    """Efficiency over PASS for thresholds that were searched here, where accuracy is measured."""
    if "hass_search" not in tables:
        return []
    table = tables["hass_search"]
    aware = table[table["strategy"] == "hardware_aware"]
    return [
        Evaluation(
            geometric_mean(rows[f"efficiency{suffix}_over_pass"]),
            str(suite),
            "measured",
            f"{network}, geometric mean of {len(rows)} searches, losing "
            f"{rows['test_drop_points'].mean():.1f} points of test accuracy, over PASS-like on the "
            f"unpruned network, {counting}",
            "narrow network on 32x32 images; the comparators, the weights of the objective and "
            "the number of trials of the paper could not be read",
            {"network": str(network), "counting": COUNTED[suffix]},
            lost_points=float(rows["test_drop_points"].max()),
        )
        for (suite, network), rows in aware.groupby(["suite", "network"])
        for suffix, counting in COUNTINGS.items()
    ]


def both_efficiencies(tables: Tables) -> list[Evaluation]:
    """Modelled zeros at full size, then measured ones of searched networks."""
    return [*efficiency(tables), *searched_efficiency(tables)]


EVALUATORS: dict[str, Evaluator] = {
    "hass-mobilenet-v3-throughput": rate,
    "hass-efficiency": both_efficiencies,
}
