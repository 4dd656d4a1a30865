"""What each swept parameter of Sparse-Blox does to its gains, one at a time.

The gains on full-size ResNet-50 with modelled zeros and no threshold, at every value that an
assumed parameter is swept over; set on both sides alike where both have it. `parameter` is empty
for the configuration itself.
"""

from workflow.studies.sparse_blox.sparse_blox_table import gains
from workflow.tabling.pricing import priced_command

if __name__ == "__main__":
    priced_command(gains, __doc__)
