"""What the networks are worth under each scheme, and where their zeros are and come from."""

from workflow.plan.digest import FIGURE, TORCH
from workflow.plan.layout import as_json
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Study, Table

MEASURED_NETWORKS = ("mobilenet_v1_relu6", "resnet50_half", "efficientnet_lite0")
"""Of which models/imagenet/densities/pretrained.csv holds where trained zeros are."""


def study(plan: Plan) -> Study:
    """Accuracies and densities, and those of detectors and of the papers' networks if any."""
    tables = [
        Table("accuracy", "accuracy_table", plan.layout.metrics()),
        Table("densities", "densities_table", plan.layout.traces()),
    ]
    figures = [Figure("accuracy", "accuracy_figure", ["accuracy"])]
    densities = plan.full_size.densities()
    if densities:
        tables.append(Table("density_sources", "density_sources_table", densities))
    networks = sorted({network for _, network, _ in plan.full_size.runs()})
    if networks:
        settings = as_json(plan.full_size.settings(""))  # the suite's own, no network's
        files, pictures = plan.full_size.user_files(""), plan.full_size.inputs_digest("")
        tables += [
            Table(
                "mask_structure",
                "mask_structure_table",
                files,
                [*networks, "--settings", settings],
                named=False,
                pictures=pictures,
                pins=TORCH,
            ),
            Table(
                "modelled_zeros",
                "modelled_zeros_table",
                files,
                [*MEASURED_NETWORKS, "--settings", settings],
                named=False,
                pictures=pictures,
                pins=TORCH,
            ),
        ]
    if plan.detectors.networks:
        tables.append(Table("detection", "detection_table", plan.detectors.metrics()))
        figures.append(
            Figure(
                "detections",
                "detections_figure",
                inputs=plan.detectors.checkpoints(),
                dataset=plan.detectors.dataset,
                pins=[*FIGURE, "torch"],
            )
        )
    return Study("Networks", tables, figures)
