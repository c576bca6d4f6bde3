"""The grammar of Bedrock model identifiers: text -> `ModelId`, without the catalog.

Five generations of names exist side by side, so a reading says only how a text is built; whether such a model exists is
the catalog's to say. A part that cannot be told stands in the text as a hole, `${...}`. Every pattern runs in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from routelint.deferred import lazy_regex
from routelint.model import ModelId
from routelint.model_id import arn
from routelint.model_id.arn import is_every_resource, is_model_resource
from routelint.model_id.name import (
    ACCOUNT_HOLE,
    ANY_HOLE,
    HOLE,
    QUALIFIED_NAME,
    SCOPES,
    STEM,
    STEMS,
    Place,
    bare,
    is_hole,
    taken_apart,
)

__all__ = ["SCOPES", "STEMS", "find_all", "is_every_resource", "is_model_resource", "may_stand_in", "read"]

# Bedrock takes 2,048 characters; holes spelt out make a text longer than what reaches Bedrock.
_LONGEST = 4096
_MOST_HOLES = 16
_FIRST_HOLE = ord(HOLE[0])
_FIRST_ACCOUNT_HOLE = ord(ACCOUNT_HOLE[0])

# How frameworks mark a Bedrock model before the identifier (`bedrock/`, `bedrock_converse:`), and the routes that may follow.
_MARK = lazy_regex(
    r"(?:(?:litellm|litellm_proxy|gateway|langchain)[/:])?@?"
    r"(?:(?:amazon[-_]|aws[-_]|anthropic_)?bedrock(?:[-_]converse)?(?:[-_]mantle)?(?:_anthropic|_openai)?|aws|anthropic)[/:]"
)
_REGION = r"(?:us|eu|ap|ca|sa|me|af|il|mx|eusc)(?:-(?:gov|iso[a-z]?|de|[a-z]{4,9}))+-\d"
_IMAGE_ROUTE = r"\d{2,5}-x-\d{2,5}/|max-x-max/|\d{1,3}-steps/"
_ROUTE = lazy_regex(
    rf"(?P<region>{_REGION})/|\d-month-commitment/|{_IMAGE_ROUTE}|(?:converse|converse_like|invoke|async_invoke|openai|mantle"
    r"|chat_completions|nova|nova-2|nova-sonic|llama|deepseek_r1|qwen2|qwen3|completion|embeddings?|image|kb)[/:]"
)
_IMAGE_ROUTES = lazy_regex(f"(?:{_IMAGE_ROUTE})+")

_HOST = lazy_regex(
    rf"https?://[^/]*bedrock[a-z-]*\.(?P<region>[a-z0-9-]+|[{HOLE}])\.[^/]*|https?://[^/]*[{HOLE}][^/]*|[{HOLE}]|"
)
_PATH = lazy_regex(
    r"/?(?:model|foundation-models)/(?P<id>[^?#]+?)"
    r"(?P<operation>/(?:invoke|invoke-with-response-stream|invoke-with-bidirectional-stream|converse|converse-stream|count-tokens))?/?"
)

# Some of each reading but that of a name: of ARNs and of paths, or of their marks escaped.
_WORDS = ("arn:", *sorted({f"{kind.rpartition('-')[2]}/" for kind in arn.TYPES}))
_ESCAPED = lazy_regex(r"%(?:25|3[Aa]|2[Ff])")
# Where any name of a provider counts as a model's: behind a mark or a route, and the scope that may stand between.
_BEFORE_PROVIDER = lazy_regex(r"(?:[a-z0-9][/:]|[)}\]])[a-z0-9*?-]*\.?(?:" + "|".join(STEMS) + ")$")
_LONGEST_BEFORE = 96

_SPELT_HOLE = r"\$\{[^{}\n]{1,120}\}"
_ARN_PART = rf"(?:[A-Za-z0-9*-]|{_SPELT_HOLE}){{0,64}}"


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


def may_stand_in(text: str) -> bool:
    """Whether `read` or `find_all` may find something in a text or in a part of one, be it more than a wildcard or a hole.

    Quick, and wrong only where it says yes. A hole may be spelt in any way that starts and ends with a bracket.
    """
    # Loops over plain words, and a pattern that starts with the dot: one that starts with a choice takes five times as long.
    for word in _WORDS:
        if word in text:
            return True
    if "%" in text and _ESCAPED.search(text) is not None:
        return True
    for match in _after_provider().finditer(text):
        if match.lastindex or _BEFORE_PROVIDER.search(text, max(0, match.start() - _LONGEST_BEFORE), match.start()) is not None:
            return True
    return False


@cache
def _after_provider() -> re.Pattern[str]:
    """The dot behind a provider's name; a group where what follows may be a model of its."""
    stems = "|".join(rf"(?<={provider}\.)(?:({stem}|[^a-z0-9]|$))?" for provider, stem in STEMS.items())
    return re.compile(rf"\.(?:{stems})")


