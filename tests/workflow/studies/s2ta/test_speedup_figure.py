"""The lines of the published values follow the table of claims."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from workflow.studies.s2ta import energy_figure as s2ta_energy
from workflow.studies.s2ta import gating_figure as s2ta_gating
from workflow.studies.s2ta import speedup_figure as s2ta_speedup

CLAIMS = pd.DataFrame({"claim": ["s2ta-speedup", "s2ta-energy"], "published_low": [3.0, 4.0]})


def level_of_published_line(figure: Figure) -> float:
    panel = figure.axes[0]
    (line,) = [drawn for drawn in panel.lines if str(drawn.get_label()).startswith("published")]
    across, up = line.get_xdata(), line.get_ydata()
    return float((up if up[0] == up[1] and up[0] not in (0, 1) else across)[0])  # type: ignore[index]


def rows(**columns: object) -> pd.DataFrame:
    case = {"suite": "digits", "network": ["lenet5", "mean"]}
    views = ("all", "no_linear", "conv_only")
    return pd.concat([pd.DataFrame(case | columns | {"layers": view}) for view in views])


def test_speedup() -> None:
    table = rows(
        baseline_scheme="dbb", accelerator="s2ta_aw", basis="components", speedup=[1.5, 2.5]
    )
    figure = s2ta_speedup.draw(table.assign(two_sided_bound=3.2), CLAIMS)
    assert level_of_published_line(figure) == 3.0


def test_a_bound_is_a_line_over_its_bars_or_a_number_where_it_is_far_above() -> None:
    table = rows(
        baseline_scheme="dbb", accelerator="s2ta_aw", basis="components", speedup=[1.5, 2.5]
    )
    table["two_sided_bound"] = [3.2, 40.25] * 3
    panel = s2ta_speedup.draw(table, CLAIMS).axes[0]
    levels = [path.vertices[0][1] for lines in panel.collections for path in lines.get_paths()]
    assert levels == [3.2]
    assert [text.get_text()[1:] for text in panel.texts] == ["40.2"]
    assert panel.get_ylim()[1] < 5


def test_gating() -> None:
    table = rows(
        accelerator="s2ta_aw",
        gating_residual=[0.04, 0.4],
        gate_operands=True,
        energy_reduction_without_dram=[1.5, 1.8],
    )
    table["network"] = "mean"
    assert level_of_published_line(s2ta_gating.draw(table, CLAIMS)) == 4.0


def test_energy() -> None:
    energy = [
        rows(
            scheme="dbb",
            node_nm=16,
            accelerator=name,
            energy_pj_per_image=3.0,
            mac_energy_pj_per_image=1.0,
            sram_energy_pj_per_image=1.0,
            dram_energy_pj_per_image=1.0,
        )
        for name in s2ta_energy.ARRAYS
    ]
    figure = s2ta_energy.draw(pd.concat(energy, ignore_index=True), CLAIMS)
    assert level_of_published_line(figure) == pytest.approx(1 / 4)
