"""Notebooks: the code cells of an `.ipynb` file as one module, with every position kept as a place in the file."""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import field
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from routelint.deferred import dataclass, lazy_regex
from routelint.model import ScanError
from routelint.parse.python.newer_syntax import portable
from routelint.source import SourceText

# A cell in another language than Python.
_OTHER_LANGUAGE = lazy_regex(
    r"\s*%%(bash|sh|script|html|javascript|js|markdown|latex|sql|writefile|writetemplate|file|perl|ruby|cmd|svg|R)\b"
)
_ASSIGNED_MAGIC = lazy_regex(r"^(\s*[\w.]+\s*=\s*)([%!].*)$")
MOST_CELLS = 2_000


@dataclass(frozen=True)
class CellLines:
    """Where each line of the joined code stands in the file: offset of its first character, and how to count from there."""

    source: SourceText
    starts: tuple[tuple[int, ...], ...]

    def position(self, line: int, column: int) -> tuple[int, int]:
        """1-based line and column in the file of a line of the code and a 0-based code-point column."""
        if not 1 <= line <= len(self.starts):
            return 1, 1
        offsets = self.starts[line - 1]
        return self.source.position(offsets[min(column, len(offsets) - 1)])


@dataclass(frozen=True)
class Cells:
    """The code of a notebook, where its lines stand, and the cells that could not be read."""

    code: str
    lines: CellLines
    errors: tuple[ScanError, ...] = ()


@dataclass
class _Reader:
    source: SourceText
    lines: list[str] = field(default_factory=list)
    starts: list[tuple[int, ...]] = field(default_factory=list)
    errors: list[ScanError] = field(default_factory=list)


def read(path: str, text: str) -> Cells:
    """The code cells of a notebook (nbformat 3 and 4) as one module; magics and shell lines are blank.

    A cell that is no Python costs only itself.
    """
    reader = _Reader(SourceText(path, text))
    try:
        document = _document(text)
    except (JSONDecodeError, RecursionError, ValueError) as error:
        line = error.lineno if isinstance(error, JSONDecodeError) else 1
        return Cells("", CellLines(reader.source, ()), (ScanError(path, f"not a notebook that can be read: {error}", line),))
    for cell in document[:MOST_CELLS]:
        _add(reader, cell)
    return Cells("\n".join(reader.lines) + "\n", CellLines(reader.source, tuple(reader.starts)), tuple(reader.errors))


@dataclass(frozen=True)
class _Text:
    """A JSON string that knows its place: `offsets[i]` is where character i stands in the file; one more for the end."""

    value: str
    offsets: tuple[int, ...]


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
            texts = self._texts(parts, key)
            if texts is None:
                continue
            if kind == "code" and language in (None, "python", "python3"):
                result.append(texts)
        return result

    def _texts(self, parts: list[str], key: str) -> list[_Text] | None:
        pattern = re.compile(rf'"{key}"\s*:\s*\[?\s*(?=")')
        while (found := pattern.search(self.text, self.at)) is not None:
            at, texts = found.end(), []
            for part in parts:
                at = self.text.find('"', at)
                if at < 0:
                    break
                value, end = scanstring(self.text, at + 1, False)
                if value != part:
                    break
                texts.append(_Text(value, _offsets(self.text, at + 1, end - 1)))
                at = end
            if len(texts) == len(parts):
                self.at = at
                return texts
            self.at = found.end()
        return None


def _offsets(text: str, start: int, end: int) -> tuple[int, ...]:
    """The file offset of each character of a JSON string's value, and of its end."""
    raw = text[start:end]
    if "\\" not in raw:
        return tuple(range(start, end + 1))
    offsets = []
    at = start
    while at < end:
        offsets.append(at)
        if text[at] != "\\":
            at += 1
        elif text[at + 1] == "u":
            leading = 0xD800 <= int(text[at + 2 : at + 6], 16) < 0xDC00
            at += 12 if leading and text[at + 6 : at + 8] == "\\u" else 6
        else:
            at += 2
    offsets.append(end)
    return tuple(offsets)


def _add(reader: _Reader, cell: list[_Text]) -> None:
    value = "".join(text.value for text in cell)
    offsets: list[int] = []
    for text in cell:
        offsets.extend(text.offsets[: len(text.value)])
    offsets.append(cell[-1].offsets[-1])
    if _OTHER_LANGUAGE.match(value):
        return
    lines, starts, at = [], [], 0
    # `str.splitlines` would also split at characters that the Python parser keeps inside a line.
    for line in re.split(r"\r\n|\r|\n", value):
        lines.append(line)
        starts.append(tuple(offsets[at : at + len(line) + 1]) or (offsets[-1],))
        at += len(line)
        at += 2 if value[at : at + 2] == "\r\n" else 1
    code = lines
    error = _fault(code)
    if error is not None:
        code = _without_magics(lines)
        error = _fault(code)
    if error is not None:
        older = portable("\n".join(code)).split("\n")
        # A place is found by counting characters, so a line may not grow.
        if all(len(new) <= len(old) for new, old in zip(older, code, strict=True)) and _fault(older) is None:
            code, error = older, None
    if error is not None:
        line = getattr(error, "lineno", None) or 1
        place = reader.source.position(starts[min(line, len(starts)) - 1][0])
        reason = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
        reader.errors.append(ScanError(reader.source.path, f"a cell is not Python that can be read: {reason}", *place))
        return
    reader.lines.extend(code)
    reader.starts.extend(starts)


def _fault(lines: list[str]) -> Exception | None:
    """Why the lines are no Python, if they are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(lines))
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
