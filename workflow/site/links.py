"""Links of a Markdown page that lead out of the site: they become the name of the file."""

import re

_LINK = re.compile(
    r"\[([^\]]+)\]\((\.\./[^)]+|(?:sim|models|workflow|config|results|tests)/[^)]*)\)"
)


def plain_links(text: str) -> str:
    """The text, with links to files of the checkout as their path in the checkout.

    A page of the site is read without the checkout beside it, so such a link would lead nowhere.
    """
    return _LINK.sub(lambda match: _named(match[1], match[2]), text)


def _named(words: str, target: str) -> str:
    path = re.sub(r"^(\.\./)+", "", target)
    if words.strip("`") in (path, path.rsplit("/", 1)[-1]):
        return f"`{path}`"
    return f"{words} (`{path}`)"
