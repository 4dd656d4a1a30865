"""Modules in other forms: exported, compiled, in parallel, with parameters that are made late."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from models.recording import record
from sim import UserError
from tests.models.toy import INPUTS, seeded_toy


class Shared(nn.Module):
    """One layer called twice, and another one with its weights."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, 8), nn.Linear(8, 8)
        self.second.weight = self.first.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.first(torch.relu(self.first(x))))
        return torch.relu(self.second(x)) @ x.mT


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of torch's own, when it is copied
def test_an_exported_program_gives_the_layers_and_zeros_of_its_module() -> None:
    inputs = torch.randn(2, 4, 8, generator=torch.Generator().manual_seed(0))
    module = Shared().eval()
    program = torch.export.export(module, (inputs[:1],))
    plain = record(module, inputs, int8=False)
    assert [trace.layer.name for trace in plain.traces][:3] == ["first", "first#2", "second"]
    for given in (program, program.module()):
        trace = record(given, inputs, int8=False)  # type: ignore[arg-type]
        assert len(trace.traces) == len(plain.traces)
        for ours, theirs in zip(trace.traces, plain.traces, strict=True):
            assert replace(ours.layer, name="one") == replace(theirs.layer, name="one")
            assert np.array_equal(ours.weight, theirs.weight)
            assert np.array_equal(ours.activation, theirs.activation)
    with pytest.raises(UserError, match=r"int8=False \(--float\) takes any network"):
        record(program, inputs)  # type: ignore[arg-type]


@pytest.mark.parametrize("int8", [True, False])
def test_lazy_parameters_get_their_shapes_and_the_users_module_stays_lazy(int8: bool) -> None:
    model = nn.Sequential(nn.LazyLinear(3), nn.ReLU())
    trace = record(model, torch.rand(2, 8), int8=int8)
    assert trace.traces[0].layer.in_channels == 8
    assert model[0].has_uninitialized_params()


def test_compiled_and_parallel_modules_are_the_ones_they_stand_for() -> None:
    plain = record(seeded_toy(), INPUTS)
    for model in (torch.compile(seeded_toy()), nn.DataParallel(seeded_toy())):
        layers = record(model, INPUTS, name="toy").layers
        assert [layer.trace.layer for layer in layers] == [row.trace.layer for row in plain.layers]
        for one, two in zip(layers, plain.layers, strict=True):
            assert np.array_equal(one.trace.activation, two.trace.activation)
