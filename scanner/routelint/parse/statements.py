"""IAM policy statements as every language writes them, from evaluated values: which of them speak of Bedrock, and what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Condition, Effect, Unknown
from routelint.parse.stated import texts
from routelint.possible import Hole, Items, Possible, Record

# What an element is called: in a policy document, in Terraform's blocks, in the CDK's arguments.
_NAMES: Mapping[str, str] = {
    "effect": "effect",
    "action": "actions",
    "actions": "actions",
    "notaction": "not_actions",
    "notactions": "not_actions",
    "resource": "resources",
    "resources": "resources",
    "notresource": "not_resources",
    "notresources": "not_resources",
    "condition": "condition",
    "conditions": "condition",
    "principal": "principal",
    "principals": "principal",
    "notprincipal": "principal",
    "notprincipals": "principal",
}
_SERVICES = ("bedrock", "bedrock-mantle")
# Policies of AWS that let their holder invoke every model, by the end of their ARN.
MANAGED: Mapping[str, tuple[str, ...]] = {"AmazonBedrockFullAccess": ("bedrock:*",)}
_MANAGED_ARN = lazy_regex(r"(?:arn:[^:]+:iam::aws:policy/(?:[\w-]+/)*)?(\w+)")
MOST_CONDITIONS = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What one statement says; `names_principals` marks a policy of a resource, which grants to others than its holder."""

    effect: Effect = Effect.ALLOW
    actions: tuple[str | Unknown, ...] = ()
    not_actions: tuple[str | Unknown, ...] = ()
    resources: tuple[str | Unknown, ...] = ()
    not_resources: tuple[str | Unknown, ...] = ()
    conditions: tuple[Condition, ...] = ()
    names_principals: bool = False

    @property
    def speaks_of_bedrock(self) -> bool:
        """Whether it is about what its holder may do with Bedrock."""
        if self.names_principals or not (self.resources or self.not_resources):
            return False
        if self.not_actions:
            return True
        return any(isinstance(action, str) and may_be_bedrock(action) for action in self.actions)


def element(name: str) -> str | None:
    """The element of a statement that a key or argument names; None where it names none."""
    return _NAMES.get(name.replace("_", "").lower())


def read(fields: Mapping[str, Possible]) -> Draft:
    """The statement that evaluated fields make up, under any of their names."""
    named: dict[str, Possible] = {}
    for name, value in fields.items():
        known = element(name)
        if known is not None:
            named[known] = (*named.get(known, ()), *value)
    return Draft(
        _effect(named.get("effect", ())),
        texts(named.get("actions", ())),
        texts(named.get("not_actions", ())),
        texts(named.get("resources", ())),
        texts(named.get("not_resources", ())),
        tuple(conditions(named.get("condition", ())))[:MOST_CONDITIONS],
        any(each.content is not None for each in named.get("principal", ())),
    )


def conditions(possible: Possible) -> Iterator[Condition]:
    """The conditions of a statement: operator -> key -> values, or a list of objects with `test`, `variable` and `values`."""
    for each in possible:
        match each.content:
            case Record(entries, rest):
                if "test" in entries and "variable" in entries:
                    yield Condition(_text(entries["test"]), _text(entries["variable"]), texts(entries.get("values", ())))
                    continue
                for operator, keyed in entries.items():
                    yield from _keyed(operator, keyed)
                if rest is not None:
                    yield _unclear(rest)
            case Items(items, rest):
                for item in items[:MOST_CONDITIONS]:
                    yield from conditions(item)
                if rest is not None:
                    yield _unclear(rest)
            case Hole() as hole:
                yield _unclear(hole)


def _keyed(operator: str, possible: Possible) -> Iterator[Condition]:
    for each in possible:
        if isinstance(each.content, Record):
            for key, value in each.content.entries.items():
                yield Condition(operator, key, texts(value))
        elif isinstance(each.content, Hole):
            yield Condition(operator, "", (Unknown(each.content.reason),))


def _unclear(hole: Hole) -> Condition:
    """A condition of which nothing is known but that there may be one."""
    return Condition("", "", (Unknown(hole.reason),))


def _text(possible: Possible) -> str:
    return next((each for each in texts(possible) if isinstance(each, str)), "")


def _effect(possible: Possible) -> Effect:
    """Deny where that is all it can be; of what cannot be told the more permissive."""
    told = [each.rpartition(".")[2].lower() for each in texts(possible) if isinstance(each, str)]
    return Effect.DENY if told and all(each == "deny" for each in told) else Effect.ALLOW


def may_be_bedrock(action: str) -> bool:
    """Whether an action is one of Bedrock's, wildcards taken for what they may stand for."""
    service, separator, _ = action.lower().partition(":")
    if not separator:
        return service == "*"
    return any(fnmatchcase(known, service.replace("[", "[[]")) for known in _SERVICES)


def managed(name: str) -> Draft | None:
    """What a policy of AWS allows, by its name or ARN; None where it lets nobody invoke models."""
    found = _MANAGED_ARN.fullmatch(name)
    actions = MANAGED.get(found[1]) if found is not None else None
    return Draft(actions=actions, resources=("*",)) if actions is not None else None
