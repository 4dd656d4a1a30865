"""Whether any installed package may have entry points of a group, without reading its metadata.

The reader of Python's own library takes longer to start than a simulation of a small network, and
most environments have no plug-in.
"""

import os
import sys
from importlib.machinery import PathFinder

FOLDERS = (".dist-info", ".egg-info")


def may_exist(group: str) -> bool:
    """Whether a package that Python would find names the group; True where that is not plain."""
    finders = (finder for finder in sys.meta_path if finder is not PathFinder)
    if any(hasattr(finder, "find_distributions") for finder in finders):
        return True
    return any(_names(place or os.curdir, group.encode()) for place in sys.path)


def _names(place: str, group: bytes) -> bool:
    """Whether a package in a folder of `sys.path` names a group; True for an archive."""
    if place.lower().endswith(".egg"):
        return True
    try:
        folders = [name for name in os.listdir(place) if name.lower().endswith(FOLDERS)]
    except NotADirectoryError:
        return True
    except OSError:  # no such place
        return False
    return any(_holds(os.path.join(place, name, "entry_points.txt"), group) for name in folders)


def _holds(path: str, text: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return text in file.read()
    except (FileNotFoundError, NotADirectoryError):  # without, or of a form that has none
        return False
    except OSError:
        return True
