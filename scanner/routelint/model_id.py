"""The grammar of Bedrock model identifiers: text -> `ModelId`, without the catalog.

Five generations of names exist side by side, so a reading says only how a text is built; whether such a model exists is
the catalog's to say. A part that cannot be told stands in the text as a hole, `${...}`. Every pattern runs in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from routelint.model import Form, ModelId

# The prefixes of system inference profiles.
SCOPES = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "global")
PARTITIONS = ("aws", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc")
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

# Bedrock takes 2,048 characters; holes spelt out make a text longer than what reaches Bedrock.
_LONGEST = 4096
_MOST_HOLES = 64
_FIRST_HOLE = 0xE000
_HOLE = "\ue000-\uf8ff"
_ANY_HOLE = re.compile(f"[{_HOLE}]")
_OPEN = f"*?{_HOLE}"

_PROVIDER = "|".join(STEMS)
_STEM = "|".join(rf"{provider}\.(?:{stem})" for provider, stem in STEMS.items())
# After the stem something must tell models apart, and inside a name a dot stands before a digit only (`deepseek.v3.2`,
# `gpt-5.6-sol`): both keep `anthropic.claude` and module names out.
_NAME = re.compile(
    rf"(?:(?:{_STEM})(?=[0-9{_OPEN}-])|(?:{_PROVIDER})\.(?=[{_OPEN}]))"
    rf"[a-z0-9{_OPEN}-]*+(?:\.(?=[0-9{_OPEN}])[a-z0-9{_OPEN}-]*+)*+(?:@\d{{1,8}})?(?::[a-z0-9{_OPEN}-]{{1,20}}){{0,2}}"
)
# Where an ARN or a URL says that it is a model, any name counts.
_QUALIFIED_NAME = re.compile(rf"[A-Za-z0-9._:@{_OPEN}-]+")
_UNUSUAL_SCOPE = re.compile(rf"(?P<scope>[a-z0-9{_OPEN}-]{{1,64}}?)(?:\.|(?<=[{_HOLE}]))(?P<rest>(?:{_PROVIDER})\..+)")
_CONTEXT = re.compile(r":(\d{1,5}k|mm|512)$")
# Claude Code's and litellm's mark for a long context; it does not reach Bedrock.
_LONG_CONTEXT_MARK = re.compile(r"\[\w{1,16}\]$")
_CUSTOMIZED = re.compile(rf"/[a-z0-9{_OPEN}]{{1,12}}$")

_TYPES = {
    "foundation-model": Form.BARE,
    "inference-profile": Form.SYSTEM_PROFILE,
    "application-inference-profile": Form.APPLICATION_PROFILE,
    "provisioned-model": Form.PROVISIONED,
    "provisioned-model-v2": Form.PROVISIONED,
    "provisioned-model-reservation": Form.PROVISIONED,
    "custom-model": Form.CUSTOM,
    "custom-model-deployment": Form.CUSTOM_DEPLOYMENT,
    "imported-model": Form.IMPORTED,
    "prompt-router": Form.PROMPT_ROUTER,
    "default-prompt-router": Form.PROMPT_ROUTER,
    "foundation-models": Form.BARE,
    "model": Form.BARE,
}
_RESOURCE = re.compile("(?P<type>" + "|".join(sorted(_TYPES, key=len, reverse=True)) + ")/")

# How frameworks mark a Bedrock model before the identifier (`bedrock/`, `bedrock_converse:`), and the routes that may follow.
_MARK = re.compile(
    r"(?:(?:litellm|litellm_proxy|gateway|langchain)[/:])?@?"
    r"(?:(?:amazon[-_]|aws[-_]|anthropic_)?bedrock(?:[-_]converse)?(?:[-_]mantle)?(?:_anthropic|_openai)?|aws|anthropic)[/:]"
)
_REGION = r"(?:us|eu|ap|ca|sa|me|af|il|mx|eusc)(?:-(?:gov|iso[a-z]?|de|[a-z]{4,9}))+-\d"
_IMAGE_ROUTE = r"\d{2,5}-x-\d{2,5}/|max-x-max/|\d{1,3}-steps/"
_ROUTE = re.compile(
    rf"(?P<region>{_REGION})/|\d-month-commitment/|{_IMAGE_ROUTE}|(?:converse|converse_like|invoke|async_invoke|openai|mantle"
    r"|chat_completions|nova|nova-2|nova-sonic|llama|deepseek_r1|qwen2|qwen3|completion|embeddings?|image|kb)[/:]"
)
_IMAGE_ROUTES = re.compile(f"(?:{_IMAGE_ROUTE})+")

_HOST = re.compile(
    rf"https?://[^/]*bedrock[a-z-]*\.(?P<region>[a-z0-9-]+|[{_HOLE}])\.[^/]*|https?://[^/]*[{_HOLE}][^/]*|[{_HOLE}]|"
)
_PATH = re.compile(
    r"/?(?:model|foundation-models)/(?P<id>[^?#]+?)"
    r"(?P<operation>/(?:invoke|invoke-with-response-stream|invoke-with-bidirectional-stream|converse|converse-stream|count-tokens))?/?"
)

_SPELT_HOLE = r"\$\{[^{}\n]{1,120}\}"
_ARN_PART = rf"(?:[A-Za-z0-9*-]|{_SPELT_HOLE}){{0,64}}"
_FOUND = re.compile(
    rf"arn:{_ARN_PART}:bedrock:{_ARN_PART}:{_ARN_PART}:(?:{'|'.join(_TYPES)})/(?:[A-Za-z0-9*.:/-]|{_SPELT_HOLE})++"
    rf"|(?<![A-Za-z0-9_.\-])(?:(?:{'|'.join(SCOPES)})\.|{_SPELT_HOLE}\.?)?(?:{_STEM})(?=[0-9-])"
    r"[a-z0-9-]*+(?:\.(?=\d)[a-z0-9-]++)*+"
    r"(?:(?::|%3[Aa])\d{1,2}(?![A-Za-z0-9])(?:(?::|%3[Aa])(?:\d{1,5}k|mm|512)(?![A-Za-z0-9]))?)?(?:\[\d{1,2}m\])?(?![A-Za-z0-9_])"
)


def read(text: str) -> ModelId | None:
    """The identifier `text` spells; None where it spells none.

    Takes bare ids, profile ids, ARNs, `/model/ID/invoke` URLs and framework spellings such as `bedrock/ID`. `fault` of the
    result says what is malformed. The `id` of an opaque or custom model is its ARN: nothing shorter reaches Bedrock.
    """
    if len(text) > _LONGEST:
        return None
    masked = _mask(text.strip().strip("\"'`"))
    if masked is None:
        return None
    plain, holes = masked
    model = _url(plain) or _read(_decoded(plain))
    return None if model is None else replace(_unmasked(model, holes), text=text)


def find_all(text: str) -> Iterator[tuple[int, int, ModelId]]:
    """Every identifier inside a longer text: start, end (exclusive) and reading, in order.

    Finds ARNs of models and names with a known stem; a name that goes on in a wildcard or a hole is not one.
    """
    for match in _FOUND.finditer(text):
        found, after = match[0], text[match.end() : match.end() + 2]
        if not found.startswith("arn:") and (
            after[:1] == "*" != after[1:] or (found[-1] == "-" and after[:1] in tuple("*{$<%"))
        ):
            continue
        found = found.rstrip("-.:/")
        model = read(found)
        if model is not None:
            yield match.start(), match.start() + len(found), model


@dataclass(frozen=True, slots=True)
class _Place:
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


def _mask(text: str) -> tuple[str, list[str]] | None:
    """`text` with each hole replaced by one private character, and the holes; None where it cannot be masked."""
    if _ANY_HOLE.search(text):
        return None
    pieces: list[str] = []
    holes: list[str] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        end = _end_of_hole(text, start)
        if end is None or len(holes) == _MOST_HOLES:
            return None
        pieces += (text[position:start], chr(_FIRST_HOLE + len(holes)))
        holes.append(text[start:end])
        position = end
    return "".join((*pieces, text[position:])), holes


def _end_of_hole(text: str, start: int) -> int | None:
    depth = 0
    for position in range(start + 1, len(text)):
        if text[position] == "{":
            depth += 1
        elif text[position] == "}":
            depth -= 1
            if depth == 0:
                return position + 1
    return None


def _unmasked(model: ModelId, holes: list[str]) -> ModelId:
    """The reading with its holes spelt out again."""
    if not holes:
        return model
    table = {_FIRST_HOLE + index: hole for index, hole in enumerate(holes)}

    def spelt(part: str | None) -> str | None:
        return None if part is None else part.translate(table)

    account, fault = spelt(model.account), model.fault
    if fault is None and model.form is Form.BARE and account is not None and "account" in account.lower():
        fault = _ACCOUNT_FAULT
    return replace(
        model,
        id=model.id.translate(table),
        base=model.base.translate(table),
        scope=spelt(model.scope),
        partition=spelt(model.partition),
        region=spelt(model.region),
        account=account,
        fault=spelt(fault),
    )


def _decoded(plain: str) -> str:
    """Without URL escapes; signed requests escape twice."""
    if "%" not in plain:
        return plain
    plain = plain.replace("%25", "%")
    return plain.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/")


def _is_hole(part: str) -> bool:
    return len(part) == 1 and _ANY_HOLE.match(part) is not None


def _is_concrete(part: str) -> bool:
    return "*" not in part and "?" not in part and _ANY_HOLE.search(part) is None


def _url(plain: str) -> ModelId | None:
    """The model in the path of a runtime URL, or in the path alone."""
    if "model" not in plain:
        return None
    host = _HOST.match(plain)
    path = _PATH.fullmatch(plain, host.end()) if host is not None else None
    if host is None or path is None or not (host[0] or path["operation"]):
        return None
    inner = _decoded(path["id"])
    if _is_hole(inner):
        return _Place().model(inner, inner)
    model = _read(inner)
    if model is None and host["region"] and _QUALIFIED_NAME.fullmatch(inner):
        model = _taken_apart(inner, _Place())
    if model is None or model.region is not None:
        return model
    return replace(model, region=host["region"])


def _read(plain: str) -> ModelId | None:
    if plain == "*":
        return _Place().model("*", "*")
    if "." not in plain and ":" not in plain and "/" not in plain:
        return None
    return _arn(plain) or _marked(plain) or _bare(plain)


def _arn(plain: str) -> ModelId | None:
    """The reading of an ARN, or of its end, that names a model."""
    match = _RESOURCE.search(plain)
    if match is None:
        return _other_arn(plain) if plain.startswith("arn:") else None
    kind, name = match["type"], _LONG_CONTEXT_MARK.sub("", plain[match.end() :])
    place = _place(plain[: match.start()], kind)
    if place is None or not name:
        return None
    form = _TYPES[kind]
    if form is Form.CUSTOM:
        return _custom(plain, name, place)
    if _QUALIFIED_NAME.fullmatch(name) is None:
        return None
    if form.opaque:
        return _opaque(plain, kind, name, form, place)
    model = _taken_apart(name, place)
    if form is Form.SYSTEM_PROFILE and model.scope is None and not _is_concrete(model.base):
        model = replace(model, form=form)
    return replace(model, fault=model.fault or _kind_fault(model, kind))


def _place(head: str, kind: str) -> _Place | None:
    """What stands before the resource: nothing, `arn:...:`, or a hole for some of it; None where it is something else."""
    if not head:
        return _Place() if kind != "model" else None
    if not head.startswith("arn:"):
        return _Place() if _is_hole(head[0]) and (head[-1] == ":" or _is_hole(head[-1])) else None
    parts = head.split(":")
    if len(parts) == 6 and not parts[5]:
        service = parts[2]
        if service != "bedrock" and not service.startswith("bedrock-") and not _is_hole(service):
            return None
        place = _Place(parts[1], parts[3] or None, parts[4] or None)
        fault = None
        if service.startswith("bedrock-"):
            fault = f"the service of a model's ARN is 'bedrock', not '{service}'"
        return replace(place, fault=fault or _place_fault(place))
    if _ANY_HOLE.search(head) and (head[-1] == ":" or _is_hole(head[-1])):
        return _Place(parts[1] or None)
    if parts[2:3] == ["bedrock"] and not parts[-1]:
        return _Place(parts[1], parts[3] or None, fault=f"the ARN has {len(parts)} parts instead of 6")
    return None


def _place_fault(place: _Place) -> str | None:
    if place.partition is not None and _is_concrete(place.partition) and place.partition not in PARTITIONS:
        return f"Bedrock is not in the partition '{place.partition}'"
    if place.account is not None and _is_concrete(place.account) and re.fullmatch(r"\d{12}|aws", place.account) is None:
        return f"the account '{place.account}' is not 12 digits"
    return None


def _opaque(plain: str, kind: str, name: str, form: Form, place: _Place) -> ModelId:
    """A model that its identifier does not tell; a default prompt router tells its provider."""
    if name == "*":
        return place.model(name, name, form)
    provider = name.split(".", 1)[0] if kind == "default-prompt-router" and "." in name else None
    return place.model(plain, f"{kind}/{name}", form, provider)


def _custom(plain: str, name: str, place: _Place) -> ModelId | None:
    """A customized model: its ARN holds the base model it was made from."""
    base, _, identity = name.partition("/")
    if _QUALIFIED_NAME.fullmatch(base) is None or (identity and _QUALIFIED_NAME.fullmatch(identity) is None):
        return None
    if base == "imported" and identity:
        return _opaque(plain, "custom-model/imported", identity, Form.IMPORTED, place)
    if not identity:
        opaque = _opaque(plain, "custom-model", base, Form.IMPORTED, place)
        fault = None if opaque.is_pattern else "a custom-model ARN without its base model"
        return replace(opaque, fault=opaque.fault or fault)
    return replace(_taken_apart(base, place), id=plain, form=Form.CUSTOM)


def _other_arn(plain: str) -> ModelId | None:
    """ARNs that no word for a model marks: prompts, SageMaker endpoints, wildcards over types."""
    parts = plain.split(":", 5)
    service = parts[2] if len(parts) > 2 else ""
    if service == "bedrock" and len(parts) < 6:
        rest = parts[3:]
        return _Place(parts[1], rest[0] or None).model("*", "*") if rest and rest[-1] == "*" else None
    if len(parts) < 6 or service not in ("bedrock", "sagemaker"):
        return None
    place = _Place(parts[1], parts[3] or None, parts[4] or None)
    place = replace(place, fault=_place_fault(place))
    kind, _, name = parts[5].partition("/")
    if service == "sagemaker":
        known = kind == "endpoint" and _QUALIFIED_NAME.fullmatch(name) is not None
        return _opaque(plain, kind, name, Form.ENDPOINT, place) if known else None
    if kind == "prompt":
        return _opaque(plain, kind, name, Form.PROMPT, place) if _QUALIFIED_NAME.fullmatch(name) else None
    if "*" in kind and any(fnmatchcase(each, kind) for each in _TYPES):
        return _taken_apart(name, place) if _QUALIFIED_NAME.fullmatch(name) else place.model("*", "*")
    return None


def _marked(plain: str) -> ModelId | None:
    """A framework's spelling: a mark, routes, and an identifier or ARN."""
    mark = _MARK.match(plain) or _IMAGE_ROUTES.match(plain)
    if mark is None:
        return None
    position, region = mark.end(), None
    while (route := _ROUTE.match(plain, position)) is not None:
        position, region = route.end(), route["region"] or region
    rest = plain[position:]
    if _is_hole(rest):
        model: ModelId | None = _Place().model(rest, rest)
    else:
        model = _arn(rest) or _bare(rest) or _bare(rest, unusual=True)
    if model is None or region is None:
        return model
    return replace(model, region=model.region or region)


