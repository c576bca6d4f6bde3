"""JSON and YAML held in a text of a template: read as nodes, with what is filled into it, at their place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution, Span
from routelint.parse.cloudformation import cases, syntax
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, part_span, span
from routelint.parse.cloudformation.stack import Found, Stack, place
from routelint.parse.cloudformation.template import Declared
from routelint.possible import Content, Hole, Possibility, Possible, combine, concatenate, known, unknown, via
from routelint.possible import Template as PartText
from routelint.source import SourceText

MOST_TEXTS = 20_000

_PLACEHOLDER = lazy_regex(r"\$\{([A-Za-z0-9_:.-]+)\}")


@dataclass(frozen=True, eq=False)
class Document:
    """A document read from a text.

    `outer` is the node whose text it is, None where the document is a file of its own; `holes` are what the labels in the
    text stand for; `substitutions` what `${Name}` is replaced with, `missing` the reason where a name is not among them and
    None where it stays as it is.
    """

    root: Node
    outer: Node | None
    decoded: str
    holes: MappingOf[str, Possible]
    substitutions: MappingOf[str, Possible]
    missing: str | None = None
    trail: tuple[Hop, ...] = ()

    def texts(self) -> Iterator[tuple[tuple[str, ...], Scalar]]:
        """Every text inside with the keys that lead to it, in order."""
        return texts(self.root)

    def possible(self, text: Node) -> Possible:
        """What a text inside may come to when everything is filled in."""
        if not isinstance(text, Scalar):
            return unknown("a list or map stands where a text is expected")
        return filled(text.text, {**self.substitutions, **self.holes}, self.missing)

    def span(self, text: Node) -> Span:
        """Where a node inside stands in the file."""
        if self.outer is None:
            return span(text)
        raw = self.decoded[text.start : text.end]
        inner = len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0]
        return part_span(self.outer, self.decoded, text.start + inner, text.end - inner)


def texts(root: Node) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Every text inside a node with the keys that lead to it, in order."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    taken = 0
    while waiting and taken < MOST_TEXTS:
        taken += 1
        node, path = waiting.pop()
        match node:
            case Scalar():
                yield path, node
            case Sequence(items):
                waiting.extend((item, path) for item in reversed(items))
            case Mapping():
                waiting.extend(reversed([(value, (*path, key)) for key, value in node.items()]))


def filled(text: str, substitutions: MappingOf[str, Possible], missing: str | None) -> Possible:
    """`text` with each `${Name}` replaced; one that nothing replaces is unknown for the reason `missing`, or stays."""
    operands: list[Possible] = []
    position = 0
    for match in _PLACEHOLDER.finditer(text):
        value = substitutions.get(match[1])
        if value is None and missing is None:
            continue
        operands.append(known(text[position : match.start()]))
        operands.append(value if value is not None else unknown((missing or "").format(match[1]), match[0]))
        position = match.end()
    operands.append(known(text[position:]))
    if len(operands) == 1:
        return operands[0]
    joined = combine([each for each in operands if not (len(each) == 1 and each[0].content == "")], concatenate)
    return tuple(
        replace(each, resolution=Resolution.SUBSTITUTION) if each.resolution is Resolution.LITERAL else each for each in joined
    )


def substitution_nodes(declared: Declared) -> Iterator[tuple[str, Node]]:
    """The names that `DefinitionSubstitutions` of a resource fills in, each with its value."""
    node = declared.properties.get("DefinitionSubstitutions") if isinstance(declared.properties, Mapping) else None
    yield from node.items() if isinstance(node, Mapping) else ()


def substitutions(stack: Stack, declared: Declared, evaluators: SequenceOf[Evaluator]) -> dict[str, Possible]:
    """What `DefinitionSubstitutions` of a resource fills in, each value one hop further away."""
    found = {}
    for name, value in substitution_nodes(declared):
        where = place(value, f"{declared.symbol}/DefinitionSubstitutions.{name}")
        hop = Hop(where, f"DefinitionSubstitutions of {declared.name} sets {name}")
        found[name] = via(stack.evaluate(value, evaluators), hop, None)
    return found


def open_text(stack: Stack, declared: Declared, found: Found) -> Document | None:
    """The document that the text of a found node holds; None where it holds none."""
    evaluated = cases.spread(stack.of(found))
    for each in evaluated:
        document = _open(stack, declared, found, each)
        if document is not None:
            return document
    return None


def _open(stack: Stack, declared: Declared, found: Found, each: Possibility) -> Document | None:
    content = each.content
    if not isinstance(content, (str, PartText)):
        return None
    decoded = str(content)
    if not decoded.lstrip().startswith(("{", "[")):
        return None
    holes = _holes(content, each)
    read = syntax.parse(SourceText(found.node.source.path, decoded))
    if not read.roots or not isinstance(read.roots[0], (Mapping, Sequence)):
        return None
    # Only definitions are filled in; elsewhere `${Name}` is text.
    is_definition = bool(found.leaf.path) and found.leaf.path[-1].startswith("Definition")
    missing = f"DefinitionSubstitutions of {declared.name} does not set {{0}}" if is_definition else None
    filled_in = substitutions(stack, declared, found.evaluators) if is_definition else {}
    return Document(read.roots[0], found.node, decoded, holes, filled_in, missing)


def _holes(content: Content, each: Possibility) -> dict[str, Possible]:
    """Label without its marks -> the hole it shows, of a text known in part."""
    if not isinstance(content, PartText):
        return {}
    return {
        part.label[2:-1]: (Possibility(part, (), each.environments),)
        for part in content.parts
        if isinstance(part, Hole) and part.label.startswith("${") and part.label.endswith("}")
    }
