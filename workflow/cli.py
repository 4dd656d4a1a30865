"""What every command-line step shares: one-line errors, checked settings, whole files."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from sim.errors import UserError
from sim.files import whole_file
from sim.plugin_errors import PluginError, users_mistake
from sim.setting_types import built

__all__ = ["json_object", "run", "settings", "whole_file"]

T = TypeVar("T")


def run(main: Callable[[], None]) -> None:
    """Run a step; what a user can mend becomes one line on stderr and exit code 2.

    That is a UserError, what the operating system says of a file (a full disk, no permission), and
    what the code of a plug-in raises: its traceback goes to stderr, a job's log, before the line.
    What models/ logs (how a user's files were read) goes to stderr too, a line each.
    """
    logger = logging.getLogger("models")
    logger.handlers = [logging.StreamHandler()]  # anew, for stderr may have been replaced
    logger.setLevel(logging.INFO)
    try:
        main()
    except (Exception, SystemExit) as error:
        mistake = users_mistake(error)
        if mistake is None:
            raise
        where = ""
        if isinstance(mistake, PluginError):
            traceback.print_exception(mistake.__cause__ or error)
            where = " (traceback: above, in the job's log)"
        print(f"error: {mistake}{where}", file=sys.stderr)
        raise SystemExit(2) from None


def json_object(text: str) -> dict[str, Any]:
    """Read the settings of a step, a JSON object.

    Raises:
        UserError: not a JSON object.
    """
    try:
        values: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"--settings is not JSON ({error}): {text[:80]!r}") from error
    if not isinstance(values, dict):
        raise UserError(f"--settings is a {type(values).__name__}; expected a JSON object")
    return values


def settings(kind: type[T], text: str) -> T:
    """Read a JSON object into a flat settings dataclass.

    Raises:
        UserError: not a JSON object, a key is unknown or missing, or a value is of another type or
            out of range.
    """
    values = json_object(text)
    try:
        return built(kind, values)
    except UserError as error:
        raise UserError(f"--settings: {error}") from error
