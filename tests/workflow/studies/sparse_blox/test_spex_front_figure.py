import pandas as pd

from workflow.studies.sparse_blox.spex_front_figure import draw

FRONT = pd.DataFrame(
    [
        {
            "suite": suite,
            "network": network,
            "block": "8x8",
            "strategy": "greedy",
            "budget_points": 1.0,
            "held_out_saved_macs_percent": saved,
            "held_out_lost_points": lost,
        }
        for suite, network in [("shapes", "resnet50"), ("canvases", "yolov5s")]
        for saved, lost in [(0.0, 0.0), (5.0, 0.6)]
    ]
)
CLAIMS = pd.DataFrame(
    {
        "claim": ["blox-resnet50-macs-share", "blox-yolov5s-macs-share"],
        "published_low": [19.0, 24.3],
    }
)


def test_each_network_is_judged_by_its_own_measure_beside_its_own_claim() -> None:
    panels = {
        panel.get_title().split("\n")[1].split(",")[0]: panel for panel in draw(FRONT, CLAIMS).axes
    }
    assert panels["shapes"].get_ylabel() == "held-out top-1 lost\n(points)"
    assert panels["canvases"].get_ylabel() == "held-out mAP@.5:.95 lost\n(points)"
    stars = {
        suite: [list(line.get_xdata()) for line in panel.lines if line.get_marker() == "*"]
        for suite, panel in panels.items()
    }
    assert stars == {"shapes": [[19.0]], "canvases": [[24.3]]}
