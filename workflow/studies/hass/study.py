"""HASS (FPL 2024), PASS and a dense dataflow: every layer with hardware of its own, on a board."""

from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table


def study(plan: Plan) -> Study:
    """Designs of the networks that are put on a board, and the searches of their thresholds."""
    tables, figures, judged = [], [], []
    designs = plan.dataflow.designs("designs")
    if designs:
        tables += [
            Table("hass", "hass_table", designs),
            Table("hass_layers", "layers_table", plan.dataflow.designs("layers")),
            Table("hass_pareto", "pareto_table", designs),
        ]
        figures += [
            Figure("hass_pareto", "pareto_figure", ["hass_pareto", "hass", "claims"]),
            Figure("hass_intervals", "intervals_figure", ["hass_layers"]),
        ]
        judged.append("hass")
    varied = plan.dataflow.sensitivities()
    if varied:
        tables.append(Table("hass_sensitivity", "sensitivity_table", varied))
    searches = plan.threshold_searches
    if searches.runs():
        tables += [
            Table("hass_search", "search_table", searches.files("best")),
            Table("hass_trials", "trials_table", searches.files("trials")),
        ]
        figures.append(Figure("hass_search", "search_figure", ["hass_trials", "hass_search"]))
        judged.append("hass_search")
    return Study("HASS", tables, figures, [Claims("claims", judged)] if judged else [])
