"""Everything that a configuration asks for, section by section, for rules and studies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workflow.plan.digest import TORCH, Digests
from workflow.plan.layout import Layout
from workflow.plan.sections.comparison import ComparedDesigns
from workflow.plan.sections.dataflow import Dataflow
from workflow.plan.sections.detection import Detectors
from workflow.plan.sections.footing import CommonFooting, Sensitivities
from workflow.plan.sections.imagenet import FullSize
from workflow.plan.sections.pretrained import Pretrained
from workflow.plan.sections.seeds import Seeds
from workflow.plan.sections.sparse_blox import BlockSkipping
from workflow.plan.sections.spex import Spex
from workflow.plan.sections.threshold_search import ThresholdSearches
from workflow.plan.sections.training import Training
from workflow.plan.sweeps import Sweeps


class Plan:
    """The files, runs, digests and sections of one valid configuration.

    Attributes:
        config: the configuration.
        layout: where files are, on which runs.
        digests: what rules depend on besides their inputs.
        sweeps: points of parameters.
        training: networks that are trained and compressed here.
        full_size: networks of the papers' size.
        pretrained: networks whose trained weights package indexes hold.
        detectors: detectors that are trained here.
        spex: searches of block thresholds.
        dataflow: layer-pipelined designs on a board.
        threshold_searches: HASS's searches.
        footing: all designs on one footing.
        sensitivities: all parameters varied.
        block_skipping: designs with and without a zero map.
        comparison: every accelerator on every run.
        seeds: runs that are repeated under several seeds.
    """

    def __init__(self, config: Mapping[str, Any], root: Path) -> None:
        self.config = config
        self.layout = layout = Layout(config)
        self.digests = Digests(root)
        self.sweeps = Sweeps(config)
        self.training = Training(layout)
        self.full_size = FullSize(layout)
        self.pretrained = Pretrained(layout)
        self.detectors = Detectors(layout)
        self.spex = Spex(layout)
        self.dataflow = Dataflow(layout)
        self.threshold_searches = ThresholdSearches(layout)
        self.footing = CommonFooting(layout)
        self.sensitivities = Sensitivities(layout)
        self.block_skipping = BlockSkipping(layout)
        self.comparison = ComparedDesigns(layout)
        self.seeds = Seeds(layout)

    def dataset_code(self, suite: str) -> str:
        """Digest of the step that makes a data set, then the state of the files that it reads.

        As one parameter of its rule: a further one would make every data set anew.
        """
        code = self.digests.code("workflow.steps.dataset", pins=TORCH)
        return code + self.training.files_digest(suite)
