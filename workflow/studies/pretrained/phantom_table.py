"""Phantom-2D and its baselines on a MobileNetV1 with real weights, pruned by magnitude.

Gains on measured zeros at 224x224, as table phantom has them, of the one network with real weights
that Phantom's abstract names. It was repaired without a training set: table pretrained has the
price.
"""

from workflow.studies.phantom.phantom_table import phantom
from workflow.tabling.pricing import priced_command

if __name__ == "__main__":
    priced_command(phantom, __doc__)
