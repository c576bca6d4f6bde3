"""The grammar of Bedrock model identifiers: text -> `ModelId`, without the catalog.

Five generations of names exist side by side, so a reading says only how a text is built; whether such a model exists is
the catalog's to say. A part that cannot be told stands in the text as a hole, `${...}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from routelint.model import Form, ModelId

# Longest first where one is the start of another.
SCOPES = ("us-gov", "us", "eu", "apac", "jp", "au", "ca", "in", "global")
PARTITIONS = ("aws", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc")
PROVIDERS = (
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
    "xai",
    "zai",
)

# Bedrock takes 2,048 characters; holes spelt out make a text longer than what reaches Bedrock.
_LONGEST = 4096
_FIRST_HOLE = 0xE000
_MOST_HOLES = 64
_HOLE = "\ue000-\uf8ff"
_OPEN = rf"*?{_HOLE}"

# What a provider's model names start with: a provider alone also fits `amazon.com` and `openai.chat.completions`.
_STEM = (
    r"ai21\.(?:j2|jamba)|amazon\.(?:nova|titan|rerank)|anthropic\.claude|cohere\.(?:command|embed|rerank)|google\.gemma"
    r"|luma\.ray|meta\.llama|minimax\.minimax|mistral\.(?:mistral|mixtral|ministral|magistral|devstral|voxtral|pixtral)"
    r"|moonshot(?:ai)?\.kimi|nvidia\.nemotron|openai\.gpt|qwen\.qwen|stability\.(?:sd3|stable)"
    r"|twelvelabs\.(?:marengo|pegasus)|writer\.palmyra|xai\.grok|zai\.glm"
)
_PROVIDER = "|".join(PROVIDERS)
# Inside a name a dot stands before a digit only (`deepseek.v3.2`, `gpt-5.6-sol`), which keeps module names out.
_TAIL = rf"[a-z0-9{_OPEN}-]*(?:\.(?=[0-9{_OPEN}])[a-z0-9{_OPEN}-]*)*"
_NAME = re.compile(
    rf"(?:(?:{_STEM})(?=[0-9{_OPEN}-])|deepseek\.[rv]\d|(?:{_PROVIDER})\.(?=[{_OPEN}])){_TAIL}(?:@\d{{1,8}})?"
    rf"(?::[a-z0-9{_OPEN}-]{{1,20}}){{0,2}}"
)
_QUALIFIED_NAME = re.compile(rf"[A-Za-z0-9._:@{_OPEN}-]+")
_UNUSUAL_SCOPE = re.compile(rf"(?P<scope>[a-z0-9{_OPEN}-]{{1,64}}?)(?:\.|(?<=[{_HOLE}]))(?P<rest>(?:{_PROVIDER})\..+)")
_CONTEXT = re.compile(r":(\d{1,5}k|mm|512)$")
_LONG_CONTEXT_MARK = re.compile(r"\[\w{1,16}\]$")
_CUSTOM_ID = re.compile(rf"/[a-z0-9{_OPEN}]{{1,12}}$")

_RESOURCE = re.compile(
    r"(?P<type>foundation-models?|model|(?:application-)?inference-profile|provisioned-model(?:-v2|-reservation)?"
    r"|custom-model(?:-deployment)?|imported-model|(?:default-)?prompt-router)/"
)
_OPAQUE = {
    "application-inference-profile": Form.APPLICATION_PROFILE,
    "provisioned-model": Form.PROVISIONED,
    "provisioned-model-v2": Form.PROVISIONED,
    "provisioned-model-reservation": Form.PROVISIONED,
    "custom-model-deployment": Form.CUSTOM_DEPLOYMENT,
    "imported-model": Form.IMPORTED,
    "prompt-router": Form.PROMPT_ROUTER,
    "default-prompt-router": Form.PROMPT_ROUTER,
    "prompt": Form.PROMPT,
}

# How frameworks mark a Bedrock model, before the identifier: `bedrock/`, `bedrock:`. `routes` may follow, in any number.
_MARK = re.compile(
    r"(?:(?:litellm|litellm_proxy|gateway|langchain)[/:])?@?"
    r"(?:(?:amazon-|aws-|aws_|anthropic_)?bedrock(?:[-_]converse)?(?:[-_]mantle)?(?:_anthropic|_openai)?|aws|anthropic)[/:]"
)
_REGION = r"(?:us|eu|ap|ca|sa|me|af|il|mx|cn|eusc)(?:-(?:gov|iso[a-z]?|de|[a-z]{4,9}))+-\d"
_ROUTE = re.compile(
    rf"(?:(?P<region>{_REGION})|\d-month-commitment|converse|converse_like|invoke|async_invoke|openai|mantle|chat_completions"
    r"|nova|nova-2|nova-sonic|llama|deepseek_r1|qwen2|qwen3|completion|embeddings?|image|kb|\d+-x-\d+|max-x-max|\d+-steps)[/:]"
)
_URL_PATH = re.compile(
    r"/?(?:model|foundation-models)/(?P<id>[^/?#]+)"
    r"(?:/(?:invoke|invoke-with-response-stream|invoke-with-bidirectional-stream|converse|converse-stream|count-tokens))?/?"
)
_URL_HOST = re.compile(
    rf"https?://[^/]*bedrock[a-z-]*\.(?P<region>[a-z0-9{_OPEN}-]+)\.[^/]*|https?://[^/]*[{_HOLE}][^/]*|[{_HOLE}]"
)
_FOUND = re.compile(
    rf"(?<![A-Za-z0-9_.\-])(?:(?:{'|'.join(SCOPES)})\.)?"
    rf"(?:(?:{_STEM})(?=[0-9-])|deepseek\.[rv]\d)[a-z0-9-]*(?:\.(?=\d)[a-z0-9-]+)*"
    r"(?::\d{1,2}(?![A-Za-z0-9])(?::(?:\d{1,5}k|mm|512)(?![A-Za-z0-9]))?)?(?![A-Za-z0-9_])"
)


def read(text: str) -> ModelId | None:
    """The identifier `text` spells; None where it spells none.

    Takes bare ids, profile ids, ARNs, `/model/ID/invoke` URLs and framework spellings such as `bedrock/ID`. `fault` of the
    result says what is malformed.
    """
    if len(text) > _LONGEST:
        return None
    masked = _mask(text.strip().strip("\"'`"))
    if masked is None:
        return None
    plain, holes = masked
    reading = _read(_decode(plain))
    if reading is None:
        return None
    return replace(_unmask(reading, holes), text=text)


def find_all(text: str) -> Iterator[tuple[int, int, ModelId]]:
    """Every identifier inside a longer text: start, end (exclusive) and reading, in order.

    Finds names with a known stem only; what surrounds them (ARN, `bedrock/`) is not read.
    """
    for match in _FOUND.finditer(text):
        model = read(match[0].rstrip("-"))
        if model is not None:
            yield match.start(), match.start() + len(model.text), model


@dataclass(frozen=True, slots=True)
class _Place:
    """What an ARN says around the resource."""

    partition: str | None = None
    region: str | None = None
    account: str | None = None


def _mask(text: str) -> tuple[str, list[str]] | None:
    """`text` with each hole replaced by one private character, and the holes; None where it cannot be masked."""
    if any(_FIRST_HOLE <= ord(character) <= 0xF8FF for character in text):
        return None
    if "${" not in text:
        return text, []
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


def _unmask(model: ModelId, holes: list[str]) -> ModelId:
    if not holes:
        return model
    table = {_FIRST_HOLE + index: hole for index, hole in enumerate(holes)}

    def show(part: str | None) -> str | None:
        return None if part is None else part.translate(table)

    return ModelId(
        text=model.text,
        id=model.id.translate(table),
        base=model.base.translate(table),
        form=model.form,
        scope=show(model.scope),
        provider=show(model.provider),
        context=model.context,
        partition=show(model.partition),
        region=show(model.region),
        account=show(model.account),
        fault=show(_account_fault(model, holes) or model.fault),
    )


def _account_fault(model: ModelId, holes: list[str]) -> str | None:
    """A hole in the account of a foundation-model ARN is a fault where it says that it is an account."""
    if model.form is not Form.BARE or model.account is None or len(model.account) != 1 or model.fault is not None:
        return None
    index = ord(model.account) - _FIRST_HOLE
    if 0 <= index < len(holes) and "account" in holes[index].lower():
        return "an account in a foundation-model ARN, which has none"
    return None


def _decode(plain: str) -> str:
    if "%" not in plain:
        return plain
    return plain.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/")


def _read(plain: str) -> ModelId | None:
    if plain == "*":
        return ModelId("", "*", "*")
    if "." not in plain and ":" not in plain and "/" not in plain:
        return None
    if (resource := _resource(plain)) is not None:
        return resource
    if plain.startswith("arn:"):
        return _other_arn(plain)
    if (url := _url(plain)) is not None:
        return url
    return _marked(plain) or _bare(plain)


def _resource(plain: str) -> ModelId | None:
    """The reading of an ARN, or of its end, that names a kind of model."""
    match = _RESOURCE.search(plain)
    if match is None:
        return None
    head, name = plain[: match.start()], plain[match.end() :]
    place = _place(head)
    if place is None or not name:
        return None
    kind = match["type"]
    if kind in _OPAQUE:
        return _opaque(plain, _OPAQUE[kind], kind, name, place)
    if kind == "custom-model":
        return _custom(plain, name, place)
    if _QUALIFIED_NAME.fullmatch(_LONG_CONTEXT_MARK.sub("", name)) is None:
        return None
    if kind == "model" and place.partition is None:
        return None
    model = _taken_apart(_LONG_CONTEXT_MARK.sub("", name), place)
    if kind == "inference-profile" and model.scope is None and not _concrete(model.base):
        model = replace(model, form=Form.SYSTEM_PROFILE)
    return _faulty(model, kind)


def _place(head: str) -> _Place | None:
    """What stands before the resource: nothing, `arn:...:`, or a hole that stands for some of it."""
    if not head:
        return _Place()
    if head.startswith("arn:"):
        parts = head.split(":")
        if len(parts) == 6 and not parts[5] and (parts[2] == "bedrock" or _is_hole(parts[2])):
            return _Place(parts[1], parts[3] or None, parts[4] or None)
        if not any(_is_hole(character) for character in head):
            return None
        return _Place(parts[1] or None) if head[-1] == ":" or _is_hole(head[-1]) else None
    return _Place() if _is_hole(head[0]) and (head[-1] == ":" or _is_hole(head[-1])) else None


def _is_hole(part: str) -> bool:
    return len(part) == 1 and _FIRST_HOLE <= ord(part) <= 0xF8FF


def _concrete(part: str) -> bool:
    return not any(character in "*?" or _is_hole(character) for character in part)


def _opaque(plain: str, form: Form, kind: str, name: str, place: _Place) -> ModelId | None:
    if re.fullmatch(rf"[A-Za-z0-9._:{_OPEN}-]+", name) is None:
        return None
    provider = name.split(".", 1)[0] if kind == "default-prompt-router" and "." in name else None
    identity = name if name == "*" else plain
    base = name if name == "*" else f"{kind}/{name}"
    return ModelId(
        "", identity, base, form, None, provider, None, place.partition, place.region, place.account, _place_fault(place)
    )


def _custom(plain: str, name: str, place: _Place) -> ModelId | None:
    base, _, identity = name.partition("/")
    if base == "imported" and identity:
        return _opaque(plain, Form.IMPORTED, "custom-model/imported", identity, place)
    if not identity:
        opaque = _opaque(plain, Form.IMPORTED, "custom-model", name, place)
        if opaque is None or opaque.is_pattern:
            return opaque
        return replace(opaque, fault=opaque.fault or "a custom-model ARN without its base model")
    if _QUALIFIED_NAME.fullmatch(base) is None or re.fullmatch(rf"[A-Za-z0-9._{_OPEN}-]+", identity) is None:
        return None
    model = _taken_apart(base, place)
    return replace(model, id=plain, form=Form.CUSTOM, fault=_place_fault(place))


def _other_arn(plain: str) -> ModelId | None:
    """ARNs whose resource word is too common to look for: prompts, SageMaker endpoints, wildcards over everything."""
    parts = plain.split(":", 5)
    if parts[2:3] == ["bedrock"] and all(part in ("*", "") for part in parts[3:]):
        return ModelId("", "*", "*", partition=parts[1], region=(parts[3] or None) if len(parts) > 3 else None)
    if len(parts) != 6:
        return None
    place = _Place(parts[1], parts[3] or None, parts[4] or None)
    resource, _, name = parts[5].partition("/")
    if parts[2] == "bedrock" and parts[5] == "*":
        return ModelId("", "*", "*", partition=place.partition, region=place.region, account=place.account)
    if parts[2] == "bedrock" and resource == "prompt" and name:
        return _opaque(plain, Form.PROMPT, "prompt", name, place)
    if parts[2] == "sagemaker" and resource == "endpoint" and name:
        return _opaque(plain, Form.ENDPOINT, "endpoint", name, place)
    return None


def _url(plain: str) -> ModelId | None:
    host = _URL_HOST.match(plain)
    path = _URL_PATH.fullmatch(plain, host.end() if host else 0)
    if path is None or (host is None and not plain.startswith(("/model/", "model/"))):
        return None
    region = host["region"] if host else None
    identity = path["id"]
    if _QUALIFIED_NAME.fullmatch(identity) is None:
        return None
    if host is None and _bare(identity) is None:
        return None
    return _taken_apart(identity, _Place(region=region))


def _marked(plain: str) -> ModelId | None:
    """A framework's spelling: a mark, routes, and an identifier or ARN."""
    mark = _MARK.match(plain)
    if mark is None:
        return None
    position, region = mark.end(), None
    while (route := _ROUTE.match(plain, position)) is not None:
        position, region = route.end(), route["region"] or region
    rest = plain[position:]
    if _RESOURCE.search(rest) or rest.startswith("arn:"):
        model = _resource(rest) or _other_arn(rest)
    elif _is_hole(rest):
        model = ModelId("", rest, rest)
    else:
        model = _bare(rest) or _known_provider(rest)
    if model is None or region is None:
        return model
    return replace(model, region=model.region or region)


