"""Notebooks: the code cells of an `.ipynb` file as one module, with every position kept as a place in the file."""

from __future__ import annotations

import ast
import bisect
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cached_property
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NamedTuple

from routelint.deferred import dataclass, lazy_regex
from routelint.model import ScanError
from routelint.parse.python import written_files
from routelint.parse.python.newer_syntax import portable
from routelint.parse.python.syntax import parse_plain, parse_text
from routelint.parse.python.written_files import WrittenFile, written_file

# A cell in another language than Python.
_OTHER_LANGUAGE = lazy_regex(
    r"\s*%%(bash|sh|script|html|javascript|js|markdown|latex|sql|writefile|writetemplate|file|perl|ruby|cmd|svg|R)\b"
)
_ASSIGNED_MAGIC = lazy_regex(r"^(\s*[\w.]+\s*=\s*)([%!].*)$")
# How a magic or shell line begins, and some others too.
_LIKE_MAGIC = lazy_regex(r"[ \t]*(?:[\w.]+[ \t]*=[ \t]*)?[%!?]")
# `str.splitlines` would also split at characters that the Python parser keeps inside a line.
_LINE_END = lazy_regex(r"\r\n|\r|\n")
# How a JSON string spells one character that it cannot or need not hold as it reads.
_ESCAPED = lazy_regex(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u....|\\u....|\\.", re.DOTALL)
MOST_CELLS = 2_000
SUFFIX = ".ipynb"


class _Stretch(NamedTuple):
    """A part of a line that stands in one JSON string.

    From the code-point `column` of the line on, it stands in the file at a 1-based line and column; `spelling` is how the
    string spells it, empty where it is spelled as it reads.
    """

    column: int
    file_line: int
    file_column: int
    spelling: str = ""


@dataclass(frozen=True)
class CellLines:
    """Where each line of the joined code stands in the file: the cells, and the lines of the code that they end before."""

    cells: tuple[_Cell, ...] = ()
    ends: tuple[int, ...] = ()

    def position(self, line: int, column: int) -> tuple[int, int]:
        """1-based line and column in the file of a line of the code and a 0-based code-point column."""
        number = bisect.bisect(self.ends, line - 1)
        if line < 1 or number == len(self.cells):
            return 1, 1
        start = self.ends[number - 1] if number else 0
        return _position(self.cells[number].stretches[line - 1 - start], column)


def _position(stretches: Sequence[_Stretch], column: int) -> tuple[int, int]:
    stretch = next((each for each in reversed(stretches) if each.column <= column), stretches[0])
    characters = column - stretch.column
    return stretch.file_line, stretch.file_column + _spelled_length(stretch.spelling, 0, characters)


def _spelled_length(spelling: str, start: int, characters: int) -> int:
    """How long a JSON string spells so many characters from a place on."""
    at, left = start, characters
    # Only what is escaped is longer than it reads.
    while (escape := spelling.find("\\", at, at + left)) >= 0:
        left -= escape - at + 1
        found = _ESCAPED.match(spelling, escape)
        at = escape + 1 if found is None else found.end()
    return at + left - start


@dataclass(frozen=True)
class Cells:
    """The code of a notebook, its tree, where its lines stand, and the cells that could not be read."""

    code: str
    tree: ast.Module
    lines: CellLines
    errors: tuple[ScanError, ...] = ()


class _Text(NamedTuple):
    """A JSON string that knows its place: what it says, how it is spelled, and the 1-based place of its first character."""

    value: str
    spelling: str
    line: int
    column: int


@dataclass
class _Cell:
    """A code cell: its lines, the texts that hold them, whether it is known to be Python by itself, and the file it writes."""

    lines: list[str]
    texts: list[_Text]
    checked: bool = False
    written: WrittenFile | None = None

    @cached_property
    def stretches(self) -> list[tuple[_Stretch, ...]]:
        """Where each line stands: asked of few cells, and of most notebooks for one or two."""
        value = "".join([text.value for text in self.texts])
        # The length of each line with what ends it.
        ends = [0, *(end.end() for end in _LINE_END.finditer(value)), len(value)]
        return list(_located(self.texts, [end - start for start, end in itertools.pairwise(ends)]))


@dataclass
class _Reader:
    path: str
    errors: list[ScanError] = field(default_factory=list)

    def fault(self, cell: _Cell, error: Exception) -> None:
        """Notes that a cell is no Python."""
        line = getattr(error, "lineno", None) or 1
        place = _position(cell.stretches[min(line, len(cell.stretches)) - 1], 0)
        reason = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
        self.errors.append(ScanError(self.path, f"a cell is not Python that can be read: {reason}", *place))


def read(path: str, text: str) -> Cells:
    """The code cells of a notebook (nbformat 3 and 4) as one module; magics and shell lines are blank.

    A Python file that a cell writes is a function of it. A cell that is no Python costs only itself.

    Raises:
        ModuleError: the cells are Python, but not one after the other.
    """
    try:
        document = _document(text)
    except (JSONDecodeError, RecursionError, ValueError) as error:
        line = error.lineno if isinstance(error, JSONDecodeError) else 1
        fault = ScanError(path, f"not a notebook that can be read: {error}", line)
        return Cells("", ast.Module([], []), CellLines(), (fault,))
    reader = _Reader(path)
    cells = [_cell(texts) for texts in document[:MOST_CELLS]]
    cells = [cell for cell in cells if cell.written or not _OTHER_LANGUAGE.match("\n".join(cell.lines))]
    # Most cells are plain Python. They are looked at one by one only where all of them together are not.
    cells = [cell for cell in cells if cell.written or not _may_have_magic(cell.lines) or _make_readable(reader, cell)]
    tree = _parsed_together(cells)
    if tree is None:
        cells = [cell for cell in cells if cell.written or cell.checked or _make_readable(reader, cell)]
        tree = parse_text(path, _code(cells, run=True))
    _add_written(reader, tree, cells)
    reader.errors.sort(key=lambda error: (error.line, error.column))
    ends = itertools.accumulate(len(cell.lines) for cell in cells)
    return Cells(_code(cells), tree, CellLines(tuple(cells), tuple(ends)), tuple(reader.errors))


def _code(cells: Sequence[_Cell], *, run: bool = False) -> str:
    """The lines of all cells; those that only write a file are blank in what the notebook runs."""
    return "\n".join("" if run and cell.written else line for cell in cells for line in cell.lines) + "\n"


def _add_written(reader: _Reader, tree: ast.Module, cells: Sequence[_Cell]) -> None:
    """Gives the tree the files that cells write, each where its first cell stands."""
    parts = []
    line = 1
    for cell in cells:
        if cell.written is not None:
            try:
                parts.append((cell.written, written_files.parse(cell.lines, line), line))
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                reader.fault(cell, error)
        line += len(cell.lines)
    if parts:
        tree.body += written_files.functions(parts)
        tree.body.sort(key=lambda each: each.lineno)


def _parsed_together(cells: Sequence[_Cell]) -> ast.Module | None:
    """The tree of all cells, where each of them is Python by itself; None where that cannot be told from the whole."""
    if any(cell.lines[-1].endswith("\\") for cell in cells if cell.written is None):
        return None
    try:
        tree = parse_plain(_code(cells, run=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    # A cell that needs another one to be Python has a statement that begins or ends there.
    starts = list(itertools.accumulate((len(cell.lines) for cell in cells), initial=1))
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", ())
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        if bisect.bisect(starts, first) != bisect.bisect(starts, statement.end_lineno or first):
            return None
    return tree


def _document(text: str) -> list[list[_Text]]:
    """The texts of each code cell, located.

    Raises:
        ValueError: the text is no JSON.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("the document is not an object")
    return _Locator(text).cells(document)


class _Locator:
    """Pairs the strings of the parsed document with their places by walking the text's strings in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._has_returns = "\r" in text
        # How far lines have been counted, which one that is, and where it begins.
        self._counted = 0
        self._line = 1
        self._line_start = 0

    def cells(self, document: object) -> list[list[_Text]]:
        """The texts of the code cells of a parsed notebook."""
        cells: list[object] = []
        holders = document.get("worksheets") if isinstance(document, dict) else None
        sheets = holders if isinstance(holders, list) else [document]
        for sheet in sheets:
            found = sheet.get("cells") if isinstance(sheet, dict) else None
            cells.extend(found if isinstance(found, list) else [])
        located = []
        for cell in cells:
            if not isinstance(cell, dict):
                continue
            key = "source" if "source" in cell else "input"
            source = cell.get(key)
            parts = [source] if isinstance(source, str) else [part for part in source or [] if isinstance(part, str)]
            located.append((cell.get("cell_type"), cell.get("language"), parts, key))
        return self._place(located)

    def _place(self, cells: list[tuple[object, object, list[str], str]]) -> list[list[_Text]]:
        """The texts of the code cells; found by the key's name, then string by string."""
        result = []
        for kind, language, parts, key in cells:
            if not parts:
                continue
            places = self._places(parts, key)
            if places is None:
                continue
            if kind == "code" and language in (None, "python", "python3"):
                result.append(
                    [
                        _Text(part, self.text[start:end], *self._position(start))
                        for part, (start, end) in zip(parts, places, strict=True)
                    ]
                )
        return result

    def _places(self, parts: list[str], key: str) -> list[tuple[int, int]] | None:
        """Where each of the strings of a key is spelled, from its first character to its end."""
        name = f'"{key}"'
        pattern = re.compile(rf'{name}\s*:\s*\[?\s*(?=")')
        # Most of a notebook are images in its outputs: a plain text is found several times as fast as a pattern.
        while (start := self.text.find(name, self.at)) >= 0:
            found = pattern.match(self.text, start)
            if found is None:
                self.at = start + 1
                continue
            at, places = found.end(), []
            for part in parts:
                at = self.text.find('"', at)
                if at < 0:
                    break
                value, end = scanstring(self.text, at + 1, False)
                if value != part:
                    break
                places.append((at + 1, end - 1))
                at = end
            if len(places) == len(parts):
                self.at = at
                return places
            self.at = found.end()
        return None

    def _position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of an offset; what lies before the last one asked for is not counted again."""
        if offset < self._counted:
            self._counted, self._line, self._line_start = 0, 1, 0
        text, counted = self.text, self._counted
        ends, last = text.count("\n", counted, offset), text.rfind("\n", counted, offset)
        if self._has_returns:
            # No string begins between the two characters that end a line.
            ends += text.count("\r", counted, offset) - text.count("\r\n", counted, offset)
            last = max(last, text.rfind("\r", counted, offset))
        if ends:
            self._line += ends
            self._line_start = last + 1
        self._counted = offset
        return self._line, offset - self._line_start + 1


def _cell(texts: list[_Text]) -> _Cell:
    """The lines of a cell; it has at least one."""
    value = "".join([text.value for text in texts])
    lines = _LINE_END.split(value) if "\r" in value else value.split("\n")
    return _Cell(lines, texts, written=written_file(lines))


def _may_have_magic(lines: Sequence[str]) -> bool:
    """Whether a cell may have magics or shell lines: whether a line begins like one, or ends like a question for help."""
    return any(
        ("%" in line or "!" in line or "?" in line) and (_LIKE_MAGIC.match(line) or line.rstrip(" \t").endswith("?"))
        for line in lines
    )


def _located(texts: Sequence[_Text], lengths: Sequence[int]) -> Iterator[tuple[_Stretch, ...]]:
    """Where each line stands, from its first character to what ends it, or for the last one to the end of the cell."""
    end = texts[-1]
    texts = [text for text in texts if text.value]
    number = taken = offset = 0
    for index, length in enumerate(lengths):
        stretches: list[_Stretch] = []
        column = 0
        while column < length:
            text = texts[number]
            characters = min(length - column, len(text.value) - taken)
            if taken == 0 and characters == len(text.value):
                # Most notebooks have a string for each line.
                spelled, spelling = len(text.spelling), text.spelling
            else:
                spelled = _spelled_length(text.spelling, offset, characters)
                spelling = text.spelling[offset : offset + spelled]
            if spelled == characters:
                spelling = ""
            stretches.append(_Stretch(column, text.line, text.column + offset, spelling))
            column += characters
            taken += characters
            offset += spelled
            if taken == len(text.value) and number + 1 < len(texts):
                number, taken, offset = number + 1, 0, 0
        if index == len(lengths) - 1:
            stretches.append(_Stretch(column, end.line, end.column + len(end.spelling)))
        yield tuple(stretches)


def _make_readable(reader: _Reader, cell: _Cell) -> bool:
    """Gives a cell lines that are Python by themselves; False, and an error, where that cannot be done."""
    cell.checked = True
    code = cell.lines
    error = _fault(code)
    if error is not None:
        code = _without_magics(cell.lines)
        error = _fault(code)
    if error is not None:
        older = portable("\n".join(code)).split("\n")
        # A place is found by counting characters, so a line may not grow.
        if all(len(new) <= len(old) for new, old in zip(older, code, strict=True)) and _fault(older) is None:
            code, error = older, None
    if error is not None:
        reader.fault(cell, error)
        return False
    cell.lines = code
    return True


def _fault(lines: list[str]) -> Exception | None:
    """Why the lines are no Python, if they are none."""
    try:
        parse_plain("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    return None


def _without_magics(lines: list[str]) -> list[str]:
    """The lines with magics and shell commands replaced by code that does nothing, columns kept."""
    code: list[str] = []
    continued = False
    for line in lines:
        if continued or _is_magic(line):
            indent = line[: len(line) - len(line.lstrip())]
            code.append("" if continued else f"{indent}pass")
            continued = line.rstrip().endswith("\\")
            continue
        assigned = _ASSIGNED_MAGIC.match(line)
        code.append(f"{assigned[1]}..." if assigned else line)
    return code


def _is_magic(line: str) -> bool:
    stripped = line.lstrip()
    if stripped.startswith(("%", "!", "?")):
        return True
    return bool(re.fullmatch(r"[\w.]+\?\??", stripped.rstrip()))
