"""Run a network on designs, or record it for later."""

import argparse
import csv
import logging
import os
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TextIO

from models.command.command_input import CommandInput
from models.command.page import page
from models.command.text_table import json_rows, printable, text_table
from models.command.totals import total_headings, total_rows, zeros_in_words
from sim.compared_designs import LOGGER, designs_to_run
from sim.comparison import NetworkComparison, compare
from sim.errors import UserError
from sim.files import whole_file
from sim.network_trace import NetworkTrace
from sim.trace_file import write_trace

EXPLANATION = """\
speedup: times faster than a dense array of as many multipliers that never idles; bound: the most
that skipping the zeros of both operands can give."""
SIZES = {True: "Each design has the size of its paper.", False: "All are brought to one size."}
"""By whether `--at` was left out."""


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs `run` and `trace`."""
    run = verbs.add_parser("run", help="compare designs on a network's zeros")
    _add_source(run)
    run.add_argument(
        "--accelerators",
        metavar="A,B",
        help="designs by name, or files that describe them (*.yaml); all if left out",
    )
    run.add_argument("--at", type=int, metavar="N", help="every design with N multipliers")
    run.add_argument("--node", type=int, default=16, metavar="NM", help="of the energies (16)")
    run.add_argument(
        "--numbers",
        choices=("int8", "real", "both"),
        help="whose zeros the designs run on (those that are recorded first)",
    )
    run.add_argument("--out", type=Path, metavar="DIR", help="also write layers.csv, index.html")
    run.add_argument("--json", action="store_true", help="for another program")
    run.set_defaults(run=_run)
    trace = verbs.add_parser("trace", help="record a network's zeros in a file")
    _add_source(trace)
    trace.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")
    trace.set_defaults(run=_trace)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model",
        help="a trace (.safetensors), an ONNX file (.onnx), a network's name, or FILE.py:NAME of a "
        "torch module",
    )
    parser.add_argument("--checkpoint", type=Path, help="weights of a network by name")
    parser.add_argument(
        "--inputs", type=Path, help="folder of pictures, or .npy/.npz of scaled inputs"
    )
    parser.add_argument("--images", type=int, help="inputs that are run (2)")
    parser.add_argument("--scheme", default="dense", help="how the network is pruned (dense)")
    numbers = parser.add_mutually_exclusive_group()
    numbers.add_argument(
        "--float",
        dest="int8",
        action="store_false",
        default=None,
        help="record real numbers first; unpruned, it takes any network",
    )
    numbers.add_argument(
        "--int8", action="store_true", default=None, help="record INT8 numbers first, as of modules"
    )


def _network(arguments: argparse.Namespace) -> NetworkTrace:
    return CommandInput(
        model=arguments.model,
        checkpoint=arguments.checkpoint,
        inputs=arguments.inputs,
        images=arguments.images,
        scheme=arguments.scheme,
        int8=arguments.int8,
    ).trace()


def _run(arguments: argparse.Namespace) -> None:
    names = arguments.accelerators and [name.strip() for name in arguments.accelerators.split(",")]
    if arguments.out is not None:
        _check_folder(arguments.out)
    designs, sizeless = designs_to_run(names, arguments.node, arguments.at)
    if not designs:  # what is wrong with the designs is told before the network runs
        raise UserError(f"no design runs: {_reasons(sizeless)}")
    trace = _network(arguments)
    LOGGER.setLevel(logging.ERROR)  # what is left out stands below
    comparison = compare(
        trace,
        names,
        arguments.node,
        at=arguments.at,
        progress=_progress,
        numbers=arguments.numbers,
    )
    _progress("")
    if not comparison.layers:
        raise UserError(f"no design runs {comparison.network}: {_reasons(comparison.refused)}")
    if arguments.out is not None:
        _write(comparison, arguments.out, SIZES[arguments.at is None])
    if arguments.json:
        print(json_rows(comparison.rows()))
        _print_refused(comparison, sys.stderr)
        return
    for form in comparison.forms:
        origin = form.provenance
        print(printable(f"{form.network}, {origin.scheme}: {origin.data}"))
    print(f"\n{text_table(total_rows(comparison), total_headings(comparison))}")
    print(f"\n{EXPLANATION}\n{zeros_in_words(comparison)}\n{SIZES[arguments.at is None]}")
    _print_refused(comparison, sys.stdout)
    if arguments.out is not None:
        print(f"written: {arguments.out / 'index.html'}, {arguments.out / 'layers.csv'}")


def _reasons(refused: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in refused.items())


def _print_refused(comparison: NetworkComparison, file: TextIO) -> None:
    for name, reason in comparison.refused.items():
        print(printable(f"not run: {name}: {reason}"), file=file)


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to before anything runs; none is made yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        raise UserError(f"--out {folder}: {there} is a file; expected a folder")
    if not os.access(there, os.W_OK):
        raise UserError(f"--out {folder}: {there} cannot be written to; give another folder")


def _progress(name: str) -> None:
    """Show what runs now on the last line of a terminal; nothing where stderr is a file."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{name}")
        sys.stderr.flush()


def _write(comparison: NetworkComparison, folder: Path, sizes: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = comparison.rows()
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    html = page(comparison, f"{EXPLANATION} {zeros_in_words(comparison)} {sizes}")
    for name, content in (("layers.csv", text.getvalue()), ("index.html", html)):
        with whole_file(folder / name) as temporary:  # names may hold what UTF-8 does not
            temporary.write_bytes(content.encode(errors="backslashreplace"))


def _trace(arguments: argparse.Namespace) -> None:
    if arguments.out.suffix != ".safetensors":
        raise UserError(f"--out {arguments.out}: a trace's name ends in .safetensors")
    if arguments.out.is_dir():
        raise UserError(f"--out {arguments.out} is a folder; expected a file")
    _check_folder(arguments.out.parent)
    trace = _network(arguments)
    write_trace(arguments.out, trace)
    zeros = [1 - entry.trace.weight.mean() for entry in trace.layers]
    print(
        f"{arguments.out}: {len(trace.layers)} layers, mean share of zero weights "
        f"{sum(zeros) / len(zeros):.2f}"
    )
