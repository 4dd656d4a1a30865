"""What training a classifier and training a detector share: settings, the network, what is kept."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import nn

from models.checkpoints import save_checkpoint
from models.datasets import Dataset
from models.datasets.detection_set import DetectionSet
from models.networks import build
from models.networks.variant import initialise_for_training
from models.training import TrainingLog, repeatable
from sim.files import whole_file
from workflow.steps.train_settings import TrainSettings

Fit = Callable[[nn.Module], tuple[TrainingLog, dict[str, Any]]]
"""Trains a network in place; the figures that are of its kind alone."""


def train_and_write(
    data: Dataset | DetectionSet,
    network: str,
    chosen: TrainSettings,
    fit: Fit,
    checkpoint: Path,
    metrics: Path,
) -> None:
    """Build a network for the data, train it, then write weights and figures."""
    options: dict[str, Any] = {
        "num_classes": data.num_classes,
        "in_channels": data.in_channels,
        "width": chosen.width,
        "input_size": data.input_size,
    }
    with repeatable(chosen.seed, chosen.threads):
        module = build(network, **options)
        initialise_for_training(module)
        log, own = fit(module)
    names = {"suite": data.name, "network": network}
    figures = {
        **names,
        "parameters": sum(p.numel() for p in module.parameters()),
        "epochs": chosen.epochs,
        "steps": log.steps,
        "losses": log.losses,
        **own,
    }
    metadata = {**names, "build": options, "settings": asdict(chosen), "seed": chosen.seed}
    save_checkpoint(checkpoint, module, metadata)
    with whole_file(metrics) as temporary:
        temporary.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
