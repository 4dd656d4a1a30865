from dataclasses import dataclass, field

import numpy as np
import pytest

from sim import Accelerator, Events, Layer, LayerTrace, UserError, accelerator, matmul, simulate
from sim.layer_costs import layer_costs
from sim.masks.sharing import is_sharing

LAYERS = (
    Layer.conv("conv", 8, 40, 3, padding=1, input_size=6),
    Layer.conv("depthwise", 8, 8, 3, padding=1, input_size=6, groups=8),
    matmul("product", 6, 5, 4, batch=2),
    Layer.linear("fc", 96, 70),
)

SHARING = (
    "sparten",
    "sparten_gb_s",
    "sparten_no_balancing",
    "template",
    "sense",
    "sense_unclustered",
    "sa",
)


def _traces(layers: tuple[Layer, ...] = LAYERS) -> list[LayerTrace]:
    rng = np.random.default_rng(5)
    return [
        LayerTrace(
            layer, rng.random(layer.weight_shape) < 0.5, rng.random((2, *layer.input_shape)) < 0.5
        )
        for layer in layers
    ]


@dataclass
class Counting:
    """Somebody's design, with values that may change."""

    refuses: str = ""
    ran: list[str] = field(default_factory=list)

    @property
    def multipliers(self) -> int:
        return accelerator("dense_ideal").multipliers

    def simulate(self, trace: LayerTrace) -> Events:
        assert is_sharing()
        self.ran.append(trace.layer.name)
        if trace.layer.name == self.refuses:
            raise UserError("no such layer")
        return simulate(trace, accelerator("dense_ideal"))


def test_designs_that_share_counts_cost_what_they_cost_alone() -> None:
    designs = {name: accelerator(name) for name in SHARING}
    costs, refused = layer_costs(_traces(), designs, 16, lambda layer: None)
    assert set(costs) | set(refused) == set(designs)
    for name, layers in costs.items():
        alone = [simulate(trace, designs[name]) for trace in _traces()]
        assert [cost.events for cost in layers] == alone, name
    assert not is_sharing()


def test_layers_come_one_after_the_other_and_a_refused_one_ends_its_design_alone() -> None:
    mine, other, told = Counting(refuses="depthwise"), Counting(), list[str]()
    designs: dict[str, Accelerator] = {"mine": mine, "other": other}
    costs, refused = layer_costs(_traces(), designs, 16, told.append)
    assert told == [layer.name for layer in LAYERS]
    assert refused == {"mine": "no such layer"}
    assert list(costs) == ["other"]
    assert mine.ran == ["conv", "depthwise"]


def test_equal_designs_are_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sense, ran = accelerator("sense"), list[str]()
    kind = type(sense)
    original = kind.simulate

    def counted(design: Accelerator, trace: LayerTrace) -> Events:
        ran.append(trace.layer.name)
        events: Events = original(design, trace)
        return events

    monkeypatch.setattr(kind, "simulate", counted)
    designs = {"one": sense, "same": accelerator("sense"), "other": accelerator("sense", rows=16)}
    costs, _ = layer_costs(_traces(LAYERS[:1]), designs, 16, lambda layer: None)
    assert ran == ["conv"] * 2
    assert costs["one"][0].events == costs["same"][0].events != costs["other"][0].events
    assert costs["same"][0].accelerator == "same"
