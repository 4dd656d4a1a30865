"""Installed packages that bring accelerators, networks and schemes."""

from pathlib import Path

from torch import nn

from models.compression.schemes import scheme, schemes
from models.networks import build, networks
from models.networks.titles import network_titles
from tests.sim.plugin_package import ENTRIES, ROOT, SCHEME, installed, printed
from workflow import dependencies
from workflow.plan.digest import TORCH, Digests
from workflow.plan.known_names import known_schemes


def test_an_accelerator_is_listed_and_simulated_like_the_others(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "import sim\n"
        "from sim.comparison import compare\n"
        "trace = sim.LayerTrace(sim.Layer.linear('fc', 8, 4))\n"
        "events = sim.simulate(trace, sim.accelerator('serial'))\n"
        "import sparsebench\n"
        "print(json.dumps([events.cycles, list(sim.configurations())[-1],"
        " sparsebench.Layer is sim.Layer, sim.configurations()['serial'].folder]))"
    )
    brought = installed(tmp_path, accelerators=ENTRIES["accelerators"])
    assert printed(brought, code) == [32, "serial", True, "serial"]


def test_the_digest_of_its_simulation_follows_its_files(brought: Path) -> None:
    installed(brought, accelerators=ENTRIES["accelerators"])
    digests = [_simulation_digests()]
    for name in ("serial/model.py", "shared.py"):  # its own, and one that it may import
        with (brought / "brought" / name).open("a") as file:
            file.write("\n# changed\n")
        digests.append(_simulation_digests())
    assert len({mine for mine, _ in digests}) == 3
    assert len({other for _, other in digests}) == 1


def _digests_of_now() -> Digests:
    """Digests of the files as they are, whatever was read before."""
    dependencies._digest.cache_clear()
    dependencies._name_and_content.cache_clear()
    return Digests(ROOT)


def _simulation_digests() -> tuple[str, str]:
    """Of the plug-in's simulation, and of another one's."""
    digests = _digests_of_now()
    return digests.simulation("serial"), digests.simulation("sa")


def test_whatever_runs_pytorch_depends_on_networks_and_schemes(brought: Path) -> None:
    installed(brought, schemes=ENTRIES["schemes"])

    def digests() -> list[str]:
        now = _digests_of_now()
        return [
            now.code("workflow.cli", pins=iter([*TORCH, "optuna"])),
            now.accelerators([], "workflow.cli", TORCH),
            now.code("workflow.cli"),
        ]

    before = digests()
    (brought / "brought" / "nothing.py").write_text(SCHEME + "# changed\n")
    same = [old == new for old, new in zip(before, digests(), strict=True)]
    assert same == [False, False, True]


def test_networks_and_schemes_stand_beside_the_built_in_ones(brought: Path) -> None:
    installed(brought, networks=ENTRIES["networks"], schemes=ENTRIES["schemes"])
    made = build("perceptron", num_classes=5, in_channels=1, input_size=28)
    assert isinstance(made, nn.Sequential)
    assert made[1].weight.shape == (5, 784)
    assert list(networks())[-1] == "perceptron"
    assert network_titles()["perceptron"] == "perceptron"
    assert "nothing" in schemes()
    assert scheme("nothing").__name__ == "Nothing"
    assert "nothing" in known_schemes()
    assert "nothing" not in known_schemes("FULL_SIZE")
