import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from sim import UserError
from sim.declared import ROOT
from workflow.plan.full_size_checks import check_full_size
from workflow.plan.layout import Layout

BASE = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
NETWORK = "imagenet.networks.alexnet."


def check(change: dict[str, Any]) -> None:
    config = copy.deepcopy(BASE)
    update_config(config, change)
    check_full_size(Layout(config))


def of_network(**settings: Any) -> dict[str, Any]:
    return {"imagenet": {"networks": {"alexnet": settings}}}


def of_curve(**settings: Any) -> dict[str, Any]:
    return {"pretrained": {"curves": {"schemes": {"magnitude": settings}}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (of_network(fine_tune_epochs=3), f"{NETWORK}fine_tune_epochs: .* without train_folder"),
        (of_network(bound_budget_points=2.0), "bound_budget_points would be .* without repair"),
        (of_network(repair="reconstruct"), f"{NETWORK}repair: .* without checkpoint"),
        (of_network(blockwise_thresholds="t.yaml"), "ignored without checkpoint"),
        (of_network(checkpoint="w.pth", weight_spread=0.1), "weight_spread: is of modelled zeros"),
        ({"imagenet": {"device": "cuda"}}, "imagenet.device: .* without train_folder"),
        (of_network(weight_table="han"), f"{NETWORK}weight_table: .*unknown table of weight dens"),
        (of_network(input_width=10**6), f"{NETWORK}input_width: .*expected at most 4096 pixels"),
        (of_network(input_height=8), f"{NETWORK}input_height: alexnet: .*expected at least"),
        (of_network(num_classes=10**12), f"{NETWORK}num_classes: alexnet: .* <= 8589934592"),
        ({"zeros": {"images": [1, 2]}}, "zeros.images: unknown setting of modelled zeros"),
        ({"zeros": {"most_removed": [0.1, 2]}}, r"zeros.most_removed.1.: .*in \[0, 1\]"),
        ({"pretrained": {"settings": {"checkpoint": "w"}}}, "pretrained.settings.checkpoint: "),
        ({"pretrained": {"settings": {"width": 0.5}}}, "width is not for fetched networks"),
        (of_curve(image_folder=["a", "b"]), "curves.schemes.magnitude.image_folder: .* not for"),
        (of_curve(balanced_density=[0.3]), "balanced_density is not of scheme magnitude"),
    ],
)
def test_what_nothing_would_read_or_no_network_takes_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        check(change)


def test_a_table_of_densities_has_rows_of_the_network_and_of_its_layers(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    head = "network,layer,tensor,table,density,status,published_layer,source,note\n"
    row = "{},{},weight,mine,0.4,published,,here,\n"
    table.write_text(head + row.format("alexnet", "features.0"))
    check(of_network(densities_file=str(table)))
    for network, layer, message in [
        ("alexnett", "features.0", "unknown network 'alexnet'.*did you mean 'alexnett'"),
        ("alexnet", "feature.0", "unknown layer 'feature.0'.*did you mean 'features.0'"),
    ]:
        table.write_text(head + row.format(network, layer))
        with pytest.raises(UserError, match=message):
            check(of_network(densities_file=str(table)))
