"""The one exception that stands for a mistake the user can mend."""


class UserError(Exception):
    """A mistake in the input; the message names the offender, what was expected and the mend.

    Command-line entry points print the message alone, without a traceback, and exit with 1.
    Anything else that is raised is a defect of this project and keeps its traceback.
    """
