"""JSON written as a text of HCL: loads it, finds each of its texts again at its place, and keeps their interpolations apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint.parse.terraform.functions.documents import load_text, tree_path
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Call, Expression, Literal, Place, TemplateFor, TemplateIf, TextTemplate
from routelint.parse.terraform.values import entries
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# Stand for the interpolations of a text, one character each.
_FIRST_MARK = 0xE000
_MOST_MARKS = 4000


class Marked:
    """A JSON text: `document` is what it says, with a mark from the private planes for each interpolation."""

    def __init__(self, document: object, places: _Places, expressions: Sequence[Expression]) -> None:
        self.document = document
        self._places = places
        self._expressions = expressions

    def take(self, text: str) -> TextTemplate:
        """One text of the document at its place, each place given out once, in order, with its interpolations."""
        return TextTemplate(self._places.take(text), tuple(_split(text, self._expressions)))

    def whole(self, text: str) -> TextTemplate:
        """One text of the document with its interpolations, at the place of all of it."""
        return TextTemplate(self._places.whole, tuple(_split(text, self._expressions)))


def read(written: TextTemplate | Literal) -> Marked | None:
    """The JSON that a text is; None where it cannot be read without evaluating it first."""
    parts: Sequence[object] = written.parts if isinstance(written, TextTemplate) else (written.value,)
    expressions: list[Expression] = []
    text = ""
    for part in parts:
        if isinstance(part, TemplateIf | TemplateFor) or len(expressions) >= _MOST_MARKS:
            return None
        if isinstance(part, str):
            text += part
        else:
            text += chr(_FIRST_MARK + len(expressions))
            expressions.append(part)  # type: ignore[arg-type]
    document = load_text(text)
    return Marked(document, _Places(written.place), expressions) if isinstance(document, dict | list) else None


def of_files(evaluator: Evaluator, call: Call, scope: Scope) -> Iterator[tuple[TextTemplate, Scope]]:
    """The files of the scan that `file` or `templatefile` reads, each with what its interpolations mean."""
    paths = [tree_path(each.content, scope.instance.root) for each in evaluator.evaluate(call.arguments[0], scope)]
    for path in paths:
        written = evaluator.references.project.template(path) if path is not None else None
        if written is None:
            continue
        names: dict[str, Possible] = {}
        if call.name == "templatefile" and len(call.arguments) > 1:
            for possibility in evaluator.evaluate(call.arguments[1], scope):
                names.update({key: value for key, value in entries(possibility) if key is not None})
        yield written, scope.with_names(names)


def _split(text: str, expressions: Sequence[Expression]) -> Iterator[str | Expression]:
    piece = ""
    for character in text:
        number = ord(character) - _FIRST_MARK
        if 0 <= number < len(expressions):
            if piece:
                yield piece
            piece = ""
            yield expressions[number]
        else:
            piece += character
    if piece:
        yield piece


class _Places:
    """The quoted texts of a written document, each given out once, in order."""

    def __init__(self, whole: Place) -> None:
        self.whole = whole
        self.left: dict[str, list[Place]] = {}
        data: bytes = getattr(whole.file, "data", b"")
        source = data[whole.start : whole.end]
        # In a quoted HCL text the quotes of the JSON are escaped: there the whole text stands for its parts.
        if not source.startswith(b'"'):
            for start, end, text in _quoted_texts(source):
                self.left.setdefault(text, []).append(Place(whole.file, whole.start + start, whole.start + end))

    def take(self, text: str) -> Place:
        """The place of the next quoted text that reads like this; the whole document where it is not to be found."""
        places = self.left.get(text)
        return places.pop(0) if places else self.whole


def _quoted_texts(source: bytes) -> Iterator[tuple[int, int, str]]:
    """Start, end and content of every quoted text, its interpolations as marks numbered through the whole source."""
    position, number = 0, 0
    start = -1
    pieces: list[str] = []
    begin = 0
    while position < len(source):
        two = source[position : position + 2]
        if two in (b"$$", b"\\\\", b'\\"'):
            position += 2
            continue
        if two == b"${":
            end = _closing_brace(source, position + 2)
            pieces.append(source[begin:position].decode("utf-8", "replace") + chr(_FIRST_MARK + number))
            number += 1
            position = begin = end
            continue
        if two[:1] == b'"':
            if start >= 0:
                yield start, position + 1, "".join(pieces) + source[begin:position].decode("utf-8", "replace")
                start = -1
            else:
                start = position
            pieces = []
            begin = position + 1
        position += 1


def _closing_brace(source: bytes, position: int) -> int:
    """The offset behind the brace that closes an interpolation; quotes inside it may hold braces of their own."""
    depth = 1
    quoted = False
    while position < len(source) and depth:
        character = source[position : position + 1]
        if character == b"\\":
            position += 1
        elif character == b'"':
            quoted = not quoted
        elif not quoted:
            depth += (character == b"{") - (character == b"}")
        position += 1
    return position
