"""Turns tree-sitter nodes into expressions, and their byte offsets into places."""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node

from routelint.deferred import dataclass
from routelint.model import Span
from routelint.parse.terraform import template
from routelint.parse.terraform.nodes import (
    ELEMENT,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Invalid,
    Literal,
    ObjectNode,
    Place,
    Splat,
    TextTemplate,
    TupleNode,
    Unary,
    Variable,
)

# Real configurations nest about fifteen levels (JSON written in HCL); beyond this nobody reads it either.
MOST_NESTED = 60


@dataclass(frozen=True, eq=False)
class HclFile:
    """The bytes of a file, or of a part of it, as UTF-8; `first_line` is the number of the line it starts with."""

    path: str
    data: bytes
    first_line: int = 1

    @cached_property
    def _starts(self) -> array[int]:
        starts = array("I", (0,))
        starts.extend(match.end() for match in re.finditer(rb"\n|\r\n?" if b"\r" in self.data else rb"\n", self.data))
        return starts

    @property
    def line_ends(self) -> int:
        """How many lines end in it."""
        return len(self._starts) - 1

    @cached_property
    def _plain(self) -> bool:
        return self.data.isascii()

    def span(self, start: int, end: int) -> Span:
        """The span between two byte offsets."""
        return Span(*self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, offset)
        begin = self._starts[line - 1]
        column = offset - begin if self._plain else len(self.data[begin:offset].decode("utf-8", "replace"))
        return line + self.first_line - 1, column + 1

    def place(self, node: Node) -> Place:
        """Where a node stands, without the blanks the grammar lets trail it."""
        return Place(self, node.start_byte, node.end_byte)

    def text(self, start: int, end: int) -> str:
        """The text between two byte offsets, lines ended by a line feed."""
        return self.data[start:end].decode("utf-8", "replace").replace("\r\n", "\n")


def read_expression(file: HclFile, node: Node) -> Expression:
    """The expression below a tree-sitter node."""
    return Reader(file).node(node, 0)


