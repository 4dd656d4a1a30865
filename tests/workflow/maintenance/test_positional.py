import ast
from pathlib import Path

from workflow.maintenance.positional import positional

CODE = """
def six(a, b, c, d, e, f, *, g): ...
class Thing:
    def method(self, a, b, c, d, e, f): ...
    def longer(self, a, b, c, d, e, f, g): ...  # 5
def listed(*numbers): ...
print(1, 2, 3, 4, 5, 6, end=7)
listed(1, 2, 3, 4, 5, 6, 7)
six(1, 2, 3, 4, 5, 6, 7)  # 9
Thing().six(1, 2, 3, 4, 5, 6, 7)  # 10
@dataclass(frozen=True)
class Values:  # 12
    a: int; b: int; c: int; d: int; e: int; f: int; g: int = 0
@dataclass(frozen=True, kw_only=True)
class Keywords:
    a: int; b: int; c: int; d: int; e: int; f: int; g: int
@dataclass
class Both:
    shared: ClassVar[int]
    a: int; b: int; c: int; d: int; e: int; f: int
    _: KW_ONLY
    g: int
"""


def test_what_must_be_counted_to_be_read_is_named_by_its_line() -> None:
    places = positional({Path("a.py"): ast.parse(CODE)})
    assert sorted(places, key=lambda place: int(place.partition(":")[2])) == [
        *(f"a.py:{line}" for line in (5, 9, 10, 12))
    ]


def test_six_by_position_are_enough() -> None:
    shorter = CODE.replace("f, g):", "f):").replace("; g: int = 0", "").replace(", 7)", ")")
    assert positional({Path("a.py"): ast.parse(shorter)}) == []
