"""S2TA and the other systolic arrays against SA-ZVCG on networks with real weights.

Gains on measured zeros at 224x224, network by network, as table s2ta has them; all run the same
`dbb` network, which was repaired without a training set. What that costs is in table pretrained.
"""

from workflow.studies.s2ta.s2ta_table import s2ta
from workflow.tabling.pricing import priced_command

if __name__ == "__main__":
    priced_command(s2ta, __doc__)