def _known_provider(plain: str) -> ModelId | None:
    """A name no stem fits, where the mark before it says that it is a Bedrock model."""
    name = _LONG_CONTEXT_MARK.sub("", plain)
    if re.fullmatch(rf"(?:{_PROVIDER})\.[a-z0-9.:{_OPEN}-]+", _split_scope(name)[1]) is None:
        return None
    return _taken_apart(name, _Place())


def _bare(plain: str) -> ModelId | None:
    name = _LONG_CONTEXT_MARK.sub("", plain)
    custom = _CUSTOM_ID.search(name)
    if custom is not None:
        model = _bare(name[: custom.start()])
        return replace(model, id=name, form=Form.CUSTOM) if model is not None and _concrete(model.base) else None
    if _NAME.fullmatch(_split_scope(name)[1]) is None:
        return None
    return _taken_apart(name, _Place())


def _split_scope(name: str) -> tuple[str | None, str]:
    """The scope prefix and the rest. An unusual prefix counts only where a known provider follows."""
    head, dot, rest = name.partition(".")
    if dot and head in SCOPES:
        return head, rest
    if head in PROVIDERS:
        return None, name
    match = _UNUSUAL_SCOPE.fullmatch(name)
    if match is None:
        return None, name
    return match["scope"], match["rest"]


