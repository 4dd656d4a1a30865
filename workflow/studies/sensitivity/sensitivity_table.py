"""What every swept parameter of every design does to its headline, one at a time.

The headline is the speedup over an ideal dense array of as many multipliers, and the energy at
16 nm with and without DRAM, of all layers of the network that the design runs; each design as
configured, under the compression it is meant for. `status` says whether the configured value is
published, derived or assumed; a value under which the design cannot run one of the layers (its log
names both) has no row. `energy basis`, `energy of selection logic` and `DRAM kind` are
choices of the prices, `zeros:` settings of modelled zeros (the full configuration varies more of
them). On the basis of mixed entries `energy of <entry>` are the entries that list a sweep.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sim import technology
from sim.components import BASES, MIXED
from sim.components.cells import DRAM_KINDS, ESTIMATES
from sim.declared import data_files
from sim.footing import footing
from sim.registry import configuration
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.shared import BY_DESIGN, ENERGIES, ENERGY, totals
from workflow.variants import OTHER_ZEROS, parameter_and_value

data_files("sim/accelerators/*/configs.yaml")

CONFIGURED = "configured"
SPEED = "speedup_over_dense_ideal"
BASIS, DRAM, LOGIC = "energy basis", "DRAM kind", "energy of selection logic"
"""What is varied of the prices; on the mixed entries also `energy of` each entry with a sweep."""


def sensitivity(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per run, design, parameter and value; the configured value of each is among them."""
    total = totals(events, [*BY_DESIGN, "variant"])
    node = footing().node_nm
    varied = total[[*BY_DESIGN, "multipliers", "variant"]].copy()
    varied[SPEED] = total["dense_macs"] / total["multipliers"] / total["cycles"]
    varied[ENERGIES] = pricing.per_image_pj(total, node)
    varied = varied.join(parameter_and_value(varied["variant"]))
    configured = varied[varied["variant"] == ""]
    is_configured = total["variant"] == ""
    priced = list(_priced(total[is_configured], varied[is_configured], node, pricing))
    table = pd.concat([varied[varied["variant"] != ""], *priced], ignore_index=True)
    table = pd.concat([table, _configured_rows(table, configured)], ignore_index=True)
    base = configured.set_index(BY_DESIGN)[[SPEED, *ENERGIES]]
    reference = table[BY_DESIGN].join(base, on=BY_DESIGN)
    table["relative_speedup"] = table[SPEED] / reference[SPEED]
    for energy in ENERGIES:
        relative = f"relative_{energy.removesuffix('_pj_per_image')}"
        table[relative] = table[energy] / reference[energy]
    table["status"] = [
        _status(name, parameter)
        for name, parameter in zip(table["accelerator"], table["parameter"], strict=True)
    ]
    columns = [*BY_DESIGN, "parameter", "status", "value", "multipliers", SPEED, *ENERGIES]
    columns += ["relative_speedup", "relative_energy", "relative_energy_without_dram"]
    return table[columns].sort_values([*BY_DESIGN, "parameter"], kind="stable", ignore_index=True)


def _priced(
    total: pd.DataFrame, rows: pd.DataFrame, node: int, pricing: Pricing
) -> Iterator[pd.DataFrame]:
    """The configured designs again, each choice of the prices varied alone."""
    for parameter, value, energy in _other_prices(total, node, pricing):
        changed = rows.assign(parameter=parameter, value=value)
        changed[ENERGIES] = energy
        yield changed[energy[ENERGY] != rows[ENERGY]]  # designs that it changes


def _other_prices(
    total: pd.DataFrame, node: int, pricing: Pricing
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    others = [(BASIS, name, replace(pricing, basis=name)) for name in BASES]
    others += [(DRAM, kind, replace(pricing, dram=kind)) for kind in DRAM_KINDS]
    if pricing.basis != MIXED:
        others += [(LOGIC, end, replace(pricing, estimate=end)) for end in ESTIMATES]
    for parameter, value, other in others:
        if other != pricing:
            yield parameter, value, other.per_image_pj(total, node)
    for name, entry in technology(45).entries.items() if pricing.basis == MIXED else []:
        for energy_pj in entry.sweep:
            if energy_pj != entry.energy_pj:
                energy = pricing.per_image_pj(total, node, **{name: energy_pj})
                yield f"energy of {name}", f"{energy_pj:g} pJ", energy


def _configured_rows(table: pd.DataFrame, configured: pd.DataFrame) -> pd.DataFrame:
    """The configured point of every parameter of a design."""
    parameters = table[[*BY_DESIGN, "parameter"]].drop_duplicates()
    points = configured.drop(columns=["parameter", "value"])
    return parameters.merge(points, on=BY_DESIGN).assign(value=CONFIGURED)


def _status(name: str, parameter: str) -> str:
    if parameter.startswith(OTHER_ZEROS) or parameter in (BASIS, DRAM, LOGIC):
        return "assumed"
    if parameter.startswith("energy of "):
        return technology(45).entry(parameter.removeprefix("energy of ")).status
    return configuration(name).parameters[parameter].status


if __name__ == "__main__":
    priced_command(sensitivity, __doc__)
