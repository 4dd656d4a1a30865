"""YAML files that a JSON schema describes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from sim.errors import UserError


def checked_yaml(path: Path, schema: Path) -> Any:
    """Read a YAML file and check it against a JSON schema.

    Raises:
        UserError: unreadable, no YAML, or against the schema; names the file and the place in it.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(document, json.loads(schema.read_text()))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except jsonschema.ValidationError as error:
        raise UserError(f"{path}: {error.json_path}: {error.message}") from error
    return document