def _bare(plain: str, *, unusual: bool = False) -> ModelId | None:
    """A name without anything around it; `unusual` lets any name of a known provider count, where a mark came before."""
    name = _LONG_CONTEXT_MARK.sub("", plain)
    customized = _CUSTOMIZED.search(name)
    if customized is not None:
        model = _bare(name[: customized.start()].rpartition("/")[2]) if name.count("/") == 1 else None
        return replace(model, id=name, form=Form.CUSTOM) if model is not None and _is_concrete(model.base) else None
    rest = _split_scope(name)[1]
    if _NAME.fullmatch(rest) is not None:
        return _taken_apart(name, _Place())
    if unusual and rest.split(".", 1)[0] in STEMS and _QUALIFIED_NAME.fullmatch(rest.partition(".")[2]):
        return _taken_apart(name, _Place())
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


def _taken_apart(name: str, place: _Place) -> ModelId:
    scope, rest = _split_scope(name)
    context = _CONTEXT.search(rest)
    base = rest[: context.start()] if context is not None else rest
    provider, dot, _ = base.partition(".")
    model = place.model(name, base, Form.BARE if scope is None else Form.SYSTEM_PROFILE)
    return replace(
        model,
        scope=scope,
        provider=provider if dot and _is_concrete(provider) else None,
        context=context[1] if context is not None else None,
        fault=place.fault or _name_fault(scope, base),
    )


def _name_fault(scope: str | None, base: str) -> str | None:
    if scope is not None and _is_concrete(scope) and scope not in SCOPES:
        return f"'{scope}.' is no scope prefix of Bedrock"
    return "'@' before a version is another platform's spelling" if "@" in base else None


_ACCOUNT_FAULT = "an account in a foundation-model ARN, which has none"


def _kind_fault(model: ModelId, kind: str) -> str | None:
    """What is wrong about the kind of ARN a name stands in."""
    if kind in ("model", "foundation-models"):
        return f"no resource type '{kind}', 'foundation-model' is meant"
    if kind == "foundation-model":
        if model.scope in SCOPES:
            return "an inference profile id in a foundation-model ARN"
        if model.account is not None and _is_concrete(model.account):
            return _ACCOUNT_FAULT
    if kind == "inference-profile" and model.form is Form.BARE:
        return "a foundation model id in an inference-profile ARN"
    return None
