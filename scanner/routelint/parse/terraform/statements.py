"""Whole IAM policy statements of a configuration: in policy document blocks, in `jsonencode`, in texts and in files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence, Location, PolicyStatement, Span
from routelint.parse import statements as shared
from routelint.parse.statements import Draft
from routelint.parse.terraform import grants, identities, marked, sections
from routelint.parse.terraform.functions.documents import decode
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Block, Body, Call, Expression, Literal, ObjectNode, Place, TextTemplate
from routelint.possible import Items, Possible, Record, Template
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

LANGUAGE = "terraform"
_RESOURCE_KEY = lazy_regex(rb'\\?"(?:Not)?Resource\\?"[ \t]*:[^\n]*')
_MANAGED = ("policy_arn", "managed_policy_arns", "policy_arns")
MOST_STATEMENTS = 500


@dataclass(frozen=True)
class Said:
    """A statement as one instance says it in one configuration, and whether the configuration brings it to life."""

    statement: PolicyStatement
    alive: bool


@dataclass(frozen=True, eq=False)
class _Found:
    """What a statement says, where its resources stand, and where the whole of it."""

    draft: Draft
    where: Place
    whole: Place


def of_resource(
    evaluator: Evaluator, block: Block, surface: Surface, scope: Scope, evidence: tuple[Evidence, ...]
) -> Iterator[Said]:
    """The statements about Bedrock of one policy resource or policy document."""
    folder = scope.instance.folder
    if identities.is_ceiling(folder, block):
        return
    if surface.reads == "statements":
        found = _written(evaluator, block, surface.carrier.partition(".")[0], scope)
    else:
        carried = grants.carriers(evaluator, block.body, surface.carrier.split("."), scope)
        found = (each for expression, bound in carried for each in _policy(evaluator, expression, bound))
    yield from _made(found, block, scope, evidence)


def managed(evaluator: Evaluator, block: Block, scope: Scope, evidence: tuple[Evidence, ...]) -> Iterator[Said]:
    """Policies of AWS that a resource gives an identity by their ARN."""
    if block.type != "resource" or not block.labels[0].startswith("aws_iam_"):
        return
    for name in _MANAGED:
        attribute = block.body.attributes.get(name)
        if attribute is None or "Bedrock" not in identities.text(attribute.place):
            continue
        found = []
        for spot in grants.spread(evaluator, grants.Spot(attribute.expression, scope), 0):
            for each in evaluator.evaluate(spot.expression, spot.scope):
                draft = shared.managed(str(each.content))
                if draft is not None:
                    found.append(_Found(draft, spot.expression.place, attribute.place))
        yield from _made(iter(found), block, scope, evidence)


def _made(found: Iterator[_Found], block: Block, scope: Scope, evidence: tuple[Evidence, ...]) -> Iterator[Said]:
    where = identities.location(block)
    holders: tuple[Location, ...] | None = None
    for number, each in enumerate(found):
        if number >= MOST_STATEMENTS:
            return
        if not each.draft.speaks_of_bedrock:
            continue
        if holders is None:
            holders = identities.holders(scope.instance.folder, block)
        draft = each.draft
        statement = PolicyStatement(
            each.where.location(f"{where.symbol}.statement"),
            LANGUAGE,
            each.whole.span,
            draft.effect,
            where,
            draft.actions,
            draft.not_actions,
            draft.resources,
            draft.not_resources,
            draft.conditions,
            holders,
            scope.instance.root,
            evidence,
        )
        yield Said(statement, scope.alive)


# -- blocks of a policy document


def _written(evaluator: Evaluator, block: Block, name: str, scope: Scope) -> Iterator[_Found]:
    places = {id(inner.body): inner.place for inner in _blocks(block, name)}
    for body, bound in grants.statements(evaluator, block.body, name, scope):
        fields: dict[str, Possible] = {}
        for key, attribute in body.attributes.items():
            if shared.element(key) is not None:
                fields[key] = evaluator.evaluate(attribute.expression, bound)
        for key in ("condition", "principals", "not_principals"):
            inner = sections.value(evaluator, body, key, bound)
            if inner is not None:
                fields[key] = inner[1]
        listed = body.attributes.get("resources") or body.attributes.get("not_resources")
        whole = places.get(id(body)) or _around(body) or block.place
        yield _Found(shared.read(fields), listed.expression.place if listed is not None else whole, whole)


def _blocks(block: Block, name: str) -> Iterator[Block]:
    for inner in block.body.blocks:
        if inner.type == name:
            yield inner
        elif inner.type == "dynamic" and inner.labels[:1] == (name,):
            yield from inner.body.of_type("content")


def _around(body: Body) -> Place | None:
    """The place that the attributes of a body take up together."""
    places = [attribute.place for attribute in body.attributes.values()]
    if not places:
        return None
    return Place(places[0].file, min(each.start for each in places), max(each.end for each in places))


# -- whole policies


def _policy(evaluator: Evaluator, expression: Expression, scope: Scope) -> Iterator[_Found]:
    written, bound = grants.followed(evaluator, expression, scope)
    match written:
        case Call(_, "jsonencode" | "tojson", (argument, *_)):
            document, inner = grants.followed(evaluator, argument, bound)
            if isinstance(document, ObjectNode):
                yield from _document(evaluator, document, inner)
            else:
                yield from _decoded(evaluator.evaluate(document, inner), expression.place)
        case Call(_, "file" | "templatefile", (_, *_)) as call:
            yield from _file(evaluator, call, bound)
        case _ if grants.is_document_reference(written):
            return
        case _:
            yield from _text(evaluator, written, bound, expression.place)


def _document(evaluator: Evaluator, document: ObjectNode, scope: Scope) -> Iterator[_Found]:
    listed = sections.as_body(document).attributes.get("Statement")
    if listed is None:
        return
    for spot in grants.spread(evaluator, grants.Spot(listed.expression, scope), 0):
        if not isinstance(spot.expression, ObjectNode):
            yield from _of_statements(evaluator.evaluate(spot.expression, spot.scope), spot.expression.place)
            continue
        body = sections.as_body(spot.expression)
        fields = {
            key: evaluator.evaluate(attribute.expression, spot.scope)
            for key, attribute in body.attributes.items()
            if shared.element(key) is not None
        }
        resources = body.attributes.get("Resource") or body.attributes.get("NotResource")
        whole = spot.expression.place
        yield _Found(shared.read(fields), resources.expression.place if resources is not None else whole, whole)


def _file(evaluator: Evaluator, call: Call, scope: Scope) -> Iterator[_Found]:
    for written, bound in marked.of_files(evaluator, call, scope):
        yield from _text(evaluator, written, bound, written.place)


def _text(evaluator: Evaluator, written: Expression, scope: Scope, place: Place) -> Iterator[_Found]:
    """The statements of a policy in a text, each placed on the line of its resources where those can be told apart."""
    decoded = tuple(
        replace(each, content=decode(each.content)) if isinstance(each.content, str | Template) else each
        for each in evaluator.evaluate(written, scope)
    )
    found = list(_decoded(decoded, place))
    lines = _lines(written.place) if isinstance(written, TextTemplate | Literal) else []
    having = [each for each in found if each.draft.resources or each.draft.not_resources]
    if len(lines) == len(having):
        at = iter(lines)
        found = [replace(each, where=next(at)) if each in having else each for each in found]
    yield from found


def _lines(place: Place) -> list[Place]:
    data: bytes = getattr(place.file, "data", b"")
    matches = _RESOURCE_KEY.finditer(data, place.start, place.end)
    return [Place(place.file, match.start(), match.end()) for match in matches]


def _decoded(possible: Possible, place: Place) -> Iterator[_Found]:
    for each in possible:
        if isinstance(each.content, Record):
            yield from _of_statements(each.content.entries.get("Statement", ()), place)


def _of_statements(possible: Possible, place: Place) -> Iterator[_Found]:
    for each in possible:
        match each.content:
            case Items(items):
                for item in items[:MOST_STATEMENTS]:
                    yield from _of_statements(item, place)
            case Record(fields):
                yield _Found(shared.read(fields), place, place)


# -- what several configurations and roots say


def living(said: list[Said]) -> tuple[PolicyStatement, ...]:
    """The statements that some configuration brings to life, and those that none does: somebody may turn them on."""
    made = {_spot(each.statement) for each in said if each.alive}
    kept = (each.statement for each in said if each.alive or _spot(each.statement) not in made)
    return tuple(dict.fromkeys(kept))


def _spot(statement: PolicyStatement) -> tuple[str, Span]:
    return statement.location.path, statement.location.span


def over_configurations(found: dict[str, list[Said]]) -> list[Said]:
    """The statements of every configuration: what is said in all holds without condition, the rest where it was said."""
    held: dict[PolicyStatement, tuple[bool, list[str]]] = {}
    for name, several in found.items():
        for each in several:
            alive, names = held.setdefault(each.statement, (each.alive, []))
            held[each.statement] = (alive or each.alive, [*names, name])
    made = []
    for statement, (alive, names) in held.items():
        told = tuple(dict.fromkeys(name.split(" (")[0] for name in names))
        if len(set(names)) < len(found) and "" not in told:
            proofs = tuple(Evidence(name, "where the configuration says so", statement.location) for name in told)
            statement = replace(statement, evidence=(*proofs, *statement.evidence))
        made.append(Said(statement, alive))
    return made
