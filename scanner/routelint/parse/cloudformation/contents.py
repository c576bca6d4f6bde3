"""What intrinsic functions do with contents: join, split and select texts that may be known in part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from routelint.deferred import lazy_regex
from routelint.model import Resolution
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    agree,
    combine,
    concatenate,
    known,
    text_of,
    unite,
    unknown,
)
from routelint.possible import Template as PartText

_DYNAMIC = lazy_regex(r"\{\{resolve:([a-z-]+):(.*?)(?::\d+)?\}\}", re.DOTALL)
# Dynamic references, which may hold what is not known yet, and what is not known outside of them.
_PARTS = lazy_regex(r"(\{\{resolve:(?:[^{}]|\$\{[^{}]*\})*\}\}|\$\{[^{}]*\})")
_STORES = {"ssm": "SSM parameter", "ssm-secure": "SSM parameter", "secretsmanager": "secret"}


# How the notes of hops end that say which of several values is meant: of one condition or parameter they exclude each other.
HOLDS = " holds"
FAILS = " does not hold"
ALLOWED = ", an allowed value"


def consistent(possible: Possible) -> Possible:
    """The possibilities that do not take a condition both ways, nor a parameter as two of its allowed values."""
    if len(possible) < 2:
        return possible
    return tuple(each for each in possible if _is_consistent(each)) or possible


def _is_consistent(each: Possibility) -> bool:
    decided: dict[tuple[str, str], object] = {}
    for hop in each.trail:
        for end in (FAILS, HOLDS, ALLOWED):
            if hop.note.endswith(end):
                decision = hop.location if end is ALLOWED else end
                if decided.setdefault((hop.location.path, hop.note.removesuffix(end)), decision) != decision:
                    return False
                break
    return True


def _partition(region: str) -> str:
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(re.split(r"-[a-z]+-\d", region)[0], "aws")


# Pseudo parameters that a region decides.
REGIONAL: Mapping[str, Callable[[str], str]] = {
    "AWS::Region": str,
    "AWS::Partition": _partition,
    "AWS::URLSuffix": lambda region: "amazonaws.com.cn" if _partition(region) == "aws-cn" else "amazonaws.com",
}


def supplying(operands: list[Possible]) -> list[Possible]:
    """The operands of a text; what stands before the resource of an ARN (partition, region, account) supplies no model."""
    last = max((index for index, each in enumerate(operands) if any(_is_resource(one.content) for one in each)), default=0)
    return [
        tuple(replace(each, trail=(), resolution=Resolution.LITERAL) for each in one) for one in operands[:last]
    ] + operands[last:]


def _is_resource(content: Content) -> bool:
    return isinstance(content, str) and ("-model/" in content or "-profile/" in content)


def is_dynamic(content: Content) -> bool:
    """Whether a text holds a dynamic reference (`{{resolve:ssm:/name}}`)."""
    if isinstance(content, PartText):
        return any(isinstance(part, str) and "{{resolve:" in part for part in content.parts)
    return isinstance(content, str) and "{{resolve:" in content


def dereferenced(each: Possibility, stored: Callable[[str], Possible | None]) -> Possible:
    """A text with its dynamic references replaced by what is `stored` under their names; by holes where nothing is."""
    if not is_dynamic(each.content):
        return (each,)
    holes = (
        {part.label: part for part in each.content.parts if isinstance(part, Hole)}
        if isinstance(each.content, PartText)
        else {}
    )
    operands: list[Possible] = []
    for piece in _PARTS.split(str(each.content)):
        match = _DYNAMIC.fullmatch(piece)
        if match is None:
            operands.append(known(holes.get(piece, piece)))
            continue
        name = match[2] if match[1].startswith("ssm") else match[2].split(":")[0]
        held = stored(name) if match[1].startswith("ssm") else None
        operands.append(held or known(Hole(f"it is read from {_STORES.get(match[1], match[1])} '{name}' at deployment", piece)))
    return after(each, combine([one for one in operands if one[0].content != ""], concatenate))


def after(each: Possibility, possible: Possible) -> Possible:
    """What a possibility led to, after the hops and in the environments of its own."""
    return tuple(
        replace(
            one,
            trail=(*each.trail, *one.trail),
            environments=both,
            resolution=each.resolution if one.resolution is Resolution.LITERAL else one.resolution,
        )
        for one in possible
        if (both := agree(each.environments, one.environments)) is not None
    )


def present(possible: Possible) -> Possible:
    """The possibilities without absent values (`AWS::NoValue`)."""
    return tuple(each for each in possible if each.content is not None)


def step(possible: Possible, resolution: Resolution) -> Possible:
    """Possibilities whose step is `resolution` where no step before supplied them."""
    return tuple(replace(each, resolution=resolution) if each.resolution is Resolution.LITERAL else each for each in possible)


def replaced(each: Possibility, content: Content) -> Possible:
    """The possibility with another content."""
    return (replace(each, content=content),)


def hole_of(content: Content, reason: str) -> Content:
    """The hole that a content is or holds; one for `reason` where it is something else."""
    match content:
        case Hole():
            return content
        case PartText():
            return Hole(content.reason)
        case _:
            return Hole(reason)


def shown(content: Content) -> str:
    """A content as a message shows it."""
    match content:
        case Hole(_, label):
            return label
        case PartText():
            return str(content)
        case Items() | Record():
            return "..."
        case _:
            return text_of(content)


def may_be(template: PartText, text: str) -> bool:
    """Whether a text known in part may be `text`: what is known of it stands there, in order."""
    position = 0
    for index, part in enumerate(template.parts):
        if isinstance(part, Hole):
            continue
        found = text.find(part, position)
        if found < 0 or (index == 0 and found > 0):
            return False
        position = found + len(part)
    last = template.parts[-1]
    return isinstance(last, Hole) or text.endswith(last)


def listed(content: Content) -> Content:
    """A text as the items between its commas."""
    match content:
        case Hole():
            return Items((), content)
        case PartText():
            return split(",", content)
        case Items() | Record():
            return content
        case _:
            return Items(tuple(known(part.strip()) for part in text_of(content).split(",")))


def as_json(each: Possibility) -> Possible:
    """A content as JSON text, what cannot be told at its place."""
    match each.content:
        case Items(items, rest):
            parts = [unite(as_json(one) for one in item) for item in items]
            return after(each, combine(_between("[", parts, "]"), concatenate)) if rest is None else replaced(each, rest)
        case Record(entries, rest):
            pairs = [
                combine([known(f"{json.dumps(key)}:"), unite(as_json(one) for one in value)], concatenate)
                for key, value in entries.items()
                if present(value)
            ]
            return after(each, combine(_between("{", pairs, "}"), concatenate)) if rest is None else replaced(each, rest)
        case Hole() | PartText() as open_part:
            parts_of = open_part.parts if isinstance(open_part, PartText) else (open_part,)
            told = (json.dumps(part)[1:-1] if isinstance(part, str) else part for part in parts_of)
            return replaced(each, concatenate(['"', *told, '"']))
        case scalar:
            return replaced(each, json.dumps(scalar))


def _between(start: str, parts: list[Possible], end: str) -> list[Possible]:
    separated = [one for part in parts for one in (known(","), part)][1:]
    return [known(start), *separated, known(end)]


def length(content: Content) -> Content:
    """How many items a list has."""
    if isinstance(content, Items) and content.rest is None:
        return str(len(content.items))
    return hole_of(content.rest if isinstance(content, Items) else content, "Fn::Length of something that is no list")


def joined(parts_of: tuple[Content, ...]) -> Content:
    """The contents after the first one, with the first one between them."""
    delimiter, *items = parts_of
    parts: list[Content] = []
    for index, item in enumerate(items):
        parts += (delimiter, item) if index else (item,)
    return concatenate(parts)


def split(delimiter: Content, text: Content) -> Content:
    """The parts of a text between delimiters; what cannot be told stays where it stands."""
    if not isinstance(delimiter, str) or not delimiter:
        return Hole("Fn::Split by something that is not known")
    if isinstance(text, (Hole, Items, Record)):
        return Items((), text if isinstance(text, Hole) else Hole("Fn::Split of something that is no text"))
    pieces: list[list[Content]] = [[]]
    for part in text.parts if isinstance(text, PartText) else (text_of(text),):
        if isinstance(part, Hole):
            pieces[-1].append(part)
            continue
        first, *others = part.split(delimiter)
        pieces[-1].append(first)
        pieces.extend([other] for other in others)
    return Items(tuple(known(concatenate(piece)) for piece in pieces))


def selected(index: Content, chosen: Possibility) -> Possible:
    """The item of a list at an index; every item where the index cannot be told."""
    if not isinstance(chosen.content, Items):
        return replaced(chosen, hole_of(chosen.content, "Fn::Select from something that is no list"))
    items = chosen.content
    if not isinstance(index, str) or not index.strip().isdecimal():
        return unite((*items.items, ((Possibility(items.rest),) if items.rest is not None else ())))
    position = int(index)
    if position < len(items.items):
        return tuple(replace(each, resolution=_later(chosen.resolution, each.resolution)) for each in items.items[position])
    return (
        (Possibility(items.rest),) if items.rest is not None else unknown(f"Fn::Select of item {position} from a shorter list")
    )


def _later(outer: Resolution, inner: Resolution) -> Resolution:
    return outer if inner is Resolution.LITERAL else inner
