"""What a name says: that it names a model, that it lists models, that it documents or records something."""

from __future__ import annotations

import re
from functools import lru_cache

from routelint.deferred import lazy_regex

_WORD = lazy_regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

MODEL = frozenset(("model", "models", "modelid", "modelids", "llm", "llms", "embedding", "embeddings", "embedder", "reranker"))
LISTING = frozenset(
    (
        "allow",
        "allowed",
        "allowlist",
        "available",
        "blocked",
        "blocklist",
        "catalog",
        "catalogue",
        "choices",
        "denied",
        "deny",
        "deprecated",
        "enum",
        "excluded",
        "selectable",
        "supported",
        "unsupported",
        "whitelist",
    )
)
# Words that say so only as the last: `model_prices`, but not `cost_model` or `options.model`.
_LAST_OF_LISTING = frozenset(("cost", "costs", "limits", "price", "prices", "pricing", "quota", "quotas", "rates"))
DOCUMENTATION = frozenset(
    (
        "caption",
        "changelog",
        "comment",
        "description",
        "docs",
        "documentation",
        "example",
        "examples",
        "help",
        "hint",
        "label",
        "note",
        "notes",
        "placeholder",
        "readme",
        "summary",
        "title",
        "tooltip",
    )
)
DEFAULT = frozenset(("default", "fallback", "fallbacks", "defaults"))
# Spellings of environments in keys and file names. "test", "local" and "demo" are left to the policy's own paths.
ENVIRONMENTS = frozenset(
    (
        "dev",
        "develop",
        "development",
        "live",
        "prd",
        "preprod",
        "prod",
        "production",
        "qa",
        "sandbox",
        "sbx",
        "stage",
        "staging",
        "stg",
        "uat",
    )
)
# Files that hold nothing but settings, and environments that as the whole name of one may mean something else.
_SETTINGS = frozenset(("conf", "env", "ini", "json", "properties", "toml", "yaml", "yml"))
_ALSO_WORDS = frozenset(("live", "sandbox", "stage"))
_ENVIRONMENT_PARENTS = frozenset(("env", "envs", "environment", "environments", "stage", "stages", "context", "profiles"))
# Words that a name may have beside those of the identifier without saying what the model is used for.
_NEUTRAL = frozenset(
    (
        "arn",
        "aws",
        "bedrock",
        "cross",
        "foundation",
        "global",
        "id",
        "inference",
        "model",
        "name",
        "profile",
        "region",
        "us",
        "v",
        "eu",
        "apac",
    )
)
# Words of identifiers that say what a model is for.
_TASKS = frozenset(("chat", "command", "embed", "embedding", "embeddings", "image", "rerank", "speech", "text", "video"))
_PRICES = frozenset(("price", "prices", "pricing", "cost", "costs"))
# Keys that only a service's answer or a record of a run has.
_RECORDED = frozenset(
    (
        "ResponseMetadata",
        "completion_tokens",
        "completionTokens",
        "finish_reason",
        "inputTokens",
        "input_tokens",
        "invocationId",
        "latencyMs",
        "modelInvocationInput",
        "modelInvocationOutput",
        "outputTokens",
        "output_tokens",
        "prompt_tokens",
        "requestId",
        "request_id",
        "span_id",
        "stopReason",
        "stop_reason",
        "traceId",
        "trace_id",
    )
)
_RUN_TIME = frozenset(("timestamp", "datetime", "started", "finished", "executed", "execution", "elapsed", "duration"))
# What only a record holds as a list or map.
_RECORDED_PARTS = frozenset(("usage", "results", "responses", "transcript", "conversation", "completions"))
_RESULTS = frozenset(("passed", "failed", "accuracy", "f1", "bleu", "rouge"))
_HASH = lazy_regex(r"[0-9a-f]{7,40}")
_NUMBER = lazy_regex(r"\d+(?:\.\d+)?")
_MOMENT = lazy_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{10,13}(?:\.\d+)?$")


