from pathlib import Path

import pandas as pd
import pytest

from models.imagenet.modelled import modelled_trace
from models.imagenet.settings import FullSizeSettings
from sim import accelerator, write_trace
from workflow.events import simulate_network
from workflow.studies.pretrained.modelled_table import modelled

NETWORK = "efficientnet_lite0"
pytestmark = pytest.mark.slow  # a network of full depth is run three times
SMALL = {"width": 0.25, "input_height": 32, "input_width": 32, "images": 1}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Of a trace that stands for a measured one, and two designs."""
    settings = FullSizeSettings.of(SMALL)
    trace = modelled_trace(NETWORK, "magnitude", settings.varied(seed=5)).trace
    path: Path = tmp_path_factory.mktemp("traces") / "trace.safetensors"
    write_trace(path, trace)
    events = pd.concat(
        simulate_network(trace, name, accelerator(name)) for name in ("tc", "sparten")
    )
    return modelled([path], events, settings)


def test_every_design_and_statistic_stands_beside_its_measured_value(table: pd.DataFrame) -> None:
    assert set(table["densities"]) == {"measured", "held out"}
    assert set(table["role"]) == {"tested"}
    cycles = table[table["quantity"] == "cycles"]
    assert list(cycles["name"]) == ["tc", "sparten"] * 2
    known = table[table["densities"] == "measured"].set_index("name")["modelled_over_measured"]
    assert known["activation_density"] == pytest.approx(1, abs=0.01)
    assert known["tc"] == 1  # skips nothing
    assert known["sparten"] == pytest.approx(1, abs=0.1)
    assert known["effectual_macs"] == pytest.approx(1, abs=0.1)


def test_times_follow_the_densities_of_the_rule(table: pd.DataFrame) -> None:
    ruled = table[table["densities"] == "held out"].set_index("name")
    density, time = (
        ruled.loc[name, "modelled_over_measured"] for name in ("activation_density", "sparten")
    )
    assert abs(density - 1) > 0.02
    assert (density > 1) == (time > 1)
