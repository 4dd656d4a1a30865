"""Where the zeros of networks with real weights are: densities and bounds of every layer."""

from workflow.studies.accuracy.densities_table import densities
from workflow.tabling.shared import traces_command

if __name__ == "__main__":
    traces_command(densities, __doc__)
