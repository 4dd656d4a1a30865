"""What many tests of models read and none changes."""

import pytest

from models.datasets import Dataset, load


@pytest.fixture(scope="session")
def shapes() -> Dataset:
    """The suite of shapes, which takes seconds to draw."""
    return load("shapes", 0)
