"""Paths of figures for the web: the same lines in fewer bytes.

Matplotlib writes every point by its place on the page; steps from point to point are shorter
numbers, and a path that stands twice, such as a letter and its halo, is written once.
"""

import re
from collections import Counter
from collections.abc import Iterator

GRID = 100
"""Steps of a point of the drawing that are kept."""
SHORT = 60
"""Characters of a path that is not worth a name."""
_PART = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_STEPS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points that one step of a command takes."""
_PATH = re.compile(r'<path d="([^"]+)"([^>]*)/>')


def short_path(commands: str) -> str:
    """Commands of a path, each point as the step from the one before, to a hundredth.

    Errors do not add up: steps are between rounded points. Commands other than those that
    Matplotlib writes (M, L, Q, C and Z) are left as they are.
    """
    parts = _PART.findall(commands)
    if {part for part in parts if part.isalpha()} - {*_STEPS, "Z", "z"}:
        return commands
    return _joined(_relative(parts))


def _relative(parts: list[str]) -> Iterator[str]:
    """Commands as lower-case letters, steps as numbers; letters that go without saying left out."""
    here, start, said = (0, 0), (0, 0), ""
    at = 0
    command = ""
    while at < len(parts):
        if parts[at].isalpha():
            command = parts[at].upper()
            at += 1
        if command == "Z":
            here, said = start, "z"
            yield "z"
            continue
        numbers = [round(float(part) * GRID) for part in parts[at : at + 2 * _STEPS[command]]]
        at += len(numbers)
        if command.lower() != said:
            yield command.lower()
        yield from (_number(value - here[place % 2]) for place, value in enumerate(numbers))
        here = (numbers[-2], numbers[-1])
        start = here if command == "M" else start
        # What follows a move without a letter is a line.
        command, said = ("L", "l") if command == "M" else (command, command.lower())


def _number(steps: int) -> str:
    text = f"{abs(steps) / GRID:.2f}".rstrip("0").rstrip(".")
    text = text.removeprefix("0") or "0"
    return f"-{text}" if steps < 0 else text


def _joined(parts: Iterator[str]) -> str:
    """The parts with a blank only where two numbers would run together."""
    text, before = "", ""
    for part in parts:
        apart = part[0].isdigit() or (part[0] == "." and "." not in before)
        text += f" {part}" if apart and before and not before.isalpha() else part
        before = part
    return text


def shared_paths(svg: str) -> str:
    """A drawing in which a path that stands more than once is written once, at its head."""
    counts = Counter(match[1] for match in _PATH.finditer(svg))
    names = {
        path: f"d{number}"
        for number, path in enumerate(counts)
        if counts[path] > 1 and len(path) > SHORT
    }
    if not names:
        return svg
    svg = _PATH.sub(
        lambda match: (
            f'<use href="#{names[match[1]]}"{match[2]}/>' if match[1] in names else match[0]
        ),
        svg,
    )
    written = "".join(f'<path id="{name}" d="{path}"/>' for path, name in names.items())
    head = svg.find(">", svg.find("<svg")) + 1
    return f"{svg[:head]}<defs>{written}</defs>{svg[head:]}"
