"""How many examples a property test draws: all of them where there is time, a quarter otherwise.

Each run draws others, so the fast tests of many commits try as many as one long run.
"""

import os

WHOLE = os.environ.get("EXAMPLES") == "all"
"""Set by `make test-all`."""


def examples(count: int) -> int:
    """The examples that a run draws of `count`."""
    return count if WHOLE else -(-count // 4)
