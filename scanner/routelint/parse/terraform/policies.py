"""IAM policies written as text: finds each resource again in the text, and evaluates its interpolations by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routelint.deferred import dataclass
from routelint.parse.terraform.functions.documents import load_text
from routelint.parse.terraform.nodes import Expression, Literal, Place, TemplateFor, TemplateIf, TextTemplate

# Stand for the interpolations of a text, one character each.
_FIRST_MARK = 0xE000
_MOST_MARKS = 4000
MOST_STATEMENTS = 2000


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of an Allow statement: its place, its text with the interpolations between, and the statement's actions."""

    place: Place
    parts: tuple[str | Expression, ...]
    actions: tuple[str, ...]


def resources(written: TextTemplate | Literal) -> list[Resource] | None:
    """The resources of a policy's Allow statements; None where the text cannot be read without evaluating it first."""
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
    if not isinstance(document, Mapping):
        return None
    places = _Places(written.place)
    found = []
    for resource, actions in _allowed(document.get("Statement")):
        split = tuple(_split(resource, expressions))
        found.append(Resource(places.take(resource), split, actions))
    return found


def _allowed(statements: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    for statement in _listed(statements)[:MOST_STATEMENTS]:
        if not isinstance(statement, Mapping) or str(statement.get("Effect", "Allow")).lower() == "deny":
            continue
        actions = tuple(str(action) for action in _listed(statement.get("Action")))
        for resource in _listed(statement.get("Resource")):
            if isinstance(resource, str):
                yield resource, actions


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


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
    """The quoted texts of a written policy, each given out once, in order."""

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
        """The place of the next quoted text that reads like this; the whole policy where it is not to be found."""
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
