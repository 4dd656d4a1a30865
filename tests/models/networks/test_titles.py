import subprocess
import sys
from pathlib import Path

from models.networks import networks
from models.networks.titles import network_titles

ROOT = Path(__file__).parents[3]


def test_titles_are_those_of_the_records_in_their_order() -> None:
    records = {name: record.title for name, record in networks().items()}
    assert list(network_titles().items()) == list(records.items())


def test_titles_come_without_pytorch() -> None:
    code = (
        "import sys; from models.networks.titles import network_titles; network_titles(); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)  # noqa: S603
