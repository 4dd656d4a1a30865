"""What each assumed parameter of Phantom-2D is worth: one parameter varied at a time.

Every parameter of this reconstruction is assumed. Speedups are over an ideal dense array with as
many multipliers as the variant has, all layers.
"""

import pandas as pd

from sim.declared import data_files
from sim.registry import configuration
from workflow.tabling.shared import events_command, totals
from workflow.variants import variant_text

data_files("sim/accelerators/phantom/configs.yaml")

SUBJECT = "phantom_2d"
RUN = ["suite", "network", "activation_source"]


def phantom_sensitivity(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, swept parameter and value, the configured value among them."""
    total = totals(events, [*RUN, "variant"])
    total["speedup_over_dense_ideal"] = total["dense_macs"] / total["multipliers"] / total["cycles"]
    rows = []
    for name, parameter in configuration(SUBJECT).parameters.items():
        for value in parameter.sweep:
            used = value == parameter.value
            variant = "" if used else variant_text({name: value})
            runs = total[total["variant"] == variant]
            rows.append(runs.assign(parameter=name, value=str(value), is_configured=used))
    table = pd.concat(rows, ignore_index=True)
    configured = total[total["variant"] == ""].set_index(RUN)["speedup_over_dense_ideal"]
    table["speedup_relative_to_configured"] = table["speedup_over_dense_ideal"].to_numpy() / (
        configured.loc[pd.MultiIndex.from_frame(table[RUN])].to_numpy()
    )
    table["status"] = [
        configuration(SUBJECT).parameters[name].status for name in table["parameter"]
    ]
    columns = [*RUN, "parameter", "value", "is_configured", "status", "multipliers"]
    columns += ["speedup_over_dense_ideal", "speedup_relative_to_configured"]
    return table[columns].sort_values(RUN, kind="stable").reset_index(drop=True)


if __name__ == "__main__":
    events_command(phantom_sensitivity, __doc__)
