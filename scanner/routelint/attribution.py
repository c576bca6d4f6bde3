"""Whose money an invocation is: tagged inference profiles, and the tags of the identity that the code runs as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from enum import Enum
from functools import cached_property

from routelint.deferred import dataclass
from routelint.model import Choice, Effect, Form, Kind, Location, ModelReference, PolicyStatement, Principal, Resource, Tags
from routelint.policy import Policy

_INVOKED = frozenset((Kind.INVOKE, Kind.EMBED, Kind.AGENT, Kind.IMPLICIT))
# The endpoint of this name attributes by projects.
_PROJECTS = "mantle"
# Languages whose routes are calls; a page or a settings file names a model that something else invokes.
PROGRAMS = frozenset(("python", "typescript", "javascript", "java", "kotlin", "go", "csharp", "rust", "ruby", "php", "swift"))
# The type of a principal that stands for the roles a CDK app makes.
APP = "CDK app"


class Reach(Enum):
    """What is known of the identity that an invocation runs as; what may be tagged counts as tagged."""

    TAGGED = "tagged"
    UNTAGGED = "untagged"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an invocation is attributed by who runs it, and the identities that this was told from."""

    reach: Reach
    principals: tuple[Principal, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a scan knows of profiles and identities."""

    policy: Policy
    resources: Sequence[Resource] = ()
    principals: Sequence[Principal] = ()
    statements: Sequence[PolicyStatement] = ()
    _profiles: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Picks out the inference profiles."""
        self._profiles.extend(each for each in self.resources if is_profile(each))

    def direct(self, reference: ModelReference) -> tuple[Choice, ...]:
        """The models of an invocation that are taken directly: neither through a tagged profile nor by an opaque name."""
        if reference.kind not in _INVOKED or _PROJECTS in reference.sink.lower():
            return ()
        return tuple(
            choice
            for choice in reference.choices
            if choice.model.form in (Form.BARE, Form.SYSTEM_PROFILE)
            and not choice.model.is_pattern
            and "${" not in choice.model.id
            and not self._is_profiled(choice)
        )

    def _is_profiled(self, choice: Choice) -> bool:
        """Whether the way of a model leads through an inference profile that carries a tag."""
        return any(
            tells(profile.tags, self.policy)
            for profile in self._profiles
            for hop in choice.trail
            if hop.location.path == profile.location.path and profile.statement.contains(hop.location.span.start_line)
        )

    def standing(self, reference: ModelReference) -> Standing:
        """Whether the identity that an invocation runs as is known, and has a tag that tells whose cost it is."""
        # Two languages may speak of one app.
        own = tuple({each.location: each for each in self._acting(reference)}.values())
        if own:
            tagged = any(tells(each.tags, self.policy) for each in own)
            return Standing(Reach.TAGGED if tagged else Reach.UNTAGGED, own)
        return Standing(Reach.TAGGED if self._anybody_is_tagged else Reach.NOT_FOUND)

    def _acting(self, reference: ModelReference) -> Iterator[Principal]:
        """The identities that a resource acts as, or that the code at a path runs as."""
        if reference.language in ("terraform", "cloudformation"):
            for principal in self.principals:
                if principal.root == reference.root and any(_is_part(reference, each) for each in principal.acts_for):
                    yield principal
        elif reference.language in PROGRAMS:
            yield from covering(self.principals, reference.location.path)

    @cached_property
    def _anybody_is_tagged(self) -> bool:
        """Whether a call whose identity is not told may run as one that is tagged: any identity that may invoke models.

        That is an app, or one that a statement about models is for.
        """
        invoking = {location for statement in self.statements for location in statement.principals}
        candidates = (each for each in self.principals if each.type == APP or each.location in invoking)
        return any(tells(each.tags, self.policy) for each in candidates) or any(map(_is_for_others, self.statements))


def is_profile(resource: Resource) -> bool:
    """Whether a resource is an application inference profile."""
    folded = resource.type.replace("_", "").lower()
    return folded.endswith("inferenceprofile")


def tells(tags: Tags | None, policy: Policy) -> bool:
    """Whether tags hold one that the policy requires, any one where it requires none, or may hold one that cannot be told."""
    if tags is None:
        return False
    if tags.rest is not None:
        return True
    wanted = {key for tag in policy.required_tags for key in tag.keys}
    return any(value != "" for key, value in tags.entries.items() if not wanted or key in wanted)


def _is_for_others(statement: PolicyStatement) -> bool:
    """Whether infrastructure lets models be invoked by an identity that is made elsewhere, with tags that cannot be told."""
    declared = statement.language in ("terraform", "cloudformation") and statement.effect is Effect.ALLOW
    return declared and not statement.principals


def _is_part(reference: ModelReference, resource: Location) -> bool:
    """Whether a route stands in a resource; the symbol alone may be another template's too."""
    starts = (f"{resource.symbol}.", f"{resource.symbol}/")
    return reference.location.path == resource.path and reference.location.symbol.startswith(starts)


def covering(principals: Iterable[Principal], path: str) -> tuple[Principal, ...]:
    """The identities that the code at a path runs as: those with the longest matching path of code."""
    best: list[Principal] = []
    depth = -1
    for principal in principals:
        for code in principal.code:
            prefix = "" if code in (".", "") else code.rstrip("/")
            if prefix and path != prefix and not path.startswith(f"{prefix}/"):
                continue
            if len(prefix) > depth:
                best, depth = [principal], len(prefix)
            elif len(prefix) == depth and principal not in best:
                best.append(principal)
    return tuple(best)


def places(principals: Iterable[Principal]) -> tuple[Location, ...]:
    """Where identities are declared, each once."""
    return tuple(dict.fromkeys(each.location for each in principals))


def tagged(
    resources: Iterable[Resource], references: Iterable[ModelReference]
) -> Iterator[tuple[ModelReference | Resource, str, Tags]]:
    """The Bedrock resources that can be tagged, each with what it is called in a message, and its tags.

    A call that creates a resource carries its tags itself; infrastructure has its resource rows.
    """
    places: set[tuple[object, ...]] = set()
    for resource in resources:
        places.add((resource.location.path, resource.statement, resource.root))
        # A role or a budget is listed because other rules ask about it; its tags are another linter's business.
        if "bedrock" in resource.type.lower() and resource.tags is not None:
            yield resource, f"{resource.type} '{resource.name}'", resource.tags
    for reference in references:
        place = (reference.location.path, reference.statement, reference.root)
        if reference.language == "python" and reference.tags is not None and place not in places:
            yield reference, reference.sink.rsplit(".", 1)[0], reference.tags
