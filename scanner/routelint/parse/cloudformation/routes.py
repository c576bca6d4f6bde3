"""Routes of a resource: the carriers its type has, in whatever form they hold a model."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from routelint import model_id
from routelint.model import Kind, Known, Location, ModelReference, OneOf, Span, Tags, Unknown, Value
from routelint.parse.cloudformation import cases, documents
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.naming import certainly_model, kind_of, maybe_model
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, function, span
from routelint.parse.cloudformation.stack import Found, Stack, place, statement
from routelint.parse.cloudformation.template import Declared
from routelint.parse.cloudformation.walk import everything
from routelint.parse.route import listed as taken_apart
from routelint.parse.route import to_value
from routelint.possible import Hole, Possible
from routelint.possible import Template as PartText
from routelint.surfaces import Surface

LANGUAGE = "cloudformation"
NOT_TAKEN = "the branch of Fn::If that holds it is not taken with the parameters in the scanned files"
ANY_TYPE = "*"


def of(stack: Stack, declared: Declared, tags: Tags | None) -> Iterator[ModelReference]:
    """The routes of a resource, in the order of its type's rows; a place is reported once."""
    seen: set[tuple[Span, str]] = set()
    for row in stack.rows.having(declared.type, "model", "indirect"):
        if row.kind is None or row.symbol == ANY_TYPE:
            continue
        match row.reads:
            case "identifier":
                found = _identifiers(stack, declared, row, tags)
            case "stored":
                found = _stored(stack, declared, row, tags)
            case "properties":
                found = _properties(stack, declared, row, tags)
            case _:
                continue
        for route in found:
            key = (route.location.span, route.location.path)
            if key not in seen:
                seen.add(key)
                yield route


def elsewhere(
    stack: Stack, declared: Declared, tags: Tags | None, known_routes: SequenceOf[ModelReference]
) -> Iterator[ModelReference]:
    """Models under names that say model where no row of the type looks, and no route is known."""
    seen = [route.location for route in known_routes]
    seen.extend(hop.location for route in known_routes for choice in route.choices for hop in choice.trail)
    for row in stack.rows.having(declared.type, "indirect"):
        if row.symbol == ANY_TYPE:
            for route in _properties(stack, declared, row, tags):
                if not any(_holds(each, route.location) for each in seen):
                    yield route


def _holds(outer: Location, inner: Location) -> bool:
    """Whether one place lies inside another."""
    if outer.path != inner.path:
        return False
    starts = (outer.span.start_line, outer.span.start_column) <= (inner.span.start_line, inner.span.start_column)
    return starts and (inner.span.end_line, inner.span.end_column) <= (outer.span.end_line, outer.span.end_column)


def unused_substitutions(
    stack: Stack, declared: Declared, tags: Tags | None, known_routes: SequenceOf[ModelReference], definition: str | None
) -> Iterator[ModelReference]:
    """Models that `DefinitionSubstitutions` sets and no route takes, where the definition may.

    `definition` is its text, None where it is elsewhere; what it does not name is passed for nothing.
    """
    evaluators = cases.live(stack.evaluators, declared)
    hops = (hop for route in known_routes for choice in route.choices for hop in choice.trail)
    passed = {hop.location.span for hop in hops if hop.location.path == stack.template.path}
    for name, node in documents.substitution_nodes(declared):
        possible = listed(stack.evaluate(node, evaluators))
        if span(node) in passed or not names_model(stack, possible):
            continue
        if definition is not None and f"${{{name}}}" not in definition:
            continue
        value = to_value(possible, bedrock_only=False)
        if value is None:
            continue
        carrier = f"DefinitionSubstitutions.{name}"
        yield reference(
            stack,
            declared,
            node=node,
            sink=f"{declared.type}.{carrier}",
            carrier=carrier,
            kind=kind_of(Kind.INVOKE, name, models=models_of(value)),
            value=value,
            tags=tags,
            evaluators=evaluators,
        )


def listed(possible: Possible) -> Possible:
    """Possibilities with lists, and texts that list identifiers, taken apart."""
    return taken_apart(cases.spread(possible))


def names_model(stack: Stack, possible: Possible) -> bool:
    """Whether a possible content names a model of the catalog, or is an identifier that could be no other thing."""
    for each in possible:
        text = str(each.content) if isinstance(each.content, (str, PartText)) else ""
        if not text:
            continue
        if stack.knows(text):
            return True
        model = model_id.read(text)
        if model is not None and not model.is_pattern and "${" not in model.base:
            return True
    return False


def reference(
    stack: Stack,
    declared: Declared,
    *,
    node: Node,
    sink: str,
    carrier: str,
    kind: Kind,
    value: Value,
    tags: Tags | None,
    evaluators: SequenceOf[Evaluator] = (),
    within: Span | None = None,
) -> ModelReference:
    """A route at `node`, or at the part of it that is `within`."""
    location = place(node, f"{declared.symbol}/{carrier}")
    if within is not None:
        location = replace(location, span=within)
    return ModelReference(
        location,
        LANGUAGE,
        kind,
        sink,
        value,
        statement(declared),
        stack.root,
        stack.region(evaluators),
        tags,
        evidence=stack.evidence(evaluators),
    )


