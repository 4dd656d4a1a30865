"""Zero blocks of networks with real weights, unpruned and without any threshold.

Natural zero blocks of the im2col matrices on measured zeros at 224x224, and what skipping them
saves, as table sparse_blox_blocks has it.
"""

from workflow.studies.sparse_blox.blocks_table import sparse_blox_blocks
from workflow.tabling.shared import traces_command

if __name__ == "__main__":
    traces_command(sparse_blox_blocks, __doc__)
