import pytest
import torch
from torch import nn

from models.compression.repair.agreement import agreement, logits


def test_agreement_counts_and_measures() -> None:
    reference = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    same = agreement(reference, reference)
    assert (same.images, same.same, same.kl_divergence_nats) == (2, 2, pytest.approx(0))
    turned = agreement(reference, reference.flip(1))
    p = 1 / (1 + torch.exp(torch.tensor(-2.0)))
    assert turned.same == 0
    assert turned.kl_divergence_nats == pytest.approx(float(2 * p - 1) * 2)


def test_logits_run_in_batches_as_at_once() -> None:
    layer = nn.Linear(3, 2)
    images = torch.randn(35, 3)
    torch.testing.assert_close(logits(layer, images), layer(images).detach())
