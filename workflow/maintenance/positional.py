"""Calls and definitions of seven and more arguments that are told apart by their position.

Whoever reads the seventh number of a call must count to know what it is; a keyword says it. Lists
of like things are no such arguments: a call of something that takes any number, `Sequential(a, b,
c)`, is left out.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

MOST = 6
"""So many arguments may go by position."""
PUBLIC = ("conv", "conv1d", "conv_transpose")
"""Definitions of the Python door that old calls by position must still reach."""
ANY_NUMBER = ("Sequential", "permute", "one_of", "pack")
"""Functions of other packages that take any number of like arguments."""


def positional(trees: Mapping[Path, ast.Module]) -> list[str]:
    """Places of calls and definitions with more than `MOST` arguments by position, in order.

    Args:
        trees: the modules by their path within the checkout. Functions with `*args` in any of them
            take lists of like things.
    """
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    functions = [node for _, node in nodes if isinstance(node, ast.FunctionDef)]
    lists = {*ANY_NUMBER, *(node.name for node in functions if node.args.vararg)}
    return [
        f"{path.as_posix()}:{node.lineno}"
        for path, node in nodes
        if isinstance(node, ast.Call | ast.FunctionDef | ast.ClassDef)
        if _count(node, lists) > MOST
    ]


def _count(node: ast.Call | ast.FunctionDef | ast.ClassDef, lists: set[str]) -> int:
    """Arguments that a call gives, or a definition takes, by position."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return 0 if name in lists else len(node.args)
        case ast.FunctionDef(name=name):
            return 0 if name in PUBLIC else len([*_parameters(node)])
        case ast.ClassDef() if _by_position(node):
            return len([*_fields(node)])
    return 0


def _parameters(node: ast.FunctionDef) -> Iterator[str]:
    """Parameters that can be given by position, without `self` and `cls`."""
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    yield from names[1:] if names[:1] in (["self"], ["cls"]) else names


def _by_position(node: ast.ClassDef) -> bool:
    """Whether a class is a dataclass that takes its fields in their order."""
    made = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(
        text.startswith("dataclass") and not ("kw_only=True" in text or "init=False" in text)
        for text in made
    )


def _fields(node: ast.ClassDef) -> Iterator[str]:
    """Fields of a dataclass before the mark after which all are keywords."""
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign):
            continue
        kind = ast.unparse(statement.annotation)
        if kind == "KW_ONLY":
            return
        made_later = statement.value is not None and "kw_only=True" in ast.unparse(statement.value)
        if not (made_later or kind.startswith("ClassVar")):
            yield ast.unparse(statement.target)
