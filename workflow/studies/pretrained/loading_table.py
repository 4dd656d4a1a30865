"""How many of twenty labelled pictures each unpruned network with real weights names.

Proof that weights of package indexes are loaded right: the largest output, and the five largest,
with Wilson's interval at 95 %. The state says which networks the pictures cannot judge, because
their outputs are no ImageNet classes, and which are not here: those are in no table of this suite.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import torch

from models.checkpoints import load_checkpoint
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.pretrained.archives import read_pins
from models.pretrained.fetch import checkpoint_path
from models.pretrained.labelled import labelled_pictures, top_share
from models.pretrained.packages import WEIGHTS
from workflow.cli import run
from workflow.tabling.shared import write_table

IMAGENET_CLASSES = 1000
LOADED, OTHER_CLASSES = "loaded", "loaded; its classes are not ImageNet's"
NOT_FETCHED = "not fetched"

COLUMNS = (
    "suite",
    "network",
    "weights",
    "package",
    "licence",
    "state",
    "largest_outputs",
    "labelled_pictures",
    "right",
    "right_percent",
    "right_low_percent",
    "right_high_percent",
)


def loading(networks: Sequence[str], folder: Path, absent: Sequence[str] = ()) -> pd.DataFrame:
    """One row per network and number of outputs that count, or one that says why there is none.

    Args:
        networks: all that were asked for.
        folder: of models.pretrained.fetch.
        absent: those that are not there.

    Raises:
        UserError: weights or pictures of another are not there.
    """
    return pd.DataFrame(
        [row for name in networks for row in _rows(name, folder, name in absent)],
        columns=list(COLUMNS),
    )


def _rows(network: str, folder: Path, absent: bool) -> Iterator[dict[str, object]]:
    (weights,) = (weights for weights in WEIGHTS if weights.network == network)
    said = {
        "suite": "pretrained",
        "network": network,
        "weights": weights.title,
        "package": str(read_pins()[weights.package]),
        "licence": weights.licence,
    }
    if absent:
        yield {**said, "state": NOT_FETCHED}
    elif FullSizeSettings().shape.classes(network) != IMAGENET_CLASSES:
        yield {**said, "state": OTHER_CLASSES}
    else:
        yield from ({**said, "state": LOADED, **row} for row in _shares(network, folder))


def _shares(network: str, folder: Path) -> Iterator[dict[str, object]]:
    settings = FullSizeSettings()
    module = full_size_network(network, settings, weights=True)
    load_checkpoint(checkpoint_path(folder, network), module)
    pictures = labelled_pictures(folder, settings.shape.form(network))
    images, labels = pictures.images(), torch.tensor(pictures.labels)
    for most in (1, 5):
        share = top_share(module, images, labels, most)
        low, high = share.interval_percent
        yield {
            "largest_outputs": most,
            "labelled_pictures": share.pictures,
            "right": share.hits,
            "right_percent": share.percent,
            "right_low_percent": low,
            "right_high_percent": high,
        }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", required=True)
    parser.add_argument("--absent", nargs="+", default=[], help="of these, those not fetched")
    parser.add_argument("--folder", type=Path, required=True, help="of models.pretrained.fetch")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_table(loading(arguments.networks, arguments.folder, arguments.absent), arguments.output)


if __name__ == "__main__":
    run(main)
