"""Checks of a configuration: its form, then every name, then the settings of every job."""

from collections.abc import Mapping
from typing import Any

from sim.declared import ROOT
from sim.errors import UserError
from sim.plugin_errors import raised_by_plugin
from workflow.plan.built_settings import check_built
from workflow.plan.config_errors import ConfigError
from workflow.plan.config_files import ConfigFiles
from workflow.plan.form import check_form
from workflow.plan.layout import Layout
from workflow.plan.name_checks import check_names
from workflow.plan.results_folder import check_results_folder
from workflow.plan.sections.comparison import ComparedDesigns
from workflow.plan.sections.dataflow import Dataflow
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.footing import CommonFooting, Sensitivities
from workflow.plan.sections.pretrained import Pretrained
from workflow.plan.sections.seeds import Seeds
from workflow.plan.sections.spex import Spex
from workflow.plan.sections.threshold_search import ThresholdSearches


def check_config(
    config: Mapping[str, Any], files: ConfigFiles | None = None, *, with_settings: bool = True
) -> None:
    """Refuse a configuration with which a job would fail, or a key of it be ignored.

    Args:
        config: merged from all files.
        files: those files, for the line of a mistake; they are checked themselves.
        with_settings: whether the settings of jobs are built, for which PyTorch is loaded, and
            swept designs priced.

    Raises:
        UserError: one line with file and line, as far as they are known, the keys that lead to the
            mistake, what was expected and the nearest names.
    """
    files = files or ConfigFiles()
    files.check()
    try:
        _check(config, with_settings)
    except ConfigError as error:
        raise files.located(error) from None
    except (Exception, SystemExit) as error:  # settings of a plug-in may raise anything
        brought = None if isinstance(error, UserError) else raised_by_plugin(error)
        if brought is None:
            raise
        raise brought from error


def _check(config: Mapping[str, Any], with_settings: bool) -> None:
    check_form(config)
    check_results_folder(config["results_dir"], ROOT)
    layout = Layout(config)
    compared = ComparedDesigns(layout)
    compared.check_runs()
    for section in (
        Dataflow(layout),
        ThresholdSearches(layout),
        CommonFooting(layout),
        Spex(layout),
        Sensitivities(layout),
        Detectors(layout),
        Pretrained(layout),
        Seeds(layout),
        compared,
    ):
        section.check()
    check_names(config)
    if with_settings:
        compared.check_prices()
        check_built(layout)
