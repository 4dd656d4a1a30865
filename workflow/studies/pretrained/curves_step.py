"""Judge one trained network under several settings of a scheme, after each repair.

Of the pictures one half chooses and repairs, the other judges.
"""

from models.imagenet.agreement_curves import curve
from workflow.cli import run
from workflow.studies.pretrained.judging_step import judging_command


def main() -> None:
    """Run what the command line asks for."""
    judging_command(curve, __doc__)


if __name__ == "__main__":
    run(main)
