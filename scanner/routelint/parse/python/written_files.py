"""Python files that a notebook writes: cells that begin with `%%writefile agent.py`, each as a function of the notebook.

What such a cell holds runs later, in a program of its own: nothing of it is a name of the notebook.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from routelint.deferred import dataclass, lazy_regex
from routelint.parse.python.newer_syntax import portable
from routelint.parse.python.syntax import parse_plain

_WRITES = lazy_regex(r"\s*%%(?:writefile|file)\s+(?P<adds>-a\s+|--append\s+)?(?P<path>\"[^\"]+\.py\"|'[^']+\.py'|\S+\.py)\s*$")


@dataclass(frozen=True)
class WrittenFile:
    """The file that a cell writes, and whether the cell adds to what earlier ones have written."""

    path: str
    adds: bool

    @property
    def name(self) -> str:
        """The name of the function that stands for the file: no code of the notebook calls it."""
        return re.sub(r"\W", "_", self.path.rpartition("/")[2]) or "_"


def written_file(lines: list[str]) -> WrittenFile | None:
    """The Python file that a cell of these lines writes, if it writes one."""
    found = _WRITES.match(lines[0])
    return WrittenFile(found["path"].strip("\"'"), found["adds"] is not None) if found else None


def parse(lines: list[str], first_line: int) -> list[ast.stmt]:
    """The statements of a cell that writes a file; its first line, the magic, is `first_line` of the notebook's code.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: they are no Python.
    """
    code = "\n".join(["", *lines[1:]])
    try:
        tree = parse_plain(code)
    except SyntaxError:
        older = portable(code)
        # A place is found by counting characters, so a line may not grow.
        if any(len(new) > len(old) for new, old in zip(older.split("\n"), code.split("\n"), strict=True)):
            raise
        tree = parse_plain(older)
    return ast.increment_lineno(tree, first_line - 1).body


def functions(parts: Sequence[tuple[WrittenFile, list[ast.stmt], int]]) -> list[ast.FunctionDef]:
    """A function for each file that cells write, from what each cell holds and the line it begins on, in that order."""
    found: dict[str, ast.FunctionDef] = {}
    made: list[ast.FunctionDef] = []
    for file, body, first_line in parts:
        if not body:
            continue
        earlier = found.get(file.path) if file.adds else None
        if earlier is None:
            nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
            earlier = ast.FunctionDef(file.name, nothing, [], [], lineno=first_line, col_offset=0)
            found[file.path] = earlier
            made.append(earlier)
        earlier.body += body
        earlier.end_lineno, earlier.end_col_offset = body[-1].end_lineno, body[-1].end_col_offset
    return made
