"""The inside of HCL texts: escapes, interpolations, directives, heredoc indentation, whitespace markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from routelint.deferred import dataclass, lazy_regex
from routelint.parse.terraform.nodes import (
    Expression,
    Invalid,
    Place,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TextTemplate,
)

if TYPE_CHECKING:
    from routelint.parse.terraform.expressions import Reader

Part = TemplatePart

_ESCAPE = lazy_regex(r'\\(?:([nrt"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))|\$\$(?=\{)|%%(?=\{)')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LINE = lazy_regex(r"[^\n]*\n|[^\n]+")
_DOUBLED = lazy_regex(r"\$\$(?=\{)|%%(?=\{)")


def unescape(raw: str) -> str:
    """A quoted literal as the text it stands for."""
    if "\\" not in raw and "$${" not in raw and "%%{" not in raw:
        return raw
    return _ESCAPE.sub(_unescaped, raw)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPED[match[1]]
    code = match[2] or match[3]
    if code:
        number = int(code, 16)
        # Half of a surrogate pair is no character, and could not be written out again.
        return chr(number) if number < 0x110000 and not 0xD800 <= number <= 0xDFFF else "\ufffd"
    return match[0][0]


def heredocs(root: Node) -> Iterator[Node]:
    """The heredocs below a node, in order."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "heredoc_template":
            yield node
        pending.extend(reversed(node.named_children))


@dataclass(slots=True)
class _Line:
    """A literal up to the end of its line: what Terraform reads at once, and so what `~` and indentation change at once."""

    text: str


class _Parts:
    """Collects the parts of one text: the grammar drops blanks around literals, so the text between nodes is taken.

    `lines` are the literals of the whole text in order, None standing for each interpolation and directive between them.
    """

    def __init__(self, reader: Reader, depth: int, lines: list[_Line | None], *, quoted: bool) -> None:
        self.reader = reader
        self.depth = depth
        self.quoted = quoted
        self.lines = lines
        self.collected: list[Any] = []
        self.strip_next = False

    def literal(self, start: int, end: int, *, strip_end: bool = False) -> None:
        """The text between two offsets, line by line."""
        if end > start:
            text = self.reader.file.text(start, end)
            text = unescape(text) if self.quoted else _DOUBLED.sub(lambda match: match[0][0], text)
            lines = [_Line(text)] if self.quoted else [_Line(line) for line in _LINE.findall(text)]
            if self.strip_next:
                lines[0].text = lines[0].text.lstrip()
            if strip_end:
                lines[-1].text = lines[-1].text.rstrip()
            self.collected.extend(lines)
            self.lines.extend(lines)
        self.strip_next = False

    def run(self, nodes: list[Node], start: int, end: int) -> None:
        """Everything between two offsets, with the interpolations and directives among `nodes`."""
        position = start
        for node in nodes:
            if node.type not in ("template_interpolation", "template_directive"):
                continue
            opens, closes = _markers(self.reader, node)
            self.literal(position, node.start_byte, strip_end=opens)
            self.lines.append(None)
            part = self._part(node)
            self.collected.append(part)
            self.strip_next = closes
            position = node.end_byte
        self.literal(position, end)

    def _part(self, node: Node) -> Any:
        place = self.reader.file.place(node)
        if node.type == "template_interpolation":
            inner = next((child for child in node.named_children if child.type == "expression"), None)
            return self.reader.node(inner, self.depth + 1) if inner is not None else Invalid(place, "syntax error")
        directive = node.named_children[0] if node.named_children else None
        if directive is not None and directive.type == "template_if":
            return self._if(directive, place)
        if directive is not None and directive.type == "template_for":
            return self._for(directive, place)
        return Invalid(place, "syntax error")

    def _if(self, node: Node, place: Place) -> Any:
        intro = _child(node, "template_if_intro")
        end = _child(node, "template_if_end")
        middle = _child(node, "template_else_intro")
        condition = _child(intro, "expression") if intro is not None else None
        if intro is None or end is None or condition is None:
            return Invalid(place, "syntax error")
        then = self._between(node, intro, middle or end)
        otherwise = self._between(node, middle, end) if middle is not None else TextTemplate(place, ())
        return TemplateIf(place, self.reader.node(condition, self.depth + 1), then, otherwise)

    def _for(self, node: Node, place: Place) -> Any:
        intro = _child(node, "template_for_start")
        end = _child(node, "template_for_end")
        if intro is None or end is None:
            return Invalid(place, "syntax error")
        names = [self.reader.text(child) for child in intro.named_children if child.type == "identifier"]
        collection = _child(intro, "expression")
        if not names or collection is None:
            return Invalid(place, "syntax error")
        key = names[0] if len(names) > 1 else None
        body = self._between(node, intro, end)
        return TemplateFor(place, key, names[-1], self.reader.node(collection, self.depth + 1), body)

    def _between(self, node: Node, left: Node, right: Node) -> TextTemplate:
        inside = [
            child for child in node.named_children if child.start_byte >= left.end_byte and child.end_byte <= right.start_byte
        ]
        inner = _Parts(self.reader, self.depth + 1, self.lines, quoted=self.quoted)
        inner.strip_next = _has_marker(self.reader, left.end_byte - 2)
        inner.run(inside, left.end_byte, right.start_byte)
        if _has_marker(self.reader, right.start_byte + 2) and inner.collected and isinstance(inner.collected[-1], _Line):
            inner.collected[-1].text = inner.collected[-1].text.rstrip()
        self.lines.append(None)
        return TextTemplate(Place(self.reader.file, left.end_byte, right.start_byte), tuple(inner.collected))