def _identifiers(stack: Stack, declared: Declared, row: Surface, tags: Tags | None) -> Iterator[ModelReference]:
    for found in stack.find(declared, row.carrier):
        if not found.evaluators:
            value: Value | None = Unknown(NOT_TAKEN)
        else:
            value = to_value(listed(stack.of(found)), bedrock_only=row.bedrock_only)
        if value is None or row.kind is None or _is_absent(value):
            continue
        yield reference(
            stack,
            declared,
            node=found.node,
            sink=f"{declared.type}.{row.carrier}",
            carrier=row.carrier,
            kind=row.kind,
            value=value,
            tags=tags,
            evaluators=found.evaluators,
        )


def _is_absent(value: Value) -> bool:
    return isinstance(value, Unknown) and value.reason == "no model is set: the value is null"


def _stored(stack: Stack, declared: Declared, row: Surface, tags: Tags | None) -> Iterator[ModelReference]:
    for found in stack.find(declared, row.carrier):
        possible = listed(stack.of(found)) if found.evaluators else ()
        if not names_model(stack, possible):
            yield from _inside(stack, declared, row, found, tags)
            continue
        value = to_value(possible, bedrock_only=False)
        if value is not None and row.kind is not None:
            kind = kind_of(row.kind, row.carrier, models=models_of(value))
            yield reference(
                stack,
                declared,
                node=found.node,
                sink=f"{declared.type}.{row.carrier}",
                carrier=row.carrier,
                kind=kind,
                value=value,
                tags=tags,
                evaluators=found.evaluators,
            )


def models_of(value: Value) -> tuple[str, ...]:
    """The identifiers of a value."""
    match value:
        case Known(choice):
            return (choice.model.id,)
        case OneOf(choices):
            return tuple(choice.model.id for choice in choices)
        case Unknown():
            return ()


def _properties(stack: Stack, declared: Declared, row: Surface, tags: Tags | None) -> Iterator[ModelReference]:
    if row.carrier != "*":
        for found in stack.find(declared, row.carrier):
            yield from _inside(stack, declared, row, found, tags)
        return
    if declared.properties is None:
        return
    evaluators = cases.live(stack.evaluators, declared)
    for leaf in everything(declared.properties, evaluators[0]):
        if not leaf.path or not maybe_model(leaf.path[-1]) or not _is_text(leaf.node):
            continue
        yield from _named(
            stack, declared, row, leaf.node, ".".join(leaf.path), stack.evaluate(leaf.node, evaluators), tags, evaluators
        )


def _is_text(node: Node) -> bool:
    return isinstance(node, Scalar) or function(node) is not None


def _named(
    stack: Stack,
    declared: Declared,
    row: Surface,
    node: Node,
    path: str,
    possible: Possible,
    tags: Tags | None,
    evaluators: SequenceOf[Evaluator],
    within: Span | None = None,
) -> Iterator[ModelReference]:
    """The route of a property whose name says model: where the value names one, or the name leaves no doubt."""
    possible = listed(possible)
    if not names_model(stack, possible):
        unclear = any(isinstance(each.content, (Hole, PartText)) for each in possible)
        if not (row.role == "model" and unclear and certainly_model(path.rsplit(".", 1)[-1])):
            return
    value = to_value(possible, bedrock_only=row.role == "model")
    if value is None or row.kind is None or _is_absent(value):
        return
    kind = kind_of(row.kind, path.rsplit(".", 1)[-1], models=models_of(value))
    yield reference(
        stack,
        declared,
        node=node,
        sink=f"{declared.type}.{path}",
        carrier=path,
        kind=kind,
        value=value,
        tags=tags,
        evaluators=evaluators,
        within=within,
    )


def _inside(stack: Stack, declared: Declared, row: Surface, found: Found, tags: Tags | None) -> Iterator[ModelReference]:
    """Properties whose names say model, inside a mapping or a JSON text."""
    if not found.evaluators:
        return
    call = function(found.node)
    # What is written out as JSON text is looked at before, where every value has its trail.
    written = call[1] if call is not None and call[0] == "ToJsonString" else found.node
    if isinstance(written, (Mapping, Sequence)) and function(written) is None:
        for leaf in everything(written, found.evaluators[0]):
            if leaf.path and maybe_model(leaf.path[-1]) and _is_text(leaf.node):
                path = ".".join((row.carrier, *leaf.path))
                yield from _named(stack, declared, row, leaf.node, path, stack.of(found, leaf.node), tags, found.evaluators)
        return
    document = documents.open_text(stack, declared, found)
    if document is None:
        return
    for path_keys, text in document.texts():
        if path_keys and maybe_model(path_keys[-1]):
            path = ".".join((row.carrier, *path_keys))
            possible = document.possible(text)
            within = document.span(text)
            yield from _named(stack, declared, row, found.node, path, possible, tags, found.evaluators, within)
