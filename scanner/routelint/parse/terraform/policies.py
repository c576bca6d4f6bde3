"""IAM policies written as text: finds each resource again in the text, and evaluates its interpolations by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routelint.deferred import dataclass
from routelint.parse.terraform import marked
from routelint.parse.terraform.nodes import Literal, TextTemplate

MOST_STATEMENTS = 2000


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of an Allow statement: its text at its place, with its interpolations, and the statement's actions."""

    text: TextTemplate
    actions: tuple[str, ...]


def resources(written: TextTemplate | Literal) -> list[Resource] | None:
    """The resources of a policy's Allow statements; None where the text cannot be read without evaluating it first."""
    policy = marked.read(written)
    if policy is None or not isinstance(policy.document, Mapping):
        return None
    return [Resource(policy.take(resource), actions) for resource, actions in _allowed(policy.document.get("Statement"))]


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
