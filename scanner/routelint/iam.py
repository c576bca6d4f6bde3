"""What IAM statements let their holder invoke: which actions, which models, and what narrows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from routelint.catalog import Catalog, Model
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Condition, Effect, Location, PolicyStatement, Unknown
from routelint.model_id import SCOPES
from routelint.regex import Regex, RegexError, compile_regex

# Actions that run a model. `Converse` is an operation and no action: it asks for `InvokeModel`.
INVOKING = (
    "bedrock:InvokeModel",
    "bedrock:InvokeModelWithResponseStream",
    "bedrock:InvokeModelWithBidirectionalStream",
    "bedrock:CreateModelInvocationJob",
    "bedrock-mantle:CreateInference",
)
# Keys that say through what a model is invoked: a foundation model held to them is reached by what they list alone.
_THROUGH = frozenset(("bedrock:inferenceprofilearn", "bedrock:promptrouterarn"))
# Keys that foundation models and their requests never carry: a condition on them leaves only what has tags.
_TAGGED = ("aws:resourcetag/", "aws:requesttag/", "bedrock:resourcetag/")
# More statements than one identity gets.
MOST_PEERS = 200
# A name that no model has: what matches it matches every model.
_NOBODY = "qqqq.zzzz-v0:0"
_HOLE = lazy_regex(r"\$\{[^}]*\}")
_RESOURCE = lazy_regex(r"(?:foundation-model|inference-profile|application-inference-profile)")
# Stands for what cannot be told where a model would be named: it matches nothing.
_OPEN = "\0"


@dataclass(frozen=True, slots=True)
class Breadth:
    """How far a statement reaches: every model or the `models` of the catalog, by which resources, through which action."""

    action: str
    resources: tuple[str, ...]
    every: bool
    models: Iterable[Model] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """The models of the catalog that a statement takes in and no denial beside it; read as far as is looked, each time."""

    statement: PolicyStatement
    denials: Sequence[PolicyStatement]
    catalog: Catalog

    def __iter__(self) -> Iterator[Model]:
        return self.catalog.where(
            lambda model, scopes: (
                _reaches(self.statement, model, scopes) and not any(_reaches(each, model) for each in self.denials)
            )
        )


def invokes(statement: PolicyStatement) -> str | None:
    """The action as written by which a statement speaks of invoking models; None where it does not, or cannot be told."""
    if statement.not_actions:
        if any(isinstance(each, Unknown) or "${" in each for each in statement.not_actions):
            return None
        excluded = [each for each in statement.not_actions if isinstance(each, str)]
        free = [action for action in INVOKING if not any(_matches(each, action) for each in excluded)]
        # Who excludes some of the ways to invoke may take them for all.
        left = f", which leaves {free[0]}" if free and len(free) < len(INVOKING) else ""
        return f"not {', '.join(excluded)}{left}" if free else None
    for action in statement.actions:
        if isinstance(action, str) and any(_matches(action, known) for known in INVOKING):
            return action
    return None


def narrowing(conditions: Iterable[Condition]) -> Condition | None:
    """The condition that leaves only some models, or may: by profile, by router or by tag; None where none does."""
    for condition in conditions:
        key, operator = condition.key.lower(), condition.operator.lower()
        if not key:
            return condition
        if operator.endswith("ifexists"):
            # Where the request carries no such key the condition holds, so that the model itself can be called.
            continue
        if key.startswith(_TAGGED):
            return condition
        if key in _THROUGH and not _is_open(operator, condition.values):
            return condition
    return None


def _is_open(operator: str, values: Sequence[str | Unknown]) -> bool:
    """Whether a condition on a profile lets every profile through."""
    if operator == "null" or "not" in operator:
        return False
    return any(isinstance(value, str) and _covers_profiles(value) for value in values)


def breadth(statement: PolicyStatement, peers: Sequence[PolicyStatement], catalog: Catalog) -> Breadth | None:
    """What an Allow statement lets its holder invoke, less what its peers deny; None where it invokes nothing for sure.

    `peers` are the statements that hold together with it. Invoking through a profile takes both the profile and the model
    behind it, so that profiles alone reach no further than the models that are allowed beside them.
    """
    action = invokes(statement)
    if statement.effect is Effect.DENY or action is None or narrowing(statement.conditions) is not None:
        return None
    models, profiles = _wide(statement, _covers_models), _wide(statement, _covers_profiles)
    if profiles and not models and _models_are_named(peers):
        return None
    denials = [each for each in peers if each.effect is Effect.DENY and invokes(each) is not None]
    if any(narrowing(each.conditions) is not None for each in denials):
        return None
    if any(isinstance(each, Unknown) for each in statement.not_resources):
        return None
    denials = [each for each in denials if not each.conditions]
    if any(_reaches(each, _NOBODY) or _is_partly_told(each) for each in denials):
        return None
    reached = _Reached(statement, denials, catalog)
    every = bool(models or profiles)
    written = models or profiles or tuple(each for each in statement.resources if isinstance(each, str))
    return Breadth(action, written, every, reached) if every or any(True for _ in reached) else None


class Peers:
    """The statements of a scan by what holds them together: the same policy, or the same principal."""

    def __init__(self, statements: Sequence[PolicyStatement]) -> None:
        self._groups: dict[tuple[str, Location], list[PolicyStatement]] = {}
        for each in statements:
            for holder in dict.fromkeys((each.policy, *each.principals)):
                self._groups.setdefault((each.root, holder), []).append(each)

    def of(self, statement: PolicyStatement) -> tuple[PolicyStatement, ...]:
        """The other statements of the same policy, and those of other policies that the same principal gets."""
        found: dict[int, PolicyStatement] = {}
        for holder in (statement.policy, *statement.principals):
            for each in self._groups.get((statement.root, holder), ())[:MOST_PEERS]:
                found.setdefault(id(each), each)
        found.pop(id(statement), None)
        return tuple(found.values())


def _wide(statement: PolicyStatement, covers: Callable[[str], bool]) -> tuple[str, ...]:
    """The resources by which a statement takes in every model, as written; those it excludes where it lists exclusions."""
    if statement.not_resources:
        told = [each for each in statement.not_resources if isinstance(each, str)]
        whole = len(told) == len(statement.not_resources) and not any(covers(each) for each in told)
        return ("not " + ", ".join(told),) if whole else ()
    return tuple(each for each in statement.resources if isinstance(each, str) and covers(each))


def _models_are_named(peers: Iterable[PolicyStatement]) -> bool:
    """Whether statements beside it allow foundation models, and none of them all of them without a condition."""
    beside = [
        each
        for each in peers
        if each.effect is Effect.ALLOW
        and invokes(each) is not None
        and any(
            isinstance(resource, Unknown) or "foundation-model" in resource or resource == "*" for resource in each.resources
        )
    ]
    return bool(beside) and not any(_wide(each, _covers_models) and narrowing(each.conditions) is None for each in beside)


def _reaches(statement: PolicyStatement, model: str, scopes: Iterable[str] = ()) -> bool:
    """Whether the resources of a statement take in a model, or one of its profiles."""
    listed = statement.not_resources or statement.resources
    found = any(
        isinstance(each, str)
        and (_matches_model(each, model) or any(_matches_profile(each, f"{scope}.{model}") for scope in scopes))
        for each in listed
    )
    return not found if statement.not_resources else found


def _is_partly_told(statement: PolicyStatement) -> bool:
    return any(isinstance(each, Unknown) for each in (*statement.resources, *statement.not_resources))


def _covers_models(resource: str) -> bool:
    return _matches_model(resource, _NOBODY)


def _covers_profiles(resource: str) -> bool:
    return any(_matches_profile(resource, f"{scope}.{_NOBODY}") for scope in SCOPES)


def _matches_model(resource: str, model: str) -> bool:
    partition, region, _ = _place(resource)
    return _matches(_pattern(resource), f"arn:{partition}:bedrock:{region}::foundation-model/{model}")


def _matches_profile(resource: str, profile: str) -> bool:
    partition, region, account = _place(resource)
    return _matches(_pattern(resource), f"arn:{partition}:bedrock:{region}:{account}:inference-profile/{profile}")


@lru_cache(maxsize=4096)
def _place(resource: str) -> tuple[str, str, str]:
    """A partition, region and account that a resource takes in, for an ARN to hold against it."""
    parts = _HOLE.sub("*", resource).split(":", 5)
    told = parts + ["*"] * (6 - len(parts))
    partition, region, account = told[1], told[3], told[4]
    return (
        "aws" if "*" in partition or "?" in partition else partition,
        "us-east-1" if "*" in region or "?" in region or "/" in region else region,
        "111122223333" if "*" in account or "?" in account or "/" in account else account,
    )


@lru_cache(maxsize=4096)
def _pattern(resource: str) -> str:
    """A resource as a pattern: what cannot be told stands for anything before the model, and for nothing where it is named."""
    word = _RESOURCE.search(_HOLE.sub(lambda match: "_" * len(match[0]), resource))
    colons = [match.start() for match in re.finditer(":", _HOLE.sub(lambda match: "_" * len(match[0]), resource))]
    starts = word.start() if word is not None else colons[4] if len(colons) > 4 else 0
    return _HOLE.sub(lambda match: "*" if match.start() < starts else _OPEN, resource)


def _matches(pattern: str, text: str) -> bool:
    """IAM's own matching: `*` and `?` stand for anything, colons and slashes too; letter case counts in neither here."""
    if "*" not in pattern and "?" not in pattern:
        return pattern.lower() == text.lower()
    pieces = _pieces(pattern)
    if pieces and text.isascii():
        return _stand_in(text.lower(), pieces)
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(text) is not None


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> tuple[str, ...]:
    """What stands between the stars of a pattern, in lower case; nothing where it has `?` or letters that fold otherwise."""
    return tuple(pattern.lower().split("*")) if "?" not in pattern and pattern.isascii() else ()


def _stand_in(text: str, pieces: Sequence[str]) -> bool:
    """Whether a text starts with the first piece, ends with the last one, and has the others in order between them."""
    first, *others, last = pieces
    position, end = len(first), len(text) - len(last)
    if position > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in others:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Regex | None:
    """The pattern for RE2, since a hostile one may hold hundreds of stars; None where it is longer than anybody writes."""
    pieces = re.split(r"(\*+|\?)", pattern)
    text = "".join(".*" if each.startswith("*") else "." if each == "?" else _escaped(each) for each in pieces)
    try:
        return compile_regex(rf"(?is)\A{text}\z")
    except RegexError:
        return None


def _escaped(text: str) -> str:
    return "".join(each if each.isascii() and each.isalnum() else f"\\x{{{ord(each):x}}}" for each in text)


def names(models: Sequence[Model], most: int = 2) -> str:
    """The first models by id, and how many more there are."""
    shown = ", ".join(f"'{each.id}'" for each in models[:most])
    return shown + (f" and {len(models) - most} more" if len(models) > most else "")


def principal_names(statement: PolicyStatement) -> Iterator[str]:
    """What the principals of a statement are called."""
    return (each.symbol for each in statement.principals if each.symbol)
