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
    train_settings: TrainSettings,
    fit: Fit,
    checkpoint: Path,
    metrics: Path,
) -> None:
    """Build a network for the data, train it, then write weights and figures."""
    options: dict[str, Any] = {
        "num_classes": data.num_classes,
        "in_channels": data.in_channels,
        "width": train_settings.width,
        "input_size": data.input_size,
    }
    with repeatable(train_settings.seed, train_settings.threads):
        module = build(network, **options)
        initialise_for_training(module)
        log, kind_figures = fit(module)
    names = {"suite": data.name, "network": network}
    figures = {
        **names,
        "parameters": sum(p.numel() for p in module.parameters()),
        "epochs": train_settings.epochs,
        "steps": log.steps,
        "losses": log.losses,
        **kind_figures,
    }
    metadata = {
        **names,
        "build": options,
        "settings": asdict(train_settings),
        "seed": train_settings.seed,
    }
    save_checkpoint(checkpoint, module, metadata)
    with whole_file(metrics) as temporary:
        temporary.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")
