"""Which environments a route and its choices belong to, in the policy's names, and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from routelint.deferred import lazy_regex
from routelint.model import (
    Choice,
    Evidence,
    Known,
    ModelReference,
    OneOf,
    PolicyStatement,
    Principal,
    Resource,
    Tags,
    Unknown,
    Value,
)
from routelint.policy import Policy

# A folder below one of these is named after an environment, unless it is shared between them or is a region.
PARENTS = frozenset({"env", "envs", "environment", "environments", "stages", "workspaces", "overlays"})
NOT_ENVIRONMENTS = lazy_regex(r"_?(common|shared|global|base|modules?|templates?|examples?)|[a-z]{2}(-[a-z]+)+-\d")

# Folder names that say an environment by themselves. "test", "testing", "integration", "qa", "local" and "demo" are left
# out: in 59 public repositories they were almost always unit tests or samples.
PLAIN_FOLDERS = frozenset(
    {"dev", "develop", "development", "staging", "stg", "preprod", "prod", "production", "prd", "sandbox"}
)

# Tag keys that carry an environment, where the policy names none.
_TAG_REASON = "tag "
TAG_KEYS = ("environment", "Environment", "env", "Env", "ENV", "stage", "Stage")


def place_reference(reference: ModelReference, policy: Policy) -> ModelReference:
    """The reference with its environments, and its choices' environments, in the policy's names."""
    evidence = (*reference.evidence, *_evidence(reference, policy))
    return replace(
        reference,
        value=_canonical(reference.value, policy),
        evidence=evidence,
        environments=_names(evidence, policy),
    )


def place_resource(resource: Resource, policy: Policy) -> Resource:
    """The resource with its environments in the policy's names."""
    evidence = (*resource.evidence, *_evidence(resource, policy))
    return replace(resource, evidence=evidence, environments=_names(evidence, policy))


def place_statement(statement: PolicyStatement, policy: Policy) -> PolicyStatement:
    """The statement with its environments in the policy's names."""
    evidence = (*statement.evidence, *_evidence(statement, policy))
    return replace(statement, evidence=evidence, environments=_names(evidence, policy))


def place_principal(principal: Principal, policy: Policy) -> Principal:
    """The principal with its environments in the policy's names."""
    evidence = (*principal.evidence, *_evidence(principal, policy))
    return replace(principal, evidence=evidence, environments=_names(evidence, policy))


def _names(evidence: Iterable[Evidence], policy: Policy) -> tuple[str, ...]:
    return tuple(dict.fromkeys(policy.environment(each.environment) for each in evidence))


def _evidence(thing: ModelReference | Resource | PolicyStatement | Principal, policy: Policy) -> tuple[Evidence, ...]:
    """The first kind of evidence that says anything: a tag, the policy's own paths, then folders."""
    if thing.evidence:
        return ()
    if tagged := _from_tags(None if isinstance(thing, PolicyStatement) else thing.tags, policy):
        return tagged
    return _from_paths(thing, policy)


def _from_paths(thing: ModelReference | Resource | PolicyStatement | Principal, policy: Policy) -> tuple[Evidence, ...]:
    for path in dict.fromkeys((f"{thing.root}/x" if thing.root != "." else thing.location.path, thing.location.path)):
        if found := _from_path(path, policy):
            return (found,)
    return ()


def _from_tags(tags: Tags | None, policy: Policy) -> tuple[Evidence, ...]:
    if tags is None:
        return ()
    keys = next((tag.keys for tag in policy.required_tags if tag.is_environment), TAG_KEYS)
    for key in keys:
        value = tags.entries.get(key)
        if isinstance(value, str) and value and "${" not in value:
            return (Evidence(value, f"{_TAG_REASON}'{key}'"),)
    return ()


def of_place(thing: ModelReference | Resource, policy: Policy) -> tuple[Evidence, ...]:
    """What the place of something says of its environment, its tags aside: how it is deployed, else its path."""
    told = tuple(each for each in thing.evidence if not each.reason.startswith(_TAG_REASON))
    return told or _from_paths(thing, policy)


def _from_path(path: str, policy: Policy) -> Evidence | None:
    for name in policy.environments_of(path):
        return Evidence(name, f"the policy's paths of '{name}'")
    folders = PurePosixPath(path).parts[:-1]
    for parent, folder in zip(("", *folders), folders, strict=False):
        below = parent.lower() in PARENTS and not NOT_ENVIRONMENTS.fullmatch(folder.lower())
        if below or (folder.lower() in PLAIN_FOLDERS and policy.declared(folder) is not None):
            return Evidence(folder, f"folder '{folder}'")
    return None


def _canonical(value: Value, policy: Policy) -> Value:
    match value:
        case Known(choice):
            return Known(_choice(choice, policy))
        case OneOf(choices, rest):
            return OneOf(tuple(_choice(choice, policy) for choice in choices), rest)
        case Unknown():
            return value


def _choice(choice: Choice, policy: Policy) -> Choice:
    names = tuple(dict.fromkeys(policy.environment(name) for name in choice.environments))
    return choice if names == choice.environments else replace(choice, environments=names)