@lru_cache(maxsize=8192)
def split(name: str) -> tuple[str, ...]:
    """The words of a name in any case style, in lower case: `defaultModelId` -> default, model, id."""
    return tuple(word.lower() for word in _WORD.findall(name))


def says_model(name: str) -> bool:
    """Whether a name says that what it holds is a model."""
    words = split(name)
    if not MODEL.isdisjoint(words):
        return True
    return words[-2:] == ("copy", "from") or {"inference", "profile"} <= set(words)


def says_listing(name: str) -> bool:
    """Whether a name says that what it holds is a list to choose from, not a choice."""
    words = split(name)
    if words[-1:] == ("options",):
        return says_model(name)
    return not LISTING.isdisjoint(words) or not _LAST_OF_LISTING.isdisjoint(words[-1:])


def says_documentation(name: str) -> bool:
    """Whether a name says that what it holds is for people to read."""
    words = split(name)
    return bool(words) and (words[-1] in DOCUMENTATION or name.startswith(("_comment", "$comment")))


def says_default(name: str) -> bool:
    """Whether a name says that what it holds applies where nothing else is chosen."""
    return not DEFAULT.isdisjoint(split(name))


def says_price(name: str) -> bool:
    """Whether a name says that what it holds is the price of something; the threshold of an alarm on cost is none."""
    words = split(name)
    if _PRICES.isdisjoint(words):
        return False
    return words[-1] in _PRICES or not {"per", "token", "tokens", "input", "output"}.isdisjoint(words)


def says_grant(name: str) -> bool:
    """Whether a name holds the resources of a permission."""
    return name.lower() in ("resource", "resources", "notresource", "notresources")


def says_recorded(key: str, value: str | None) -> bool:
    """Whether a key and its value (None for a list or map) come from an answer of the service or a record of a run."""
    if key in _RECORDED:
        return True
    if value is None:
        return key in _RECORDED_PARTS
    words = split(key)
    if not _RUN_TIME.isdisjoint(words) and _MOMENT.match(value):
        return True
    if key in ("commit", "sha", "commit_sha", "git_sha", "gitCommit") and _HASH.fullmatch(value):
        return True
    return not _RESULTS.isdisjoint(words) and _NUMBER.fullmatch(value) is not None


def names_environment(key: str, siblings: tuple[str, ...], parent: str) -> bool:
    """Whether a map's key is an environment: it is spelt like one, and so is another key or the map's own name says so."""
    if key.lower() not in ENVIRONMENTS:
        return False
    others = sum(
        1 for sibling in siblings if sibling.lower() in ENVIRONMENTS or sibling.lower() in ("test", "default", "local")
    )
    # "stage" is what an environment is called as often as it is one.
    return others > 1 or (key.lower() != "stage" and not _ENVIRONMENT_PARENTS.isdisjoint(split(parent)))


def describes(name: str, identifier: str) -> bool:
    """Whether a name only spells the identifier out again (`CLAUDE_3_HAIKU`), as in a catalogue of models.

    A name that says what the model is used for (`SUMMARY_MODEL`, `modelId`) does not.
    """
    own = [word for word in split(name) if word not in _NEUTRAL and not word.isdigit() and not re.fullmatch(r"v\d*", word)]
    if _TASKS.issuperset(own):
        return False
    parts = set(split(identifier))
    joined = "".join(split(identifier))
    return all(word in parts or word in joined for word in own)


def environment_of_file(name: str) -> str | None:
    """The environment in a file's name: `values-prod.yaml`, `.env.staging`, `appsettings.Production.json`, `prod.json`."""
    first, *parts = re.split(r"[._-]", name.lower())
    if len(parts) == 1 and parts[0] in _SETTINGS and first in ENVIRONMENTS and first not in _ALSO_WORDS:
        return first
    return next((part for part in parts if part in ENVIRONMENTS and part != "live"), None)
