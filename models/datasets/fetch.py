"""Fetch Fashion-MNIST: 70,000 pictures of clothes, the size of MNIST's digits, ten classes.

Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking
Machine Learning Algorithms", arXiv 1708.07747; licence MIT. The files come out of a package of
Debian, which is read as data and not installed; its digest is compared before.
"""

import argparse
import hashlib
import io
import sys
import tarfile
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

from models.datasets.idx import NAMES
from sim.errors import UserError
from sim.files import whole_file

FOLDER = Path("data/fashion_mnist")
PACKAGE = "dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb"
ADDRESS = f"https://deb.debian.org/debian/pool/main/d/dataset-fashion-mnist/{PACKAGE}"
SHA256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"
INSIDE = "./usr/share/datasets/fashion-mnist"
HEADER_BYTES = 60
"""Of a member of an `ar` archive: name (16), times and owner (32), size (10), end (2)."""
TIMEOUT_S = 60


def fetch(folder: Path, address: str = ADDRESS, sha256: str = SHA256) -> None:
    """Write the four files unless they are there; each is whole or absent.

    Raises:
        UserError: the package cannot be had, or is another one.
    """
    if all((folder / f"{name}.gz").is_file() for name in NAMES):
        return
    package = _downloaded(address)
    digest = hashlib.sha256(package).hexdigest()
    if digest != sha256:
        raise UserError(f"{address}: its SHA-256 is {digest}, expected {sha256}")
    with tarfile.open(fileobj=io.BytesIO(_member(package, "data.tar"))) as archive:
        for name in NAMES:
            file = archive.extractfile(f"{INSIDE}/{name}.gz")
            content = b"" if file is None else file.read()
            with whole_file(folder / f"{name}.gz") as temporary:
                temporary.write_bytes(content)


def _downloaded(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:  # noqa: S310  # our own
            content: bytes = answer.read()
    except (OSError, HTTPException) as error:  # the latter: an answer that is cut short
        raise UserError(f"{address}: cannot be fetched ({error})") from error
    return content


def _member(package: bytes, start: str) -> bytes:
    for name, content in _members(package):
        if name.startswith(start):
            return content
    raise UserError(f"{PACKAGE}: no member {start}; expected a Debian package")


def _members(package: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of an `ar` archive, the outer form of a Debian package."""
    place = len(b"!<arch>\n")
    while place + HEADER_BYTES <= len(package):
        header = package[place : place + HEADER_BYTES].decode("ascii", "replace")
        size = int(header[48:58])
        place += HEADER_BYTES
        yield header[:16].strip(), package[place : place + size]
        place += size + size % 2


def main() -> None:
    """Fetch the files into the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files go")
    try:
        fetch(parser.parse_args().folder)
    except (UserError, OSError) as error:  # the latter: a folder that cannot be written to
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
