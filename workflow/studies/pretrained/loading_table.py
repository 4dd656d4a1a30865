"""How many of twenty labelled pictures each unpruned network with real weights names.

Proof that weights of package indexes are loaded right: the largest output, and the five largest,
with Wilson's interval at 95 %. Networks whose outputs are no ImageNet classes are left out.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import torch

from models.checkpoints import load_checkpoint
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.pretrained.fetch import checkpoint_path
from models.pretrained.labelled import labelled_pictures, top_share
from models.pretrained.packages import WEIGHTS
from workflow.cli import run
from workflow.tabling.shared import write_table

IMAGENET_CLASSES = 1000


def loading(networks: Sequence[str], folder: Path) -> pd.DataFrame:
    """One row per network and number of outputs that count.

    Raises:
        UserError: weights or pictures are not there.
    """
    return pd.DataFrame([row for network in networks for row in _rows(network, folder)])


def _rows(network: str, folder: Path) -> Iterator[dict[str, object]]:
    settings = FullSizeSettings()
    if settings.shape.classes(network) != IMAGENET_CLASSES:
        return
    (weights,) = (weights for weights in WEIGHTS if weights.network == network)
    module = full_size_network(network, settings, weights=True)
    metadata = load_checkpoint(checkpoint_path(folder, network), module)
    pictures = labelled_pictures(folder, settings.shape.form(network))
    images, labels = pictures.images(), torch.tensor(pictures.labels)
    for most in (1, 5):
        share = top_share(module, images, labels, most)
        low, high = share.interval_percent
        yield {
            "suite": "pretrained",
            "network": network,
            "weights": weights.title,
            "package": metadata["package"],
            "licence": weights.licence,
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
    parser.add_argument("--folder", type=Path, required=True, help="of models.pretrained.fetch")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_table(loading(arguments.networks, arguments.folder), arguments.output)


if __name__ == "__main__":
    run(main)