def find_all(text: str) -> Iterator[tuple[int, int, ModelId]]:
    """Every identifier inside a longer text: start, end (exclusive) and reading, in order.

    Finds ARNs of models and names with a known stem; a name that goes on in a wildcard or a hole is not one.
    """
    for match in _found().finditer(text):
        found, after = match[0], text[match.end() : match.end() + 2]
        if not found.startswith("arn:") and (
            after[:1] == "*" != after[1:] or (found[-1] == "-" and after[:1] in tuple("*{$<%"))
        ):
            continue
        found = found.rstrip("-.:/")
        model = read(found)
        if model is not None:
            yield match.start(), match.start() + len(found), model


@cache
def _found() -> re.Pattern[str]:
    """What `find_all` looks for: an ARN of a model, or a name with what stands before it."""
    return re.compile(
        rf"arn:{_ARN_PART}:bedrock:{_ARN_PART}:{_ARN_PART}:(?:{'|'.join(arn.TYPES)})/(?:[A-Za-z0-9*.:/-]|{_SPELT_HOLE})++"
        rf"|(?<![A-Za-z0-9_.\-])(?:(?:{'|'.join(SCOPES)})\.|{_SPELT_HOLE}\.?)?(?:{STEM})(?=[0-9-])"
        r"[a-z0-9-]*+(?:\.(?=\d)[a-z0-9-]++)*+"
        r"(?:(?::|%3[Aa])\d{1,2}(?![A-Za-z0-9])(?:(?::|%3[Aa])(?:\d{1,5}k|mm|512)(?![A-Za-z0-9]))?)?(?:\[\d{1,2}m\])?(?![A-Za-z0-9_])"
    )


def _mask(text: str) -> tuple[str, list[str]] | None:
    """`text` with each hole replaced by one control character, and the holes; None where it cannot be masked."""
    if ANY_HOLE.search(text):
        return None
    pieces: list[str] = []
    holes: list[str] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        end = _end_of_hole(text, start)
        if end is None or len(holes) == _MOST_HOLES:
            return None
        hole = text[start:end]
        pieces += (text[position:start], _masked(hole, len(holes)))
        holes.append(hole)
        position = end
    return "".join((*pieces, text[position:])), holes


def _masked(hole: str, index: int) -> str:
    """The control character of a hole; those that speak of an account are told apart."""
    return chr((_FIRST_ACCOUNT_HOLE if "account" in hole.lower() else _FIRST_HOLE) + index)


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
    table = {ord(_masked(hole, index)): hole for index, hole in enumerate(holes)}

    def spelt(part: str | None) -> str | None:
        return None if part is None else part.translate(table)

    return replace(
        model,
        id=model.id.translate(table),
        base=model.base.translate(table),
        scope=spelt(model.scope),
        partition=spelt(model.partition),
        region=spelt(model.region),
        account=spelt(model.account),
        fault=spelt(model.fault),
    )


def _decoded(plain: str) -> str:
    """Without URL escapes; signed requests escape twice."""
    if "%" not in plain:
        return plain
    plain = plain.replace("%25", "%")
    return plain.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/")


def _url(plain: str) -> ModelId | None:
    """The model in the path of a runtime URL, or in the path alone."""
    if "model" not in plain:
        return None
    host = _HOST.match(plain)
    path = _PATH.fullmatch(plain, host.end()) if host is not None else None
    if host is None or path is None or not (host[0] or path["operation"]):
        return None
    inner = _decoded(path["id"])
    if is_hole(inner):
        return Place(region=host["region"]).model(inner, inner)
    model = _read(inner)
    if model is None and host["region"] and QUALIFIED_NAME.fullmatch(inner):
        model = taken_apart(inner, Place())
    if model is None or model.region is not None:
        return model
    return replace(model, region=host["region"])


def _read(plain: str) -> ModelId | None:
    if plain == "*":
        return Place().model("*", "*")
    if "." not in plain and ":" not in plain and "/" not in plain:
        return None
    return arn.read(plain) or _marked(plain) or bare(plain)


def _marked(plain: str) -> ModelId | None:
    """A framework's spelling: a mark, routes, and an identifier or ARN."""
    mark = _MARK.match(plain) or _IMAGE_ROUTES.match(plain)
    if mark is None:
        return None
    position, region = mark.end(), None
    while (route := _ROUTE.match(plain, position)) is not None:
        position, region = route.end(), route["region"] or region
    rest = plain[position:]
    if is_hole(rest):
        model: ModelId | None = Place().model(rest, rest)
    else:
        model = arn.read(rest) or bare(rest) or bare(rest, unusual=True)
    if model is None or region is None:
        return model
    return replace(model, region=model.region or region)
