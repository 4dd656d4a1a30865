"""Checks of a configuration: its form by a JSON schema, then each section against the others."""

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match

from sim import UserError
from sim.declared import data_file
from workflow.plan.layout import Layout
from workflow.plan.sections.comparison import ComparedDesigns
from workflow.plan.sections.dataflow import Dataflow
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.footing import CommonFooting, Sensitivities
from workflow.plan.sections.spex import Spex
from workflow.plan.sections.threshold_search import ThresholdSearches

SCHEMA = data_file("workflow/schemas/config.schema.json")


def check_config(config: Mapping[str, Any]) -> None:
    """Raise UserError for a configuration of the wrong form, or a name that does not exist."""
    schema = json.loads(SCHEMA.read_text())
    error = best_match(jsonschema.Draft202012Validator(schema).iter_errors(config))
    if error is not None:
        raise UserError(f"config: {error.json_path.removeprefix('$.')}: {error.message}")
    layout = Layout(config)
    ComparedDesigns(layout).check_runs()
    for section in (
        Dataflow(layout),
        ThresholdSearches(layout),
        CommonFooting(layout),
        Spex(layout),
        Sensitivities(layout),
        Detectors(layout),
        ComparedDesigns(layout),
    ):
        section.check()
