"""Figures for the web: the same drawing in fewer bytes.

Matplotlib writes six decimals, a page of metadata, and a long element for every letter; two
decimals of a point are finer than a screen shows.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, count
from string import ascii_letters

from workflow.site.slim_paths import shared_paths, short_path

SMALL = 0.1
"""Below this a number is left as it is: it scales something."""
_NUMBER = re.compile(r"(?<![\w#.])-?\d+\.\d{3,}(?![\w.])")
_LETTER = re.compile(
    r'<use (?:xlink:)?href="#([\w-]+)"(?: transform="translate\(([-\d.]+)(?:[ ,]([-\d.]+))?\)")?/>'
)
_WORD = re.compile(r'(?:<use href="#\w+"(?: x="[^"]*")?(?: y="[^"]*")?/>)+')
SHORT = 60
"""Characters of a word that is not worth a name."""
_STYLE = re.compile(r' style="([^"]*)"')
_ID = re.compile(r' id="([^"]*)"')
_HREF = re.compile(r'(?:xlink:)?href="#([\w-]+)"')
_REFERENCE = re.compile(r"#([\w-]+)")
_GLYPH = re.compile(r'(<path id=")((?:DejaVu|Cmr|Cmmi|STIX)[\w-]+)(")')


def slim(svg: str) -> str:
    """Strip a drawing of metadata and comments and write its numbers to a hundredth of a point."""
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<!DOCTYPE[^>]*>", "", svg, flags=re.DOTALL)
    names = dict(_short_names(svg))
    svg = _GLYPH.sub(lambda match: match[1] + names[match[2]] + match[3], svg)
    svg = _LETTER.sub(lambda match: _letter(match, names), svg)
    # Exponents and the like are scaled, and keep how they are written.
    svg = _HREF.sub(lambda match: f'href="#{names.get(match[1], match[1])}"', svg)
    svg = _NUMBER.sub(lambda match: _rounded(match[0], 2), svg)
    used = set(_REFERENCE.findall(svg))
    svg = _ID.sub(lambda match: match[0] if match[1] in used else "", svg)
    svg = re.sub(r"\s+", " ", svg).replace("> <", "><")
    svg = re.sub(r"([:;]) ", r"\1", re.sub(r"<g>(<(?:path|use)[^>]*/>)</g>", r"\1", svg))
    svg = _with_words(_with_classes(_with_short_clips(svg)))
    svg = re.sub(r' d="([^"]+)"', lambda match: f' d="{short_path(match[1])}"', svg)
    return shared_paths(svg)


def _with_words(svg: str) -> str:
    """Words that stand more than once, such as names of networks, are spelled once."""
    counts = Counter(_WORD.findall(svg))
    names = {
        word: f"w{number}"
        for number, word in enumerate(counts)
        if counts[word] > 1 and len(word) > SHORT
    }
    spelled = "".join(f'<g id="{name}">{word}</g>' for word, name in names.items())
    svg = _WORD.sub(
        lambda match: f'<use href="#{names[match[0]]}"/>' if match[0] in names else match[0], svg
    )
    return _at_head(svg, f"<defs>{spelled}</defs>") if names else svg


def _at_head(svg: str, text: str) -> str:
    head = svg.find(">", svg.find("<svg")) + 1
    return f"{svg[:head]}{text}{svg[head:]}"


def _with_classes(svg: str) -> str:
    """Styles that stand more than once become classes, as a style sheet at the drawing's head."""
    counts = Counter(_STYLE.findall(svg))
    names = {style: f"c{number}" for number, style in enumerate(counts) if counts[style] > 1}
    sheet = "".join(f".{name}{{{style}}}" for style, name in names.items())
    svg = _STYLE.sub(
        lambda match: f' class="{names[match[1]]}"' if match[1] in names else match[0], svg
    )
    return _at_head(svg, f"<style>{sheet}</style>") if sheet else svg


def _with_short_clips(svg: str) -> str:
    """Names of clipping areas, which are long numbers, become short ones."""
    for number, name in enumerate(dict.fromkeys(re.findall(r'<clipPath id="([^"]+)"', svg))):
        svg = svg.replace(f'"{name}"', f'"p{number}"').replace(f"#{name})", f"#p{number})")
    return svg


def _short_names(svg: str) -> Iterator[tuple[str, str]]:
    taken = set(_REFERENCE.findall(svg))
    names = (name for name in chain(ascii_letters, map("g{}".format, count())) if name not in taken)
    for name in dict.fromkeys(match[2] for match in _GLYPH.finditer(svg)):
        yield name, next(names)


def _letter(match: re.Match[str], names: dict[str, str]) -> str:
    name, x, y = match.groups()
    if name not in names:
        return match[0]
    # In hundredths of the type's size.
    place = f' x="{_rounded(x, 0)}"' if x else ""
    place += f' y="{_rounded(y, 0)}"' if y and float(y) else ""
    return f'<use href="#{names[name]}"{place}/>'


def _rounded(number: str, places: int) -> str:
    if abs(float(number)) < SMALL:
        return number
    text = f"{float(number):.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
