"""S2TA-AW against Eyeriss v2 and SparTen on networks with real weights: energy per inference.

Ratios on measured zeros at 224x224, as table s2ta_sparse has them; nothing is varied. Networks were
repaired without a training set, which table pretrained has the price of.
"""

from workflow.studies.s2ta.sparse_table import s2ta_sparse
from workflow.tabling.pricing import priced_command

if __name__ == "__main__":
    priced_command(s2ta_sparse, __doc__)
