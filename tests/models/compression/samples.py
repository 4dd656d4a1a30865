"""Samples for schemes whose choice the test does not look at."""

from models.compression.scheme import Samples
from tests.models.toy import toy_images


def samples(accuracy_percent: float = 50.0) -> Samples:
    """Toy images, and a network that is equally accurate whatever is pruned."""
    return Samples(toy_images(), lambda network: accuracy_percent)
