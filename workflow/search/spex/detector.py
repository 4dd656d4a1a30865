"""A trained detector as the Spex search judges it: by mAP@.5:.95, in percent."""

from pathlib import Path

from torch import nn

from models.detection.head import head_of
from models.detection.metric import mean_average_precision
from models.trials.block_pruned import BlockPrunedNetwork
from sim.errors import UserError
from workflow.search.spex.run import JudgedNetwork
from workflow.search.spex.settings import SpexSettings
from workflow.trained import detection_set_of, network_of, trained_checkpoint


def detector(
    suite: str, network: str, checkpoint: Path, dataset: Path | None, settings: SpexSettings
) -> JudgedNetwork:
    """The samples are the first validation canvases, whose digits no weight was fitted to.

    Raises:
        UserError: no data set is named, or more samples are asked for than there are canvases.
    """
    trained = trained_checkpoint(checkpoint)
    data = detection_set_of(trained, suite, dataset)
    if settings.sample_images > len(data.validation):
        raise UserError(
            f"sample_images is {settings.sample_images}; "
            f"{suite} has {len(data.validation)} validation canvases"
        )
    module = network_of(trained, network)
    trained.fill(module)
    head, samples = head_of(module), data.validation.first(settings.sample_images)

    def on_samples(module: nn.Module) -> float:
        return mean_average_precision(module, head, samples).at_50_95

    def on_test_canvases(module: nn.Module) -> float:
        return mean_average_precision(module, head, data.test).at_50_95

    pruned = BlockPrunedNetwork(module, settings.rule, samples.images, on_samples)
    return JudgedNetwork(pruned, on_test_canvases)
