"""Sparse-Blox (AICAS 2023) and Spex: zero blocks, what skipping them saves, thresholds searched."""

from workflow.plan.digest import TORCH
from workflow.plan.layout import as_json
from workflow.plan.plan import Plan
from workflow.plan.products import Claims, Figure, Study, Table


def study(plan: Plan) -> Study:
    """Gains where blocks are counted, natural blocks of networks of the papers' size, searches."""
    parts = [_gains(plan), _natural(plan), _searches(plan)]
    return Study(
        "Sparse-Blox",
        [table for part in parts for table in part.tables],
        [figure for part in parts for figure in part.figures],
        [claims for part in parts for claims in part.claims],
    )


def _gains(plan: Plan) -> Study:
    traces = plan.block_skipping.traces()
    if not traces:
        return Study("")
    return Study(
        "",
        [
            Table(
                "sparse_blox",
                "sparse_blox_table",
                plan.block_skipping.files(),
                plan.comparison.prices(),
            ),
            Table("sparse_blox_blocks", "blocks_table", traces),
            Table("sparse_blox_area", "area_table", traces),
        ],
        [Figure("sparse_blox_gains", "gains_figure", ["sparse_blox"])],
        [Claims("claims", ["sparse_blox_blocks", "sparse_blox_area"])],
    )


def _natural(plan: Plan) -> Study:
    networks = plan.block_skipping.networks
    if not networks:
        return Study("")
    settings = as_json(plan.full_size.settings(""))  # the suite's own, no network's
    return Study(
        "",
        [
            Table(
                "sparse_blox_natural",
                "natural_table",
                plan.full_size.user_files(""),
                [*networks, "--settings", settings],
                named=False,
                pictures=plan.full_size.inputs_digest(""),
                pins=TORCH,
            ),
            Table(
                "sparse_blox_sensitivity",
                "sensitivity_table",
                plan.block_skipping.sweep_files(),
                plan.comparison.prices(),
            ),
        ],
        [
            Figure("sparse_blox_natural", "natural_figure", ["sparse_blox_natural", "claims"]),
            Figure("sparse_blox_sensitivity", "sensitivity_figure", ["sparse_blox_sensitivity"]),
        ],
    )


def _searches(plan: Plan) -> Study:
    trials = plan.spex.files()
    if not trials:
        return Study("")
    return Study(
        "",
        [
            Table("spex", "spex_table", trials),
            Table("spex_front", "spex_front_table", trials),
        ],
        [Figure("spex_front", "spex_front_figure", ["spex_front", "claims"])],
    )
