"""Links of a Markdown page: those out of the site become the file's name, tables lead to theirs."""

import re
from collections.abc import Collection

_LINK = re.compile(
    r"\[([^\]]+)\]\((\.\./[^)]+|(?:sim|models|workflow|config|results|tests)/[^)]*)\)"
)
_TABLE = re.compile(r"(?:(?<=able )`(\w+)`|`(\w+)\.csv`)(?!\])")


def plain_links(text: str) -> str:
    """The text, with links to files of the checkout as their path in the checkout.

    A page of the site is read without the checkout beside it, so such a link would lead nowhere.
    """
    return _LINK.sub(lambda match: _named(match[1], match[2]), text)


def table_links(text: str, tables: Collection[str]) -> str:
    """The text, with the files of tables, and what it calls a table, as links to their pages.

    Args:
        text: a page at the root of the site.
        tables: names of those that have a page.
    """

    def linked(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return f"[{match[0]}](tables/{name}.md)" if name in tables else match[0]

    return _TABLE.sub(linked, text)


def _named(words: str, target: str) -> str:
    path = re.sub(r"^(\.\./)+", "", target)
    if words.strip("`") in (path, path.removesuffix("/README.md"), path.rsplit("/", 1)[-1]):
        return f"`{path}`"
    return f"{words} (`{path}`)"
