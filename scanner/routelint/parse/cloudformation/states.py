"""Amazon States Language: the states of a machine that choose a model."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Location, ModelReference, Resolution, Span, Tags
from routelint.parse.cloudformation import cases, documents, queries, rows, syntax
from routelint.parse.cloudformation.documents import Document
from routelint.parse.cloudformation.naming import kind_of, maybe_model
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, function, span, text_at
from routelint.parse.cloudformation.routes import LANGUAGE, listed, models_of
from routelint.parse.cloudformation.stack import Found, Stack, statement
from routelint.parse.cloudformation.template import Declared
from routelint.parse.route import to_value
from routelint.possible import Content, Hole, Possibility, Possible, unite, via
from routelint.possible import Template as PartText
from routelint.source import SourceText
from routelint.surfaces import Surface

MOST_STATES = 2_000

_ARN = lazy_regex(r"arn:[^:]*:states:[^:]*:[^:]*:(?P<operation>.+)")
_HOLE = lazy_regex(r"\$\{[^}]*\}")
_PATTERNS = lazy_regex(r"\.(?:sync(?::\d)?|waitForTaskToken)$")
_JSONATA = lazy_regex(r"\s*\{%.*%\}\s*", re.DOTALL)
_OPENING = lazy_regex(r"^\s*\{%")
_CLOSING = lazy_regex(r"%\}\s*$")


@dataclass(frozen=True, eq=False)
class Machine:
    """A state machine: its definition, how the texts in it are read, and what its routes share.

    `symbol` is the start of its routes' symbols; `holder` the statement around it, None where it is a file of its own.
    """

    definition: Node
    possible: Callable[[Node], Possible]
    span: Callable[[Node], Span] = span
    symbol: str = ""
    holder: Span | None = None
    root: str = "."
    tags: Tags | None = None
    knows: Callable[[str], bool] = lambda text: False


def is_machine(root: Node) -> bool:
    """Whether a document is the definition of a state machine."""
    return isinstance(root, Mapping) and "StartAt" in root.entries and isinstance(root.get("States"), Mapping)


def routes(machine: Machine) -> Iterator[ModelReference]:
    """The models that the states of a machine choose."""
    variables = _assigned(machine.definition)
    for name, state in _states(machine.definition):
        operation = _operation(_resource(machine, state.get("Resource")))
        arguments = [argument for key in ("Parameters", "Arguments") if isinstance(argument := state.get(key), Mapping)]
        if not operation or not arguments:
            continue
        exact = [row for row in rows.of_states().exact.get(_lowered(operation), ()) if row.kind is not None]
        found = False
        for argument in arguments:
            for row in exact:
                for node, key in _carried(argument, rows.steps(row.carrier)):
                    found = True
                    yield from _route(machine, name, operation, row, node, key, variables)
        if not found:
            for row in rows.of_states().prefixes.get("", ()):
                yield from _loose(machine, name, operation, row, arguments, variables)


def _resource(machine: Machine, node: Node | None) -> str:
    """What a state calls, as it is written or, where a function makes it, as that comes out: its partition may stay open."""
    text = text_at(node)
    if text is not None or node is None:
        return text or ""
    return next((str(each.content) for each in machine.possible(node) if isinstance(each.content, str | PartText)), "")


def _lowered(operation: str) -> str:
    """An operation as rows spell it: the last part starts with a small letter."""
    head, _, last = operation.rpartition(":")
    return f"{head}:{last[:1].lower()}{last[1:]}"


def _operation(resource: str) -> str:
    match = _ARN.fullmatch(_HOLE.sub("", resource))
    return _PATTERNS.sub("", match["operation"]) if match is not None else ""


def _states(root: Node) -> Iterator[tuple[str, Mapping]]:
    """Every state with its name, those of branches and iterators after the state that holds them."""
    waiting: list[Node] = [root]
    taken = 0
    while waiting and taken < MOST_STATES:
        machine = waiting.pop(0)
        states = machine.get("States") if isinstance(machine, Mapping) else None
        for name, state in states.items() if isinstance(states, Mapping) else ():
            taken += 1
            if not isinstance(state, Mapping):
                continue
            yield name, state
            waiting.extend(inner for key in ("Iterator", "ItemProcessor") if (inner := state.get(key)) is not None)
            branches = state.get("Branches")
            if isinstance(branches, Sequence):
                waiting.extend(branches.items)


def _assigned(root: Node) -> MappingOf[str, tuple[Scalar, ...]]:
    """Workflow variable -> the literal texts that states assign to it."""
    found: dict[str, list[Scalar]] = {}
    for _, state in _states(root):
        assign = state.get("Assign")
        for name, value in assign.items() if isinstance(assign, Mapping) else ():
            if isinstance(value, Scalar):
                found.setdefault(name.removesuffix(".$"), []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _carried(argument: Mapping, steps: tuple[str, ...]) -> Iterator[tuple[Node, str]]:
    """The texts and expressions at the end of a path, and the key of each as written; a key may end in `.$`."""
    waiting: list[tuple[Node, int, str]] = [(argument, 0, "")]
    while waiting:
        node, done, key = waiting.pop()
        if done == len(steps):
            if function(node) is not None or (isinstance(node, Scalar) and not node.is_null):
                yield node, key
            continue
        if steps[done] == "[]" and isinstance(node, Sequence):
            waiting.extend((item, done + 1, key) for item in reversed(node.items))
        elif isinstance(node, Mapping):
            spellings = (steps[done], f"{steps[done]}.$")
            waiting.extend((value, done + 1, spelt) for spelt in spellings if (value := node.get(spelt)) is not None)


def _loose(
    machine: Machine,
    name: str,
    operation: str,
    row: Surface,
    arguments: list[Mapping],
    variables: MappingOf[str, tuple[Scalar, ...]],
) -> Iterator[ModelReference]:
    """Arguments of any operation whose names say model and whose values name one of the catalog."""
    for argument in arguments:
        for path, node in documents.texts(argument):
            if not path or not maybe_model(path[-1]):
                continue
            possible = listed(_value(machine, node, path[-1], variables))
            texts = [str(each.content) for each in possible if isinstance(each.content, (str, PartText))]
            if any(machine.knows(text) for text in texts):
                yield from _route(machine, name, operation, row, node, path[-1], variables, ".".join(path))


def _route(
    machine: Machine,
    state: str,
    operation: str,
    row: Surface,
    node: Node,
    key: str,
    variables: MappingOf[str, tuple[Scalar, ...]],
    carrier: str = "",
) -> Iterator[ModelReference]:
    value = to_value(listed(_value(machine, node, key, variables)), bedrock_only=row.bedrock_only)
    if value is None or row.kind is None:
        return
    carrier = carrier or row.carrier
    where = machine.span(node)
    yield ModelReference(
        Location(node.source.path, where, f"{machine.symbol}{state}/{carrier}"),
        LANGUAGE,
        kind_of(row.kind, carrier.rsplit(".", 1)[-1], models=models_of(value)),
        f"{operation}.{carrier}",
        value,
        machine.holder or _state_span(machine.definition, state) or where,
        machine.root,
        tags=machine.tags,
    )


def _state_span(root: Node, name: str) -> Span | None:
    return next((span(state) for found, state in _states(root) if found == name), None)


def _value(machine: Machine, node: Node, key: str, variables: MappingOf[str, tuple[Scalar, ...]]) -> Possible:
    """What a text of a state may come to: filled in, of a query expression what can be read of it."""
    text = node.text if isinstance(node, Scalar) and node.tag is None else ""
    if _JSONATA.fullmatch(text) is None and not key.endswith(".$"):
        return machine.possible(node)

    def assigned(name: str) -> Possible | None:
        found = []
        for each in variables.get(name, ()):
            is_query = _JSONATA.fullmatch(each.text) is not None
            possible = _query(machine, each, lambda _: None) if is_query else machine.possible(each)
            hop = Hop(Location(each.source.path, machine.span(each)), f"workflow variable {name}")
            found.append(via(possible, hop, Resolution.CONSTANT))
        return unite(found) if found else None

    return _query(machine, node, assigned)


def _query(machine: Machine, node: Node, variable: Callable[[str], Possible | None]) -> Possible:
    """What can be read of a query, after what the template fills into its text."""
    return unite(
        tuple(
            Possibility(inner.content, (*inner.trail, *each.trail), each.environments, _last(inner.resolution, each.resolution))
            for inner in queries.read(_bare(each.content), variable)
        )
        for each in machine.possible(node)
    )


def _bare(content: Content) -> tuple[str | Hole, ...]:
    """The pieces of an expression without the marks around it."""
    pieces = list(content.parts) if isinstance(content, PartText) else [content if isinstance(content, Hole) else str(content)]
    if isinstance(pieces[0], str):
        pieces[0] = _OPENING.sub("", pieces[0])
    if isinstance(pieces[-1], str):
        pieces[-1] = _CLOSING.sub("", pieces[-1])
    return tuple(pieces)


def _last(inner: Resolution, outer: Resolution) -> Resolution:
    return outer if inner is Resolution.LITERAL else inner


class Definitions:
    """Finds and reads the definition of a state machine: inside the template, in a text of it, or in a file beside it.

    `files` are the definition files that templates name.
    """

    def __init__(self, read: Callable[[str], SourceText | None]) -> None:
        self._read = read
        self.files: dict[str, None] = {}

    def routes(self, stack: Stack, declared: Declared, tags: Tags | None) -> Iterator[ModelReference]:
        """The routes of a resource that holds or names a state machine."""
        for row in stack.rows.having(declared.type, "indirect"):
            if row.reads != "states":
                continue
            for found in stack.find(declared, row.carrier):
                machine = self._machine(stack, declared, found, tags) if found.evaluators else None
                if machine is not None and is_machine(machine.definition):
                    yield from routes(machine)

    def written(self, stack: Stack, declared: Declared) -> str | None:
        """The definition of a resource as it is written, wherever that is; None where no file of the scan holds it."""
        texts = []
        for row in stack.rows.having(declared.type, "indirect"):
            if not row.carrier.startswith("Definition"):
                continue
            for found in stack.find(declared, row.carrier):
                if isinstance(found.node, Mapping) and function(found.node) is None:
                    texts.append(found.node.source.text[found.node.start : found.node.end])
                    continue
                document = documents.open_text(stack, declared, found) or self._file(stack, declared, found)
                if document is not None:
                    texts.append(document.decoded)
        return "\n".join(texts) if texts else None

    def _machine(self, stack: Stack, declared: Declared, found: Found, tags: Tags | None) -> Machine | None:
        symbol, holder = f"{declared.symbol}/", statement(declared)
        if isinstance(found.node, Mapping) and is_machine(found.node):
            filled = documents.substitutions(stack, declared, found.evaluators)

            def possible(node: Node) -> Possible:
                if isinstance(node, Scalar) and node.tag is None:
                    return documents.filled(node.text, filled, None)
                return stack.evaluate(node, found.evaluators)

            return Machine(found.node, possible, span, symbol, holder, stack.root, tags, stack.knows)
        document = documents.open_text(stack, declared, found)
        if document is not None:
            return Machine(document.root, document.possible, document.span, symbol, holder, stack.root, tags, stack.knows)
        document = self._file(stack, declared, found)
        if document is not None:
            return Machine(document.root, document.possible, document.span, symbol, None, stack.root, tags, stack.knows)
        return None

    def _file(self, stack: Stack, declared: Declared, found: Found) -> Document | None:
        for each in cases.spread(stack.of(found)):
            if not isinstance(each.content, str) or "://" in each.content or "\n" in each.content:
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(stack.template.path), each.content))
            source = None if path.startswith(("..", "/")) else self._read(path)
            roots = syntax.parse(source).roots if source is not None else ()
            if source is not None and roots:
                self.files[path] = None
                filled = documents.substitutions(stack, declared, found.evaluators)
                return Document(
                    roots[0], None, source.text, {}, filled, f"DefinitionSubstitutions of {declared.name} does not set {{0}}"
                )
        return None


def alone(source: SourceText, root: Node, knows: Callable[[str], bool]) -> Iterator[ModelReference]:
    """The routes of a definition file that no template of the scan names."""
    document = Document(root, None, source.text, {}, {}, "no template in the scanned files says what {0} is replaced with")
    name = posixpath.basename(source.path).split(".")[0]
    yield from routes(Machine(root, document.possible, document.span, f"{name}/", knows=knows))
