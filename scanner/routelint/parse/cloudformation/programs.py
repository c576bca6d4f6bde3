"""Program text inside a template, searched, never run: identifiers in it, and reads of the resource's own variables."""

from __future__ import annotations

from collections.abc import Iterator

from routelint import model_id
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Choice, Hop, Kind, Known, ModelId, ModelReference, Resolution, Tags
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.naming import kind_of
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, function, part_span
from routelint.parse.cloudformation.routes import listed, models_of, names_model, reference
from routelint.parse.cloudformation.stack import Stack, place
from routelint.parse.cloudformation.template import Declared
from routelint.parse.cloudformation.variables import Variable
from routelint.parse.route import to_value
from routelint.possible import Possible, via
from routelint.surfaces import Surface

LARGEST_CHARACTERS = 200_000
MOST_TEXTS = 500
MOST_FOUND = 100

# The name of a variable, and the default that is taken only where nothing sets it.
_READ = lazy_regex(
    r"(?:os\.environ(?:\.get)?\s*[\[(]|os\.getenv\s*\(|process\.env\[|ENV\[)\s*['\"](?P<name>[A-Za-z_][A-Za-z0-9_]*)['\"]"
    r"(?P<default>\s*,\s*['\"][^'\"\n]*['\"])?"
    r"|process\.env\.(?P<property>[A-Za-z_][A-Za-z0-9_]*)(?P<fallback>\s*(?:\|\||\?\?)\s*['\"`][^'\"`\n]*['\"`])?"
)
_COMMENT = lazy_regex(r"(?m)^[ \t]*(?:#|//|--)[^\n]*$|/\*(?s:.*?)\*/")
_PLACEHOLDER = lazy_regex(r"\$\{(?!!)\s*([A-Za-z0-9:.]+)\s*\}")


@dataclass(frozen=True, eq=False)
class _Program:
    """Program text of a resource and what its routes share."""

    stack: Stack
    declared: Declared
    row: Surface
    evaluators: tuple[Evaluator, ...]
    tags: Tags | None

    def route(self, node: Scalar, at: tuple[int, int], name: str, possible: Possible) -> Iterator[ModelReference]:
        """The route at a part of a text."""
        possible = listed(possible)
        value = to_value(possible, bedrock_only=False) if names_model(self.stack, possible) else None
        if value is None:
            return
        yield reference(
            self.stack,
            self.declared,
            node=node,
            sink=f"{self.declared.type}.{self.row.carrier}",
            carrier=self.row.carrier,
            kind=kind_of(self.row.kind or Kind.INVOKE, name, models=models_of(value)),
            value=value,
            tags=self.tags,
            evaluators=self.evaluators,
            within=part_span(node, node.text, *at),
        )

    def literal(self, node: Scalar, at: tuple[int, int], model: ModelId) -> ModelReference:
        """The route of an identifier that is written out."""
        return reference(
            self.stack,
            self.declared,
            node=node,
            sink=f"{self.declared.type}.{self.row.carrier}",
            carrier=self.row.carrier,
            kind=kind_of(self.row.kind or Kind.INVOKE, self.row.carrier, models=(model.id,)),
            value=Known(Choice(model, Resolution.LITERAL)),
            tags=self.tags,
            evaluators=self.evaluators,
            within=part_span(node, node.text, *at),
        )


def routes(stack: Stack, declared: Declared, variables: tuple[Variable, ...], tags: Tags | None) -> Iterator[ModelReference]:
    """The models that program text of a resource names or reads from the resource's variables."""
    own = {variable.name: variable for variable in variables}
    for row in stack.rows.having(declared.type, "indirect"):
        if row.reads != "program":
            continue
        for found in stack.find(declared, row.carrier):
            program = _Program(stack, declared, row, found.evaluators, tags)
            taken = 0
            for node, is_filled in _texts(found.node):
                for route in _search(program, node, is_filled, own):
                    taken += 1
                    if taken <= MOST_FOUND:
                        yield route


def _search(program: _Program, node: Scalar, is_filled: bool, own: dict[str, Variable]) -> Iterator[ModelReference]:
    text = node.text[:LARGEST_CHARACTERS]
    hidden = [match.span() for match in _COMMENT.finditer(text)]
    read: set[str] = set()
    for match in _READ.finditer(text):
        variable = own.get(match["name"] or match["property"])
        if variable is None or _within(match.start(), hidden):
            continue
        # The variable is set, so the default beside the read is dead.
        hidden.extend(match.span(group) for group in ("default", "fallback") if match[group])
        if variable.name not in read:
            read.add(variable.name)
            yield from program.route(node, match.span(), variable.name, _linked(program.declared, variable))
    for start, end, model in model_id.find_all(text):
        if not _within(start, hidden) and program.stack.knows(model.text):
            yield program.literal(node, (start, end), model)
    for match in _PLACEHOLDER.finditer(text) if is_filled else ():
        if program.evaluators and not match[1].startswith("AWS::") and not _within(match.start(), hidden):
            expression = Scalar(match[0], node.source, node.start, node.end, "Sub")
            yield from program.route(node, match.span(), match[1], program.stack.evaluate(expression, program.evaluators))


def _linked(declared: Declared, variable: Variable) -> Possible:
    where = place(variable.node, f"{declared.symbol}/{variable.row.carrier}.{variable.name}")
    return via(variable.possible, Hop(where, f"variable {variable.name} of {declared.name}"), Resolution.LINKED)


def _within(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _texts(node: Node) -> Iterator[tuple[Scalar, bool]]:
    """The texts written inside an expression, each with whether `Fn::Sub` fills it."""
    waiting: list[tuple[Node, bool]] = [(node, False)]
    taken = 0
    while waiting and taken < MOST_TEXTS:
        taken += 1
        current, is_filled = waiting.pop(0)
        call = function(current)
        if call is not None:
            if call[0] not in ("Ref", "GetAtt", "Condition", "FindInMap", "ImportValue"):
                waiting.append((call[1], is_filled or call[0] == "Sub"))
            continue
        match current:
            case Scalar():
                yield current, is_filled
            case Sequence(items):
                waiting.extend((item, is_filled) for item in items)
            case Mapping():
                waiting.extend((value, is_filled) for _, value in current.items())
