"""What there is: designs, networks, schemes; and one design's parameters."""

import argparse
import sys
from collections.abc import Callable

from models.command.text_table import Row, json_rows, text_table
from sim.registry import configuration, configurations


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs `list` and `show`."""
    listing = verbs.add_parser("list", help="designs, networks or schemes, a line each")
    listing.add_argument("what", nargs="?", default="designs", choices=sorted(ROWS))
    listing.add_argument("--json", action="store_true", help="for another program")
    listing.set_defaults(run=_list)
    show = verbs.add_parser("show", help="the parameters of a design, with status and source")
    show.add_argument("design", help="a name that `list` prints")
    show.add_argument("--json", action="store_true", help="for another program")
    show.set_defaults(run=_show)


def _designs() -> list[Row]:
    return [
        {"name": name, "title": entry.title, "description": entry.description}
        for name, entry in configurations().items()
    ]


def _networks() -> list[Row]:
    """Without PyTorch, which the networks' files import, their titles alone."""
    from models.networks import networks
    from models.networks.titles import network_titles

    sizes: dict[str, str] = {}
    try:
        for name, record in networks().items():
            sizes[name] = f", {record.form.height}x{record.form.width} inputs"
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
    return [
        {"name": name, "title": title, "description": f"{title}{sizes.get(name, '')}"}
        for name, title in network_titles().items()
    ]


def _schemes() -> list[Row]:
    from models.extras import networks_extra

    with networks_extra("the list of schemes"):
        from models.compression.schemes import full_size_schemes

        schemes = full_size_schemes()
    return [
        {"name": name, "title": name, "description": _first_line(scheme)}
        for name, scheme in sorted(schemes.items())
    ]


def _first_line(scheme: type) -> str:
    """The first line of what the scheme's module says of itself; a plug-in may say nothing."""
    lines = (sys.modules[scheme.__module__].__doc__ or "").strip().splitlines()
    return lines[0] if lines else "-"


ROWS: dict[str, Callable[[], list[Row]]] = {
    "designs": _designs,
    "networks": _networks,
    "schemes": _schemes,
}


def _list(arguments: argparse.Namespace) -> None:
    rows = ROWS[arguments.what]()
    headings = {"name": "name", "description": "what it is"}
    print(json_rows(rows) if arguments.json else text_table(rows, headings))


def _show(arguments: argparse.Namespace) -> None:
    entry = configuration(arguments.design)
    rows: list[Row] = [
        {
            "parameter": name,
            "value": str(parameter.value),
            "unit": parameter.unit,
            "status": parameter.status,
            "swept": ", ".join(map(str, parameter.sweep)),
            "source": parameter.source,
        }
        for name, parameter in entry.parameters.items()
    ]
    if arguments.json:
        print(json_rows(rows))
        return
    print(f"{entry.name}: {entry.title}\n{entry.description}\n")
    print(text_table(rows, {key: key for key in rows[0]}))