def _taken_apart(name: str, place: _Place) -> ModelId:
    scope, rest = _split_scope(name)
    context = _CONTEXT.search(rest)
    base = rest[: context.start()] if context else rest
    provider = base.split(".", 1)[0] if "." in base else None
    return ModelId(
        "",
        name,
        base,
        Form.BARE if scope is None else Form.SYSTEM_PROFILE,
        scope,
        provider if provider is not None and _concrete(provider) else None,
        context[1] if context else None,
        place.partition,
        place.region,
        place.account,
        _place_fault(place) or _name_fault(scope, base),
    )


def _place_fault(place: _Place) -> str | None:
    if place.partition is not None and _concrete(place.partition) and place.partition not in PARTITIONS:
        return f"Bedrock is not in the partition '{place.partition}'"
    if place.account is not None and _concrete(place.account) and re.fullmatch(r"\d{12}|aws", place.account) is None:
        return f"the account '{place.account}' is not 12 digits"
    return None


def _name_fault(scope: str | None, base: str) -> str | None:
    if scope is not None and _concrete(scope) and scope not in SCOPES:
        return f"'{scope}.' is no scope prefix of Bedrock"
    if "@" in base:
        return "'@' marks a version on another platform"
    return None


def _faulty(model: ModelId, kind: str) -> ModelId:
    """The reading with what is wrong about the kind of ARN it stands in."""
    if model.fault is not None:
        return model
    if kind in ("model", "foundation-models"):
        return replace(model, fault=f"no resource type '{kind}', 'foundation-model' is meant")
    if kind == "foundation-model":
        if model.scope in SCOPES:
            return replace(model, fault="an inference profile id in a foundation-model ARN")
        if model.account is not None and _concrete(model.account):
            return replace(model, fault="an account in a foundation-model ARN, which has none")
    if kind == "inference-profile" and model.form is Form.BARE:
        return replace(model, fault="a foundation model id in an inference-profile ARN")
    return model
