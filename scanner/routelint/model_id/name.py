"""The names of models: scope prefix, provider, name, revision and context suffix, without anything around them."""

from __future__ import annotations

from dataclasses import replace

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Form, ModelId

# The prefixes of system inference profiles.
SCOPES = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "global")
# What a provider's model names start with: a provider alone also fits `amazon.com` and `openai.chat.completions`.
STEMS = {
    "ai21": "j2|jamba",
    "amazon": "nova|titan|rerank",
    "anthropic": "claude",
    "cohere": "command|embed|rerank",
    "deepseek": r"[rv](?=\d)",
    "google": "gemma",
    "luma": "ray",
    "meta": "llama",
    "minimax": "minimax",
    "mistral": "mistral|mixtral|ministral|magistral|devstral|voxtral|pixtral",
    "moonshot": "kimi",
    "moonshotai": "kimi",
    "nvidia": "nemotron",
    "openai": "gpt",
    "qwen": "qwen",
    "stability": "sd|stable",
    "twelvelabs": "marengo|pegasus",
    "writer": "palmyra",
    "xai": "grok",
    "zai": "glm",
}

# While a text is read, a part that cannot be told is one control character, of the second range where it speaks of an
# account. Within Latin-1 because a set that reaches further takes the pattern twice as long to compile.
HOLE = "\x80-\x9f"
ACCOUNT_HOLE = "\x90-\x9f"
OPEN = f"*?{HOLE}"
ANY_HOLE = lazy_regex(f"[{HOLE}]")
STEM = "|".join(rf"{provider}\.(?:{stem})" for provider, stem in STEMS.items())

_PROVIDER = "|".join(STEMS)
# After the stem something must tell models apart, and inside a name a dot stands before a digit only (`deepseek.v3.2`,
# `gpt-5.6-sol`): both keep `anthropic.claude` and module names out.
_NAME = lazy_regex(
    rf"(?:(?:{STEM})(?=[0-9{OPEN}-])|(?:{_PROVIDER})\.(?=[{OPEN}]))"
    rf"[a-z0-9{OPEN}-]*+(?:\.(?=[0-9{OPEN}])[a-z0-9{OPEN}-]*+)*+(?:@\d{{1,8}})?(?::[a-z0-9{OPEN}-]{{1,20}}){{0,2}}"
)
# Where an ARN, a URL or a framework's mark says that it is a model, any name counts.
QUALIFIED_NAME = lazy_regex(rf"[A-Za-z0-9._:@{OPEN}-]+")
_UNUSUAL_SCOPE = lazy_regex(rf"(?P<scope>[a-z0-9{OPEN}-]{{1,64}}?)(?:\.|(?<=[{HOLE}]))(?P<rest>(?:{_PROVIDER})\..+)")
_CONTEXT = lazy_regex(r":(\d{1,5}k|mm|512)$")
# Claude Code's and litellm's mark for a long context; it does not reach Bedrock.
LONG_CONTEXT_MARK = lazy_regex(r"\[\w{1,16}\]$")
_CUSTOMIZED = lazy_regex(rf"/[a-z0-9{OPEN}]{{1,12}}$")


@dataclass(frozen=True, slots=True)
class Place:
    """What an ARN or URL says around the name, and what is wrong with it."""

    partition: str | None = None
    region: str | None = None
    account: str | None = None
    fault: str | None = None

    def model(self, id: str, base: str, form: Form = Form.BARE, provider: str | None = None) -> ModelId:  # noqa: A002
        """A reading at this place."""
        return ModelId(
            text="",
            id=id,
            base=base,
            form=form,
            provider=provider,
            partition=self.partition,
            region=self.region,
            account=self.account,
            fault=self.fault,
        )


def is_hole(part: str) -> bool:
    """Whether a part is one hole and nothing else."""
    return len(part) == 1 and ANY_HOLE.match(part) is not None


def is_concrete(part: str) -> bool:
    """Whether a part holds no wildcard and no hole."""
    return "*" not in part and "?" not in part and ANY_HOLE.search(part) is None


def bare(plain: str, *, unusual: bool = False) -> ModelId | None:
    """A name without anything around it; `unusual` lets any name of a known provider count, where a mark came before."""
    name = LONG_CONTEXT_MARK.sub("", plain)
    customized = _CUSTOMIZED.search(name)
    if customized is not None:
        model = bare(name[: customized.start()].rpartition("/")[2]) if name.count("/") == 1 else None
        return replace(model, id=name, form=Form.CUSTOM) if model is not None and is_concrete(model.base) else None
    rest = _split_scope(name)[1]
    if _NAME.fullmatch(rest) is not None:
        return taken_apart(name, Place())
    if unusual and rest.split(".", 1)[0] in STEMS and QUALIFIED_NAME.fullmatch(rest.partition(".")[2]):
        return taken_apart(name, Place())
    return None


def _split_scope(name: str) -> tuple[str | None, str]:
    """The scope prefix and the rest. A prefix that is not one of `SCOPES` counts only where a known provider follows."""
    head, dot, rest = name.partition(".")
    if dot and head in SCOPES:
        return head, rest
    if head in STEMS:
        return None, name
    match = _UNUSUAL_SCOPE.fullmatch(name)
    return (None, name) if match is None else (match["scope"], match["rest"])


def taken_apart(name: str, place: Place) -> ModelId:
    """The reading of a name that was found to be one."""
    scope, rest = _split_scope(name)
    context = _CONTEXT.search(rest)
    base = rest[: context.start()] if context is not None else rest
    provider, dot, _ = base.partition(".")
    model = place.model(name, base, Form.BARE if scope is None else Form.SYSTEM_PROFILE)
    return replace(
        model,
        scope=scope,
        provider=provider if dot and is_concrete(provider) else None,
        context=context[1] if context is not None else None,
        fault=place.fault or _name_fault(scope, base),
    )


def _name_fault(scope: str | None, base: str) -> str | None:
    if scope is not None and is_concrete(scope) and scope not in SCOPES:
        return f"'{scope}.' is no scope prefix of Bedrock"
    return "'@' before a version is another platform's spelling" if "@" in base else None
