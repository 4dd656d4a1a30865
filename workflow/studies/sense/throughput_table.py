"""Images per second of Sense on the ZCU102's clock, and its energy by two methods kept apart.

`overlapped` lets the longer of array and DRAM time count per layer, `serial` adds them; the clock
is 200 MHz. The published rates are those of version 2 of the abstract. Power x time takes the
11.2 W of version 1; the access-count energy, unrelated to it, is counted events times the
technology table and says nothing of an FPGA.
"""

import pandas as pd

from models.imagenet import IMAGENET
from sim.accelerators.sense.schemes import MEANT_FOR, SUBJECT
from sim.claims import claims
from sim.declared import data_files
from sim.registry import configuration
from workflow.event_columns import dram_columns
from workflow.studies.sense.sense_table import NODE_NM, stall_cycles
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.shared import ENERGIES, layer_views, totals

data_files("sim/accelerators/sense/configs.yaml")

PUBLISHED = {
    "alexnet_caffe": "sense-alexnet-throughput",
    "vgg16": "sense-vgg16-throughput",
    "resnet50": "sense-resnet50-throughput",
    "googlenet_5x5": "sense-googlenet-throughput",
}
"""Claims that state the rate of a network in its full-size shape."""
RATED = [
    "suite",
    "network",
    "scheme",
    "accelerator",
    "weight_source",
    "activation_source",
    "layers",
]


def parameter(name: str) -> float:
    """A parameter of the configuration."""
    return float(configuration(SUBJECT).parameters[name].value)


def serial_cycles(events: pd.DataFrame) -> pd.Series:
    """Cycles of each row if DRAM transfers were never hidden."""
    moved = events[dram_columns(events.columns)].sum(axis=1)
    dram = moved * parameter("frequency_mhz") / (1000 * parameter("dram_gbytes_per_s"))
    return events["cycles"] - stall_cycles(events) + dram


def throughput(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per network, view of the layers and way of counting DRAM time."""
    subject = events[
        (events["accelerator"] == SUBJECT) & (events["scheme"] == MEANT_FOR[SUBJECT])
    ].reset_index(drop=True)
    timings = {"overlapped": subject, "serial": subject.assign(cycles=serial_cycles(subject))}
    parts = [_rates(rows, pricing).assign(dram_time=name) for name, rows in timings.items()]
    table = pd.concat(parts, ignore_index=True)
    rates = {name: claims()[claim].low for name, claim in PUBLISHED.items()}
    full_size = table["suite"] == IMAGENET
    table["published_images_per_second"] = table["network"].map(rates).where(full_size)
    table["relative_to_published"] = (
        table["images_per_second"] / table["published_images_per_second"]
    )
    order = ["suite", "network", "layers", "dram_time"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _rates(events: pd.DataFrame, pricing: Pricing) -> pd.DataFrame:
    total = totals(layer_views(events), RATED)
    table = total[RATED].copy()
    seconds = total["cycles"] / total["images"] / (parameter("frequency_mhz") * 1e6)
    table["images_per_second"] = 1 / seconds
    table["dense_gops"] = 2 * total["dense_macs"] / total["images"] / seconds / 1e9
    table["power_times_time_mj_per_image"] = 1e3 * claims()["sense-power"].low * seconds
    counted = ["access_count_mj_per_image", "access_count_without_dram_mj_per_image"]
    table[counted] = pricing.per_image_pj(total, NODE_NM)[ENERGIES] / 1e9
    return table


if __name__ == "__main__":
    priced_command(throughput, __doc__)
