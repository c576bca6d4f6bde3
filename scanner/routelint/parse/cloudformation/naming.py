"""What names say: an environment, or a property, variable or parameter that holds a model, and whether it embeds."""

from __future__ import annotations

import re

from routelint.deferred import lazy_regex
from routelint.model import Kind, ModelReference

# Ways to spell an environment in a parameter's values, a mapping's keys or a file's name.
ENVIRONMENT_WORDS = frozenset(
    (
        *("dev", "develop", "development", "sandbox", "sbx", "local", "demo", "nonprod", "non-prod"),
        *("test", "testing", "qa", "uat", "sit", "int"),
        *("stg", "stage", "staging", "preprod", "pre-prod"),
        *("prd", "prod", "production", "live"),
    )
)

# Says model for sure: an unknown value under such a name is a route that cannot be told.
_CERTAIN = lazy_regex(
    r"(?:bedrock|foundation|inference|embed(?:ding)?s?|claude|nova|titan|llm|agent|chat|text|fast|smart|default|fallback|kb|rerank)?_?"
    r"(?:model|llm)_?(?:id|arn|identifier)s?|.*bedrock_?model(?:_?(?:id|arn|name|identifier))?s?"
    r"|.*foundation_?model(?:_?(?:id|arn|name))?s?|.*inference_?profile(?:_?(?:id|arn))?s?"
    r"|.*embed(?:ding)?s?_?model(?:_?(?:id|arn|name))?s?"
)
_LIKELY = lazy_regex(r".*(?:model|llm|inference_?profile|embed).*")
_EMBEDS = lazy_regex(r"embed")


def certainly_model(name: str) -> bool:
    """Whether a name says that a Bedrock model, and nothing else, is held."""
    return _CERTAIN.fullmatch(_plain(name)) is not None


def maybe_model(name: str) -> bool:
    """Whether a name speaks of a model at all."""
    return _LIKELY.fullmatch(_plain(name)) is not None


def kind_of(kind: Kind, name: str, reference: ModelReference | None = None, models: tuple[str, ...] = ()) -> Kind:
    """`kind`, or embed where the name or every model says that texts are embedded."""
    if kind is not Kind.INVOKE:
        return kind
    if models:
        return Kind.EMBED if all(_EMBEDS.search(model) for model in models) else kind
    return Kind.EMBED if _EMBEDS.search(_plain(name)) else kind


def _plain(name: str) -> str:
    """A name in lower case with `_` between its words: `modelId`, `MODEL_ID` and `model-id` are one."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]", "_", name).lower()
