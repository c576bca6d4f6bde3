"""Model ARNs that IAM policies allow: in policy document blocks, in `jsonencode`, in heredocs and in lists of locals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint import model_id
from routelint.deferred import dataclass
from routelint.model import Hop, Location
from routelint.parse.terraform import marked, policies, sections
from routelint.parse.terraform.attributes import objects
from routelint.parse.terraform.functions.documents import decode
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import (
    Body,
    Call,
    Conditional,
    Expression,
    GetAttr,
    Literal,
    ObjectNode,
    Place,
    TextTemplate,
    TupleNode,
    Variable,
)
from routelint.parse.terraform.values import entries
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, text_of
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# How actions start that let a principal invoke models; other Bedrock actions do not cost by the token.
_INVOKING = ("bedrock:invokemodel", "bedrock:converse", "bedrock-mantle:createinference")
# How actions start that only look at models, label or delete: who may do no more than that may use none.
_READING = ("get", "list", "tag", "untag", "delete")
# Functions that only gather lists: their arguments are looked into one by one.
_GATHERING = frozenset({"concat", "flatten", "distinct", "compact", "tolist", "toset", "setunion", "sort"})
MOST_DEPTH = 16


@dataclass(frozen=True)
class Grant:
    """An ARN that a statement allows: where it stands and what it may be."""

    location: Location
    value: Possible
    alive: bool = True


@dataclass(frozen=True, eq=False)
class Spot:
    """An expression that yields one ARN or a list of them, and the place to report it at."""

    expression: Expression
    scope: Scope
    back: tuple[Hop, ...] = ()


def of_resource(evaluator: Evaluator, body: Body, surface: Surface, scope: Scope) -> Iterator[Grant]:
    """The grants of one policy resource or policy document."""
    if surface.reads == "statements":
        block, _, attribute = surface.carrier.partition(".")
        for statement, bound in statements(evaluator, body, block, scope):
            if _is_text(evaluator, statement, "effect", bound, "deny"):
                continue
            actions = _texts(evaluator, statement, "actions", bound)
            resources = statement.attributes.get(attribute)
            if resources is not None:
                yield from _granted(evaluator, resources.expression, bound, actions)
        return
    for expression, bound in carriers(evaluator, body, surface.carrier.split("."), scope):
        yield from _policy(evaluator, expression, bound)


def statements(evaluator: Evaluator, body: Body, name: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
    """The statements of a policy document: its blocks, or the objects under an attribute of that name."""
    yield from sections.blocks(evaluator, body, name, scope)
    attribute = body.attributes.get(name)
    if attribute is not None:
        for item in _objects(attribute.expression):
            yield sections.as_body(item), scope


def _objects(expression: Expression) -> list[ObjectNode]:
    if isinstance(expression, ObjectNode):
        return [expression]
    return [item for item in expression.items if isinstance(item, ObjectNode)] if isinstance(expression, TupleNode) else []


def carriers(evaluator: Evaluator, body: Body, steps: list[str], scope: Scope) -> Iterator[tuple[Expression, Scope]]:
    """The expressions at a dotted path that hold whole policies."""
    name, rest = steps[0], steps[1:]
    if not rest:
        if name in body.attributes:
            yield body.attributes[name].expression, scope
        return
    for inner, bound in statements(evaluator, body, name, scope):
        yield from carriers(evaluator, inner, rest, bound)


def of_arguments(evaluator: Evaluator, body: Body, scope: Scope, depth: int = 0) -> Iterator[tuple[str, Grant]]:
    """The grants among the arguments of a module that is not in the scan, each with the argument that holds it.

    They are objects with `actions` and `resources`, however deep, and whole policies in arguments called so.
    """
    for name, attribute in body.attributes.items() if depth <= MOST_DEPTH else ():
        for node in objects(attribute.expression):
            inner = sections.as_body(node)
            resources = inner.attributes.get("resources")
            if resources is None or "actions" not in inner.attributes:
                yield from ((name, grant) for _, grant in of_arguments(evaluator, inner, scope, depth + 1))
            elif not _is_text(evaluator, inner, "effect", scope, "deny"):
                actions = _texts(evaluator, inner, "actions", scope)
                yield from ((name, grant) for grant in _granted(evaluator, resources.expression, scope, actions))
        if "policy" in name:
            yield from ((name, grant) for grant in _policy(evaluator, attribute.expression, scope))


# -- whole policies


def _policy(evaluator: Evaluator, expression: Expression, scope: Scope) -> Iterator[Grant]:
    """The grants of a policy written as JSON: in HCL below `jsonencode`, or as a text."""
    written, bound = followed(evaluator, expression, scope)
    if isinstance(written, Call) and written.name in ("jsonencode", "tojson") and written.arguments:
        document, bound = followed(evaluator, written.arguments[0], bound)
        if isinstance(document, ObjectNode):
            yield from _document(evaluator, document, bound)
            return
        yield from _decoded(evaluator.evaluate(document, bound), expression.place)
        return
    if isinstance(written, Call) and written.name in ("file", "templatefile") and written.arguments:
        yield from _file(evaluator, written, bound)
        return
    if isinstance(written, TextTemplate | Literal):
        yield from _text(evaluator, written, bound)
        return
    if is_document_reference(written):
        return
    for possibility in evaluator.evaluate(expression, scope):
        if isinstance(possibility.content, str | Template):
            yield from _decoded((replace(possibility, content=decode(possibility.content)),), expression.place)


def is_document_reference(expression: Expression) -> bool:
    """Whether it is `data.aws_iam_policy_document.x.json`, whose statements are rows of their own."""
    while isinstance(expression, GetAttr):
        expression = expression.target
    return isinstance(expression, Variable) and expression.name == "data"


def _document(evaluator: Evaluator, document: ObjectNode, scope: Scope) -> Iterator[Grant]:
    statements = sections.as_body(document).attributes.get("Statement")
    if statements is None:
        return
    for spot in spread(evaluator, Spot(statements.expression, scope), 0):
        if isinstance(spot.expression, ObjectNode):
            body = sections.as_body(spot.expression)
            if _is_text(evaluator, body, "Effect", spot.scope, "deny"):
                continue
            actions = _texts(evaluator, body, "Action", spot.scope)
            resources = body.attributes.get("Resource")
            if resources is not None:
                yield from _granted(evaluator, resources.expression, spot.scope, actions)
        else:
            value = evaluator.evaluate(spot.expression, spot.scope)
            for possibility in value:
                yield from _decoded_statements(possibility, spot.expression.place)


def _text(evaluator: Evaluator, written: TextTemplate | Literal, scope: Scope, back: tuple[Hop, ...] = ()) -> Iterator[Grant]:
    """The grants of a JSON text, each placed on its own letters where they can be found again."""
    found = policies.resources(written)
    if found is None:
        for possibility in evaluator.evaluate(written, scope):
            yield from _decoded((replace(possibility, content=decode(possibility.content)),), written.place)
        return
    for resource in found:
        value = evaluator.evaluate(resource.text, scope)
        models = _model_arns(value, list(resource.actions))
        if models:
            yield Grant(
                resource.text.place.location(), tuple(replace(each, trail=(*each.trail, *back)) for each in models), scope.alive
            )


def _file(evaluator: Evaluator, call: Call, scope: Scope) -> Iterator[Grant]:
    """The grants of a policy in a file of its own, placed there."""
    back = (Hop(call.place.location(), "policy read here"),)
    for written, bound in marked.of_files(evaluator, call, scope):
        yield from _text(evaluator, written, bound, back)


def _decoded(document: Possible, place: Place) -> Iterator[Grant]:
    """The grants of a policy that is only known as a value."""
    for possibility in document:
        if not isinstance(possibility.content, Record):
            continue
        for key, value in entries(possibility):
            if key == "Statement":
                for statement in value:
                    yield from _decoded_statements(statement, place)


def _decoded_statements(possibility: Possibility, place: Place) -> Iterator[Grant]:
    if isinstance(possibility.content, Items):
        for _, item in entries(possibility):
            for each in item:
                yield from _decoded_statement(each, place)
    else:
        yield from _decoded_statement(possibility, place)


def _decoded_statement(statement: Possibility, place: Place) -> Iterator[Grant]:
    if not isinstance(statement.content, Record):
        return
    fields = {key: value for key, value in entries(statement) if key is not None}
    if any(str(each.content).lower() == "deny" for each in fields.get("Effect", ())):
        return
    actions = [text for each in fields.get("Action", ()) for text in _listed(each)]
    for each in fields.get("Resource", ()):
        single = [value for _, value in entries(each)] if isinstance(each.content, Items) else [(each,)]
        for value in single:
            models = _model_arns(value, actions)
            if models:
                yield Grant(place.location(), models)


def _listed(possibility: Possibility) -> list[str]:
    if isinstance(possibility.content, Items):
        return [str(one.content) for _, item in entries(possibility) for one in item]
    return [str(possibility.content)]


# -- lists of ARNs


def _flat(possibility: Possibility, depth: int) -> Iterator[Possibility]:
    """What a list, and the lists in it, may hold; `flatten` has been taken off already."""
    if not isinstance(possibility.content, Items) or depth > MOST_DEPTH:
        yield possibility
        return
    for _, item in entries(possibility):
        for one in item:
            yield from _flat(one, depth + 1)
    if possibility.content.rest is not None:
        yield replace(possibility, content=possibility.content.rest)


def _granted(evaluator: Evaluator, resources: Expression, scope: Scope, actions: list[str]) -> Iterator[Grant]:
    for spot in spread(evaluator, Spot(resources, scope), 0):
        value = evaluator.evaluate(spot.expression, spot.scope)
        flat = [one for possibility in value for one in _flat(possibility, 0)]
        models = _model_arns(tuple(flat), actions)
        if not models and _might_be_model(spot.expression) and _invokes(actions):
            models = tuple(each for each in flat if isinstance(each.content, Hole))
        if models:
            trailed = tuple(replace(each, trail=(*each.trail, *spot.back)) for each in models)
            yield Grant(spot.expression.place.location(), trailed, spot.scope.alive)


def spread(evaluator: Evaluator, spot: Spot, depth: int) -> Iterator[Spot]:
    """The single expressions that a list is made of, through gathering functions, branches and locals."""
    if depth > MOST_DEPTH:
        yield spot
        return
    match spot.expression:
        case TupleNode(_, items):
            for item in items:
                yield from spread(evaluator, replace(spot, expression=item), depth + 1)
        case Call(_, name, arguments, False) if name in _GATHERING:
            for argument in arguments:
                yield from spread(evaluator, replace(spot, expression=argument), depth + 1)
        case Conditional(_, condition, then, otherwise) if _is_list(then) or _is_list(otherwise):
            tests = {each.content for each in evaluator.evaluate(condition, spot.scope) if isinstance(each.content, bool)}
            if False not in tests or len(tests) != 1:
                yield from spread(evaluator, replace(spot, expression=then), depth + 1)
            if True not in tests or len(tests) != 1:
                yield from spread(evaluator, replace(spot, expression=otherwise), depth + 1)
        case GetAttr(_, Variable(_, "local"), name) if name in spot.scope.instance.folder.locals:
            definition = spot.scope.instance.folder.locals[name].expression
            if _is_list(definition):
                hop = Hop(spot.expression.place.location(), f"local.{name} used here")
                inner = Spot(definition, Scope(spot.scope.instance, alive=spot.scope.alive), (*spot.back, hop))
                yield from spread(evaluator, inner, depth + 1)
            else:
                yield spot
        case _:
            yield spot


def _is_list(expression: Expression) -> bool:
    return isinstance(expression, TupleNode) or (isinstance(expression, Call) and expression.name in _GATHERING)


def followed(evaluator: Evaluator, expression: Expression, scope: Scope, depth: int = 0) -> tuple[Expression, Scope]:
    """The definition behind `local.x`, where an expression is nothing else."""
    if depth < MOST_DEPTH and isinstance(expression, GetAttr) and isinstance(expression.target, Variable):
        local = scope.instance.folder.locals.get(expression.name) if expression.target.name == "local" else None
        if local is not None:
            return followed(evaluator, local.expression, Scope(scope.instance), depth + 1)
    return expression, scope


def _model_arns(value: Possible, actions: list[str]) -> Possible:
    """What of a value names a Bedrock model; a bare `*` does where the actions invoke models."""
    if actions and all(_reads(action) for action in actions):
        return ()
    found = []
    for each in value:
        content = each.content
        if isinstance(content, Hole | Items | Record) or content is None:
            continue
        text = str(content) if isinstance(content, Template) else text_of(content)
        if model_id.is_model_resource(text) or (text == "*" and _invokes(actions)):
            found.append(each)
    return tuple(found)


def _invokes(actions: list[str]) -> bool:
    """Whether one of the actions, which may end in `*`, lets models be invoked."""
    for action in actions:
        start, star, _ = action.lower().partition("*")
        if start.startswith("bedrock") and any(
            start.startswith(known) or (star and known.startswith(start)) for known in _INVOKING
        ):
            return True
    return False


def _reads(action: str) -> bool:
    service, _, verb = action.lower().partition(":")
    if not service.isascii() or not service.replace("-", "").isalnum():
        return False
    return not service.startswith("bedrock") or verb.startswith(_READING)


def _might_be_model(expression: Expression) -> bool:
    data: bytes = getattr(expression.place.file, "data", b"")
    text = data[expression.place.start : expression.place.end].lower()
    return b"model" in text or b"inference_profile" in text


def _texts(evaluator: Evaluator, body: Body, name: str, scope: Scope) -> list[str]:
    attribute = body.attributes.get(name)
    if attribute is None:
        return []
    return [text for each in evaluator.evaluate(attribute.expression, scope) for text in _listed(each)]


def _is_text(evaluator: Evaluator, body: Body, name: str, scope: Scope, wanted: str) -> bool:
    texts = _texts(evaluator, body, name, scope)
    return bool(texts) and all(text.lower() == wanted for text in texts)
