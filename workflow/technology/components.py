"""Write sim/technology/components.csv and component_models.csv from the hwcomponents library.

Run by `make technology` in the environment of requirements-technology.txt. Every row is one
component at one node by one model; component_models.csv says what each model is, at which version
and how it gets from its own node to the row's.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import KW_ONLY, asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hwcomponents_cacti import DDR3, HBM2, HBM3, LPDDR4, SRAM
from hwcomponents_library.library.aladdin import (
    AladdinAdder,
    AladdinComparator,
    AladdinCounter,
    AladdinIntMAC,
    AladdinMultiplier,
    AladdinRegister,
)
from hwcomponents_neurosim import Adder, FlipFlop, Mux, NANDGate

from workflow.technology.catalogue import (
    DRAM_KINDS,
    MAC_WIDTHS,
    MEMORIES,
    MULTIPLEXER_INPUTS,
    MULTIPLEXER_WIDTHS,
    MULTIPLIER_WIDTHS,
    NODES_NM,
    WIDTHS,
)

CYCLE_S = 1e-9
NANDS_PER_FULL_ADDER = 9
"""NeuroSim's adder is a row of full adders of nine NAND gates: its area is nine of them a bit."""

DRAMS = {"LPDDR4": LPDDR4, "DDR3": DDR3, "HBM2": HBM2, "HBM3": HBM3}

MODELS = {
    "cacti": {
        "package": "hwcomponents-cacti",
        "source": "CACTI (Balasubramonian et al., TACO 2017) with the library's settings: single "
        "port, one bank, low standby power cells, 300 K",
        "scaling": "CACTI's own nodes 22, 32, 45 and 65 nm; 16 nm from 22 nm by the library: "
        "energy with the square root of the node, area with the node",
    },
    "aladdin": {
        "package": "hwcomponents-library",
        "source": "components of Aladdin (Shao et al., ISCA 2014, doi 10.1109/ISCA.2014.6853196) "
        "at 40 nm, 1 ns",
        "scaling": "by the library: Stillmaker & Baas, Integration 58 (2017), at 0.8 V",
    },
    "neurosim": {
        "package": "hwcomponents-neurosim",
        "source": "DNN+NeuroSim V1.3 (Peng et al., TCAD 2021): cells of the smallest transistors. "
        "A NAND gate's energy is a ninth of an adder's bit, which it makes of nine",
        "scaling": "NeuroSim's own transistors of the node",
    },
    "dram": {
        "package": "hwcomponents-cacti",
        "source": "energy per bit of the library's table: LPDDR4 8 pJ, DDR3 70 (Chatterjee et al., "
        "MICRO 2017), HBM2 6.25, HBM3 4.05; interface and device, no leakage",
        "scaling": "none: off chip",
    },
}


@dataclass(frozen=True)
class Row:
    """One component at one node; energies of one access of `width_bits` or one operation."""

    component: str
    model: str
    node_nm: float | None = None
    _: KW_ONLY
    capacity_bytes: float | None = None
    width_bits: float | None = None
    sum_bits: float | None = None
    inputs: float | None = None
    read_pj: float | None = None
    write_pj: float | None = None
    area_um2: float | None = None
    leakage_uw: float | None = None


def _costs(component: Any) -> dict[str, float]:
    return {
        "read_pj": component.read().energy * 1e12,
        "area_um2": component.area * 1e12,
        "leakage_uw": component.leak_power * 1e6,
    }


def _written(component: Any) -> dict[str, float]:
    return _costs(component) | {"write_pj": component.write().energy * 1e12}


def memories(node_nm: int, sizes: dict[int, tuple[int, ...]]) -> Iterator[Row]:
    """SRAMs of all widths and capacities."""
    for width, capacities in sizes.items():
        for capacity in capacities:
            memory = SRAM(tech_node=node_nm * 1e-9, width=width, size=8 * capacity)
            costs = _written(memory)
            size = {"capacity_bytes": capacity, "width_bits": width}
            yield Row("sram", "cacti", node_nm, **size, **costs)


