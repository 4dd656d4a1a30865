"""Search block thresholds of one trained network; write every trial and the thresholds to use.

An interrupted search goes on from its journal, a hidden file beside the table that is removed at
the end.
"""

import argparse
import hashlib
import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

from torch import nn

from models.datasets.canvases import NAME as CANVASES
from models.training import accuracy
from models.trials.block_pruned import BlockPrunedNetwork
from sim.errors import UserError
from workflow.cli import run, settings, whole_file
from workflow.search.engine import remove_journal
from workflow.search.spex.detector import detector
from workflow.search.spex.run import (
    STRATEGIES,
    BlockSearch,
    JudgedNetwork,
    run_spex,
    thresholds_text,
)
from workflow.search.spex.settings import SpexSettings
from workflow.tabling.shared import write_table
from workflow.trained import dataset_of, network_of, trained_checkpoint


def classifier(
    suite: str, network: str, checkpoint: Path, dataset: Path | None, spex_settings: SpexSettings
) -> JudgedNetwork:
    """A trained classifier, judged by top-1; the samples are the last training images.

    Raises:
        UserError: more samples are asked for than there are training images.
    """
    trained = trained_checkpoint(checkpoint)
    data = dataset_of(trained, suite, dataset)
    if spex_settings.sample_images > len(data.train_images):
        raise UserError(
            f"sample_images is {spex_settings.sample_images}; "
            f"{suite} has {len(data.train_images)} training images"
        )
    module = network_of(trained, network)
    trained.fill(module)
    images, labels = (
        part[-spex_settings.sample_images :] for part in (data.train_images, data.train_labels)
    )

    def on_samples(module: nn.Module) -> float:
        return 100 * accuracy(module, images, labels)

    def on_test_images(module: nn.Module) -> float:
        return 100 * accuracy(module, data.test_images, data.test_labels)

    return JudgedNetwork(
        BlockPrunedNetwork(module, spex_settings.rule, images, on_samples), on_test_images
    )


def study_name(strategy: str, spex_settings: SpexSettings, checkpoint: Path, code: str) -> str:
    """Changes with whatever makes the trials of an earlier journal wrong."""
    options = {k: v for k, v in asdict(spex_settings).items() if k != "workers"}
    content = json.dumps([strategy, options, code], sort_keys=True).encode()
    return hashlib.sha256(content + checkpoint.read_bytes()).hexdigest()[:16]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--strategy", required=True, help=", ".join(STRATEGIES))
    parser.add_argument("--settings", default="{}", help="JSON object, see SpexSettings")
    parser.add_argument("--code", default="", help="digest of the code, part of the study's name")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the train step")
    parser.add_argument("--dataset", type=Path, help="of the dataset step; drawn anew without")
    parser.add_argument("--trials", type=Path, required=True, help="CSV to write")
    parser.add_argument("--thresholds", type=Path, required=True, help="YAML to write")
    given = parser.parse_args()
    spex_settings = settings(SpexSettings, given.settings)
    kind = detector if given.suite == CANVASES else classifier
    search = BlockSearch(
        suite=given.suite,
        network=given.network,
        strategy=given.strategy,
        settings=spex_settings,
        make=partial(
            kind, given.suite, given.network, given.checkpoint, given.dataset, spex_settings
        ),
        journal=given.trials.with_name(f".{given.trials.stem}.journal"),
        study=f"{given.network} {spex_settings.rule.name} {given.strategy} "
        + study_name(given.strategy, spex_settings, given.checkpoint, given.code),
    )
    table, content = run_spex(search)
    write_table(table, given.trials)
    with whole_file(given.thresholds) as temporary:
        temporary.write_text(thresholds_text(content))
    remove_journal(search.journal)


if __name__ == "__main__":
    run(main)
