"""What every compared accelerator makes of networks with real weights, as table networks has it."""

from workflow.studies.comparison.networks_table import networks
from workflow.tabling.pricing import nodes_command

if __name__ == "__main__":
    nodes_command(networks, __doc__)
