"""Reads native HCL with tree-sitter into located nodes: blocks at once, bodies and expressions when first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from routelint.deferred import dataclass, lazy_regex
from routelint.model import ScanError
from routelint.parse.terraform import template
from routelint.parse.terraform.expressions import HclFile, Reader, read_expression
from routelint.parse.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    Literal,
    ObjectNode,
    Place,
    Ready,
    TextTemplate,
)

# The grammar takes quadratic time over a run of blanks: 40,000 of them seven seconds.
_LONG_BLANKS = lazy_regex(rb"[ \t\r\n]{512,}")


def _without_long_blanks(data: bytes) -> bytes:
    """The bytes with a comment of the same length in every long run of blanks; texts are taken from the file itself."""
    if _LONG_BLANKS.search(data) is None:
        return data
    return _LONG_BLANKS.sub(lambda match: match[0][:1] + b"/*" + b"-" * (len(match[0]) - 6) + b"*/" + match[0][-1:], data)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


@dataclass(frozen=True, slots=True, eq=False)
class _Expression:
    """A node to be read as an expression later."""

    file: HclFile
    node: Node

    def read(self) -> Expression:
        return read_expression(self.file, self.node)


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """A node to be read as a body later."""

    file: HclFile
    node: Node | None

    def read_body(self) -> Body:
        return _read_body(self.file, self.node) if self.node is not None else Body()


# Two for three characters, 150 to 250 bytes of memory each. The largest public collections of modules have 600,000 in all.
MOST_NODES = 1_500_000


class NoRoomError(ValueError):
    """There is no room for a file; the text says so."""

    def __init__(self) -> None:
        super().__init__(f"not read: with it the configuration has more than {MOST_NODES:,} parts of syntax")


@dataclass
class Room:
    """How many nodes of syntax may still be held, for all files of a scan together."""

    nodes: int = MOST_NODES

    def check(self, nodes: int) -> None:
        """Nothing, where there is room for so many nodes.

        Raises:
            NoRoomError: there is not.
        """
        if nodes > self.nodes:
            raise NoRoomError

    def take(self, nodes: int) -> None:
        """Takes room for a file.

        Raises:
            NoRoomError: there is not that much.
        """
        self.check(nodes)
        self.nodes -= nodes


def parse(path: str, text: str, room: Room | None = None) -> tuple[Body, tuple[ScanError, ...]]:
    """The top body of a file and, where the syntax is broken, one error at the first break.

    A file for which there is no `room` is not read, which is an error too.
    """
    file = HclFile(path, text.encode("utf-8"))
    root = _parser().parse(_without_long_blanks(file.data)).root_node
    if room is not None:
        try:
            room.take(root.descendant_count)
        except NoRoomError as error:
            return Body(), (ScanError(path, str(error)),)
    if not root.has_error:
        return _top(file, root), ()
    # One broken block may swallow what follows it: each block is read by itself.
    body = Body()
    for part in _blocks_apart(file):
        read = _top(part, _parser().parse(_without_long_blanks(part.data)).root_node)
        for name, attribute in read.attributes.items():
            body.attributes.setdefault(name, attribute)
        body.blocks.extend(read.blocks)
    return body, (_error(file, root),)


def _top(file: HclFile, root: Node) -> Body:
    body = Body()
    for child in root.named_children:
        if child.type == "body":
            read = _read_body(file, child)
            body.attributes.update(read.attributes)
            body.blocks.extend(read.blocks)
        elif child.type == "ERROR":
            _salvage(file, child, body)
        elif child.type == "object":
            # A tfvars file may be one object in braces.
            expression = Reader(file).node(child, 0)
            if isinstance(expression, ObjectNode):
                body.attributes.update(_as_attributes(file, expression))
    return body


# A block or attribute that starts a line is taken for one of the top level.
_TOP_LEVEL = lazy_regex(rb"^[A-Za-z_][^=\n{]*[={]", re.MULTILINE)
MOST_PARTS = 5_000


def _blocks_apart(file: HclFile) -> Iterator[HclFile]:
    """The file cut before every block or attribute that starts a line."""
    starts = [match.start() for match in _TOP_LEVEL.finditer(file.data)][:MOST_PARTS]
    line = 1
    for start, end in zip([0, *starts], [*starts, len(file.data)], strict=True):
        if end > start:
            part = HclFile(file.path, file.data[start:end], line)
            yield part
            line += part.line_ends


def parse_template(path: str, text: str) -> TextTemplate:
    """A whole file as a template, as `templatefile` reads it: places are those of the file."""
    marker = b"x = <<ROUTELINT_TEMPLATE\n"
    # The line added before it makes the file start on line 0 of what is parsed.
    file = HclFile(path, marker + text.encode("utf-8") + b"\nROUTELINT_TEMPLATE\n", 0)
    place = Place(file, len(marker), len(file.data) - len(b"\nROUTELINT_TEMPLATE\n"))
    root = _parser().parse(_without_long_blanks(file.data)).root_node
    found = next(template.heredocs(root), None)
    if found is None or root.has_error:
        return TextTemplate(place, (text,))
    parts = list(template.parts(Reader(file), found, 0, indented=False))
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].removesuffix("\n")
    return TextTemplate(place, tuple(parts))


def parse_text(path: str, text: str, place: Place) -> Expression:
    """A text of the JSON syntax, which is a template; every part stands at `place`."""
    if "${" not in text and "%{" not in text:
        return Literal(place, text)
    quoted = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    # Inside an interpolation quotes are those of HCL and stay as they are.
    data = 'x = "' + template.quote_outside(quoted) + '"\n'
    body, errors = parse(path, data)
    if errors or "x" not in body.attributes:
        return Literal(place, text)
    return template.relocated(body.attributes["x"].expression, place)


def _error(file: HclFile, root: Node) -> ScanError:
    node = _first_error(root)
    span = file.span(node.start_byte, node.start_byte)
    what = f"'{node.type}' is missing" if node.is_missing else "this is not HCL"
    message = f"syntax error: {what}; the rest of the file was read"
    return ScanError(file.path, message, span.start_line, span.start_column)


def _first_error(root: Node) -> Node:
    node = root
    while not (node.is_error or node.is_missing):
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            return node
        node = inner
    return node


def _salvage(file: HclFile, error: Node, body: Body) -> None:
    """Whole blocks and attributes that stand inside a broken stretch."""
    pending = [error]
    while pending:
        node = pending.pop()
        for child in node.named_children:
            if child.type == "block":
                block = _read_block(file, child)
                if block is not None:
                    body.blocks.append(block)
            elif child.type == "attribute":
                _read_attribute(file, child, body)
            elif child.type in ("body", "ERROR"):
                pending.append(child)


def _read_body(file: HclFile, node: Node) -> Body:
    body = Body()
    for child in node.named_children:
        if child.type == "attribute":
            _read_attribute(file, child, body)
        elif child.type == "block":
            block = _read_block(file, child)
            if block is not None:
                body.blocks.append(block)
        elif child.type == "ERROR":
            _salvage(file, child, body)
    return body


def _read_attribute(file: HclFile, node: Node, body: Body) -> None:
    children = node.named_children
    if len(children) < 2 or children[0].type != "identifier" or children[-1].type != "expression":
        return
    name = file.text(children[0].start_byte, children[0].end_byte)
    body.attributes.setdefault(name, Attribute(name, file.place(node), _Expression(file, children[-1])))


def _read_block(file: HclFile, node: Node) -> Block | None:
    kind, labels, inner, end = "", [], None, node.start_byte
    for child in node.named_children:
        if child.type == "identifier":
            text = file.text(child.start_byte, child.end_byte)
            if kind:
                labels.append(text)
            else:
                kind = text
        elif child.type == "string_lit":
            labels.append(file.text(child.start_byte + 1, child.end_byte - 1))
        elif child.type == "body":
            inner = child
            continue
        elif child.type not in ("block_start", "block_end"):
            continue
        if child.type in ("identifier", "string_lit"):
            end = child.end_byte
    if not kind:
        return None
    return Block(kind, tuple(labels), file.place(node), _Body(file, inner), Place(file, node.start_byte, end))


def _as_attributes(file: HclFile, expression: ObjectNode) -> Iterator[tuple[str, Attribute]]:
    for key, value in expression.items:
        if isinstance(key, Literal) and isinstance(key.value, str):
            place = Place(file, key.place.start, value.place.end)
            yield key.value, Attribute(key.value, place, Ready(value))
