"""The one exception that stands for a mistake the user can mend."""


class UserError(Exception):
    """A mistake in the input; the message names the offender, what was expected and the mend.

    Command-line entry points print the message alone, without a traceback, and exit with 2.
    Anything else that is raised is a defect of this project and keeps its traceback.
    """

    def __str__(self) -> str:
        """The message on one line, whatever names and values of a user it quotes."""
        text = super().__str__()
        if text.isprintable():
            return text
        return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