class Reader:
    """Turns tree-sitter nodes of one file into expressions."""

    def __init__(self, file: HclFile) -> None:
        self.file = file

    def node(self, node: Node, depth: int) -> Expression:
        """One node that is an operand by itself."""
        place = self.file.place(node)
        if depth > MOST_NESTED:
            return Invalid(place, f"nested deeper than {MOST_NESTED} levels")
        match node.type:
            case "expression" | "literal_value" | "collection_value" | "for_expr" | "template_expr" | "operation":
                return self.sequence(node.children, place, depth)
            case "variable_expr" | "identifier":
                return Variable(place, self.text(node))
            case "string_lit":
                raw = self.file.text(node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1))
                return Literal(place, template.unescape(raw))
            case "numeric_lit":
                return Literal(place, _number(self.text(node)))
            case "bool_lit":
                return Literal(place, self.text(node) == "true")
            case "null_lit":
                return Literal(place, None)
            case "quoted_template":
                return _simplest(place, template.parts(self, node, depth, indented=False))
            case "heredoc_template":
                indented = self.file.data[node.start_byte : node.start_byte + 3] == b"<<-"
                return _simplest(place, template.parts(self, node, depth, indented=indented))
            case "tuple":
                return TupleNode(place, tuple(self.node(c, depth + 1) for c in node.named_children if c.type == "expression"))
            case "object":
                return ObjectNode(place, tuple(self._pairs(node, depth)))
            case "function_call":
                return self._call(node, place, depth)
            case "conditional":
                operands = [c for c in node.named_children if c.type == "expression"]
                if len(operands) == 3:
                    return Conditional(place, *(self.node(operand, depth + 1) for operand in operands))
            case "binary_operation" | "unary_operation":
                return self._operation(node, place, depth)
            case "for_tuple_expr" | "for_object_expr":
                return self._for(node, place, depth)
        return Invalid(place, "syntax error")

    def sequence(self, children: Sequence[Node], place: Place, depth: int) -> Expression:
        """An operand and what is appended to it: `.name`, `[key]`, `[*]`; brackets around it fall away."""
        if depth > MOST_NESTED:
            return Invalid(place, f"nested deeper than {MOST_NESTED} levels")
        operand: Expression | None = None
        for child in children:
            if child.type in ("(", ")", "comment"):
                continue
            operand = self.node(child, depth + 1) if operand is None else self._appended(operand, child, place, depth)
        return operand if operand is not None else Invalid(place, "syntax error")

    def _appended(self, target: Expression, node: Node, place: Place, depth: int) -> Expression:
        whole = Place(self.file, place.start, node.end_byte)
        match node.type:
            case "get_attr":
                names = [c for c in node.named_children if c.type == "identifier"]
                if names:
                    return GetAttr(whole, target, self.text(names[0]))
            case "index":
                inner = node.children[0] if node.children else node
                if inner.type == "new_index":
                    keys = [c for c in inner.named_children if c.type == "expression"]
                    if keys:
                        return Index(whole, target, self.node(keys[0], depth + 1))
                elif inner.type == "legacy_index":
                    number = self.text(inner).lstrip(".")
                    if number.isdigit() and len(number) < 10:
                        return Index(whole, target, Literal(self.file.place(inner), int(number)))
            case "splat":
                inner = node.children[0] if node.children else node
                item: Expression = Variable(self.file.place(inner), ELEMENT)
                rest: list[Node] = []
                for child in inner.children:
                    if child.type == "index" and inner.type == "attr_splat":
                        rest.append(child)
                    elif child.type in ("get_attr", "index"):
                        item = self._appended(item, child, self.file.place(inner), depth + 1)
                splat: Expression = Splat(whole, target, item)
                for child in rest:
                    splat = self._appended(splat, child, place, depth + 1)
                return splat
        return Invalid(whole, "syntax error")

    def _call(self, node: Node, place: Place, depth: int) -> Expression:
        name, arguments, spread = "", [], False
        for child in node.named_children:
            if child.type == "identifier":
                name = self.text(child)
            elif child.type == "function_arguments":
                for argument in child.named_children:
                    if argument.type == "expression":
                        arguments.append(self.node(argument, depth + 1))
                    elif argument.type == "ellipsis":
                        spread = True
        return Call(place, name, tuple(arguments), spread)

    def _operation(self, node: Node, place: Place, depth: int) -> Expression:
        operator, sides = "", [[]]  # type: tuple[str, list[list[Node]]]
        for child in node.children:
            if not child.is_named and child.type not in ("(", ")"):
                operator = child.type
                sides.append([])
            else:
                sides[-1].append(child)
        operands = [
            self.sequence(side, Place(self.file, side[0].start_byte, side[-1].end_byte), depth + 1) for side in sides if side
        ]
        if node.type == "unary_operation" and len(operands) == 1:
            return _negated(place, operator, operands[0])
        if len(operands) == 2:
            return Binary(place, operator, operands[0], operands[1])
        return Invalid(place, "syntax error")

    def _pairs(self, node: Node, depth: int) -> Iterator[tuple[Expression, Expression]]:
        for element in node.named_children:
            if element.type != "object_elem":
                continue
            sides = [child for child in element.named_children if child.type == "expression"]
            if len(sides) != 2:
                continue
            key = self.node(sides[0], depth + 1)
            # A bare name is a text; in round brackets it is a reference.
            if isinstance(key, Variable) and not self.text(sides[0]).startswith("("):
                key = Literal(key.place, key.name)
            yield key, self.node(sides[1], depth + 1)

    def _for(self, node: Node, place: Place, depth: int) -> Expression:
        names: list[str] = []
        collection: Expression | None = None
        results: list[Expression] = []
        condition: Expression | None = None
        grouped = False
        for child in node.named_children:
            match child.type:
                case "for_intro":
                    for part in child.named_children:
                        if part.type == "identifier":
                            names.append(self.text(part))
                        elif part.type == "expression":
                            collection = self.node(part, depth + 1)
                case "expression":
                    results.append(self.node(child, depth + 1))
                case "for_cond":
                    tests = [part for part in child.named_children if part.type == "expression"]
                    condition = self.node(tests[0], depth + 1) if tests else None
                case "ellipsis":
                    grouped = True
        wanted = 2 if node.type == "for_object_expr" else 1
        if collection is None or not names or len(results) != wanted:
            return Invalid(place, "syntax error")
        key = names[0] if len(names) > 1 else None
        result_key = results[0] if wanted == 2 else None
        return For(place, key, names[-1], collection, result_key, results[-1], condition, grouped)

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.file.text(node.start_byte, node.end_byte)


def _simplest(place: Place, parts: tuple[template.Part, ...]) -> Expression:
    """A text without interpolation as a literal; `"${x}"` as x itself, at its own place."""
    if not parts:
        return Literal(place, "")
    if all(isinstance(part, str) for part in parts):
        return Literal(place, "".join(part for part in parts if isinstance(part, str)))
    return TextTemplate(place, parts)


def _negated(place: Place, operator: str, operand: Expression) -> Expression:
    if operator == "-" and isinstance(operand, Literal) and isinstance(operand.value, int | float):
        return Literal(place, -operand.value)
    return Unary(place, operator, operand)


def _number(text: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        return 0
    return int(number) if number.is_integer() and abs(number) < 1e15 else number