def aladdin(node_nm: int) -> Iterator[Row]:
    """Arithmetic and registers by Aladdin."""
    node = node_nm * 1e-9
    for width in WIDTHS:
        size = {"width_bits": width}
        yield Row("adder", "aladdin", node_nm, **size, **_costs(AladdinAdder(node, width)))
        compared = _costs(AladdinComparator(node, width))
        yield Row("comparator", "aladdin", node_nm, **size, **compared)
        yield Row("counter", "aladdin", node_nm, **size, **_costs(AladdinCounter(node, width)))
        yield Row("register", "aladdin", node_nm, **size, **_written(AladdinRegister(node, width)))
    for width in MULTIPLIER_WIDTHS:
        product = _costs(AladdinMultiplier(node, width=width))
        yield Row("multiplier", "aladdin", node_nm, width_bits=width, **product)
    for width, total in MAC_WIDTHS:
        both = _costs(AladdinIntMAC(node, total, width))
        yield Row("mac", "aladdin", node_nm, width_bits=width, sum_bits=total, **both)


def neurosim(node_nm: int) -> Iterator[Row]:
    """Multiplexers and gates, and a second opinion on adders and registers, by NeuroSim."""
    at = {"tech_node": node_nm * 1e-9, "cycle_period": CYCLE_S}
    for width in WIDTHS:
        added = _costs(Adder(n_bits=width, **at))
        yield Row("adder", "neurosim", node_nm, width_bits=width, **added)
        stored = _costs(FlipFlop(n_bits=width, **at))
        yield Row("register", "neurosim", node_nm, width_bits=width, **stored, write_pj=0.0)
    for inputs in MULTIPLEXER_INPUTS:
        for width in MULTIPLEXER_WIDTHS:
            picked = _costs(Mux(n_bits=width, n_mux_inputs=inputs, **at))
            size = {"width_bits": width, "inputs": inputs}
            yield Row("multiplexer", "neurosim", node_nm, **size, **picked)
    adder_bit = Adder(n_bits=32, **at)
    gate = _costs(NANDGate(**at)) | {
        "read_pj": adder_bit.read().energy * 1e12 / (32 * NANDS_PER_FULL_ADDER),
        "leakage_uw": adder_bit.leak_power * 1e6 / (32 * NANDS_PER_FULL_ADDER),
    }
    yield Row("nand", "neurosim", node_nm, width_bits=1, inputs=2, **gate)


def drams() -> Iterator[Row]:
    """One byte of each kind of DRAM; the same at every node."""
    for kind in DRAM_KINDS:
        memory = DRAMS[kind]()
        energy = memory.read().energy * 1e12 / memory.width * 8
        yield Row(kind.lower(), "dram", width_bits=8, read_pj=energy, write_pj=energy)


def _text(value: float | int | str | None) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def write_rows(rows: list[Row], path: Path) -> None:
    """Write the table, numbers to six digits."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        writer.writerows([_text(value) for value in asdict(row).values()] for row in rows)


def write_models(path: Path) -> None:
    """Write what each model is: library, version, source and scaling."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("model", "package", "version", "source", "scaling"))
        for name, entry in MODELS.items():
            package = entry["package"]
            writer.writerow((name, package, version(package), entry["source"], entry["scaling"]))


def main() -> None:
    """Write both files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--nodes", type=int, nargs="+", default=NODES_NM, help="nodes in nm")
    parser.add_argument("--largest", type=int, default=1 << 62, help="largest SRAM in bytes")
    args = parser.parse_args()
    sizes = {
        width: tuple(capacity for capacity in capacities if capacity <= args.largest)
        for width, capacities in MEMORIES.items()
    }
    rows = list(drams())
    for node_nm in args.nodes:
        rows += [*memories(node_nm, sizes), *aladdin(node_nm), *neurosim(node_nm)]
    write_rows(rows, args.output / "components.csv")
    write_models(args.output / "component_models.csv")


if __name__ == "__main__":
    main()
