"""Where calls and texts stand, against what libcst says of the same files."""

from __future__ import annotations

from pathlib import Path

import libcst
import pytest
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

import golden as harness
import python_programs
from routelint.model import Span
from routelint.parse.python.modules import Module
from routelint.parse.python.syntax import parse_text

FILES = sorted((harness.CASES / "python").rglob("*.py"))
AWKWARD = {
    "letters of two and four bytes": "é = 'ü'; f(é, '𝒳', g(x)); h()\n",
    "tabs and line continuations": "if a:\n\tf(1,\n\t\tg(\n2), \\\n\th())\n",
    "windows line ends": "f(1)\r\nif g():\r\n    h('ä',\r\n      i())\r\n",
    "strings over several lines": "f('''a\nb''', g(), '''é\nü''' 'x', h())\n",
    "decorators and defaults": "@d(1)\ndef f(a=g(2), *b, c=h(3)) -> i(4):\n    return j(lambda x=k(5): l(x))\n",
    "nested formats": "x = f'{f(g(1))!r:>{h(2)}} {i()}'\n",
    "comprehensions": "x = [f(a) for a in g() if h(a)] + [*{i(b): j(b) for b in k()}]\n",
    "statements of every kind": (
        "with f() as a, g(): pass\ntry: h()\nexcept i(): j()\nelse: k()\nfinally: l()\nassert m(), n()\n"
        "for o in p(): q()\nwhile r(): s()\nmatch t():\n    case u() if v(): w()\nraise x() from y()\ndel z()[1]\n"
    ),
}


class Calls(libcst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Span] = []

    def visit_Call(self, node: libcst.Call) -> None:  # noqa: N802  (the name libcst calls)
        where = self.get_metadata(PositionProvider, node)
        assert isinstance(where, CodeRange)
        start, end = where.start, where.end
        self.found.append(Span(start.line, start.column + 1, end.line, end.column + 1))


def calls_of(text: str) -> list[Span]:
    visitor = Calls()
    MetadataWrapper(libcst.parse_module(text)).visit(visitor)
    return sorted(visitor.found)


def agrees(text: str) -> None:
    module = Module("app.py", text, parse_text("app.py", text))
    assert sorted(module.span(place.call) for place in module.calls) == calls_of(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(harness.CASES / "python").as_posix())
def test_calls_of_the_golden_folders(path: Path) -> None:
    agrees(path.read_text("utf-8"))


@pytest.mark.parametrize("name", AWKWARD)
def test_calls_in_awkward_places(name: str) -> None:
    agrees(AWKWARD[name])


@pytest.mark.parametrize("seed", range(3))
def test_calls_of_generated_programs(seed: int) -> None:
    for path, text in python_programs.generate(seed, size=24).files.items():
        if path.endswith(".py"):
            agrees(text)