def parts(reader: Reader, node: Node, depth: int, *, indented: bool) -> tuple[Part, ...]:
    """The parts of a quoted text or heredoc; `indented` takes away the indentation that all lines share."""
    quoted = node.type == "quoted_template"
    if quoted:
        start, end = node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1)
    else:
        start, end = _heredoc_bounds(reader, node)
    collector = _Parts(reader, depth, [], quoted=quoted)
    collector.run(node.named_children, start, end)
    if indented and not quoted:
        _dedent(collector.lines)
    return _settled(collector.collected)


def _settled(collected: Iterable[Any]) -> tuple[Part, ...]:
    """The parts with their lines as texts."""
    settled: list[Part] = []
    for part in collected:
        if isinstance(part, _Line):
            if settled and isinstance(settled[-1], str):
                settled[-1] += part.text
            elif part.text:
                settled.append(part.text)
        elif isinstance(part, TemplateIf):
            then = replace(part.then, parts=_settled(part.then.parts))
            settled.append(replace(part, then=then, otherwise=replace(part.otherwise, parts=_settled(part.otherwise.parts))))
        elif isinstance(part, TemplateFor):
            settled.append(replace(part, body=replace(part.body, parts=_settled(part.body.parts))))
        else:
            settled.append(part)
    return tuple(settled)


def _heredoc_bounds(reader: Reader, node: Node) -> tuple[int, int]:
    """Offsets of the first character after the opening line and of the closing line."""
    data = reader.file.data
    start = data.find(b"\n", node.start_byte) + 1 or node.end_byte
    end = data.rfind(b"\n", start, node.end_byte) + 1
    return start, max(start, end)


def _dedent(lines: list[_Line | None]) -> None:
    """Takes away the indentation that all lines have, as HCL does: blank lines have none to speak of.

    A line that starts with an interpolation has none. What `~` has joined to the line before starts no line.
    """
    starting: list[_Line] = []
    smallest: int | None = None
    at_start = True
    for line in lines:
        if at_start:
            at_start = False
            indent = len(line.text) - len(line.text.lstrip()) if line is not None else 0
            if line is None or line.text.strip() or not line.text.endswith("\n"):
                smallest = indent if smallest is None else min(smallest, indent)
                starting.extend((line,) if line is not None else ())
        if line is not None and line.text.endswith("\n"):
            at_start = True
    for line in starting:
        line.text = line.text[smallest:]


def _markers(reader: Reader, node: Node) -> tuple[bool, bool]:
    """Whether `~` stands at the opening and at the closing of an interpolation or directive."""
    return _has_marker(reader, node.start_byte + 2), _has_marker(reader, node.end_byte - 2)


def _has_marker(reader: Reader, offset: int) -> bool:
    return reader.file.data[offset : offset + 1] == b"~"


def _child(node: Node | None, kind: str) -> Node | None:
    if node is None:
        return None
    return next((child for child in node.named_children if child.type == kind), None)


_INTERPOLATION = lazy_regex(r"[$%]\{")


def quote_outside(text: str) -> str:
    """`text` with its quotes escaped, except inside interpolations."""
    result: list[str] = []
    depth = 0
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        if _INTERPOLATION.fullmatch(pair) and not (depth == 0 and position and text[position - 1] == pair[0]):
            depth += 1
            result.append(pair)
            position += 2
            continue
        character = text[position]
        if depth and character == "{":
            depth += 1
        elif depth and character == "}":
            depth -= 1
        result.append('\\"' if character == '"' and not depth else character)
        position += 1
    return "".join(result)


def relocated(expression: Expression, place: Place) -> Expression:
    """The expression as if it stood at `place`; inner places are not known better."""
    return replace(expression, place=place)
