"""What the code of a plug-in raises while it runs, as an error of one line that names it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb

from sim.errors import UserError
from sim.plugins import GROUPS, MEND, Plugin, named, plugins

FRAME = re.compile(r'File "(.*)", line (\d+)')


class PluginError(UserError):
    """A defect of a plug-in that is running; its cause, with the traceback, is what was raised."""


def raised_by_plugin(error: BaseException, doing: str = "") -> PluginError | None:
    """The error for an exception in which the code of a plug-in was running; None = in no such.

    What a plug-in refuses by a UserError of its making keeps its words.

    Args:
        error: what was raised, here or in a worker process.
        doing: what the plug-in was asked for, as the message says it.
    """
    for path, line in reversed(list(_places(error))):
        plugin = _plugin_of(path)
        if plugin is not None:
            what = f"{doing}: " if doing else ""
            if isinstance(error, UserError):
                return PluginError(f"{plugin.label}: {what}{error}")
            return PluginError(
                f"{plugin.label}: {what}{path.name}:{line} raises {named(error)}; {MEND}"
            )
    return None


def users_mistake(error: BaseException) -> UserError | OSError | None:
    """What a command ends on in one line; None = a defect of the project, or a wish to exit.

    That is what a user can mend, what a plug-in raises, and what the system says of a file.
    """
    if isinstance(error, UserError):
        return error
    return raised_by_plugin(error) or (error if isinstance(error, OSError) else None)


def _places(error: BaseException) -> Iterator[tuple[Path, int]]:
    """File and line of every call that an exception passed through, the innermost last."""
    for frame, line in walk_tb(error.__traceback__):
        yield Path(frame.f_code.co_filename), line
    workers = sys.modules.get("concurrent.futures.process")  # not loaded where none are at work
    if workers and isinstance(error.__cause__, workers._RemoteTraceback):  # only text comes back
        for path, text in FRAME.findall(str(error.__cause__)):
            yield Path(path), int(text)


def _plugin_of(path: Path) -> Plugin | None:
    try:
        brought = [plugin for kind in GROUPS for plugin in plugins(kind)]
    except UserError:  # what is wrong with another one is said where that is asked for
        return None
    # The entry point's own module first: several may come from one package.
    brought.sort(key=lambda plugin: path not in plugin.module_files)
    return next((plugin for plugin in brought if path in plugin.files), None)
