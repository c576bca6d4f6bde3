"""Literal identifiers of program code that are given to something, and what permissions grant."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Evidence, Kind
from routelint.parse.lexicon import NAME, STRING
from routelint.parse.text import frames, permits, words
from routelint.parse.text.callers import everywhere
from routelint.parse.text.draft import File, Place, kind_of
from routelint.parse.text.evaluate import CDK_CLASSES
from routelint.parse.text.frames import Frame, FrameKind
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import Hit, Hits
from routelint.parse.text.scope import Reader, Scope, find_key

# Calls that look at a text, print it, or wait for it in a test, and so choose nothing.
_OBSERVERS = lazy_regex(
    r"console|log|logger|print|println|printf|fmt|expect|assert\w*|should|verify|describe|it|test|throw|raise|error|warn|info"
    r"|debug|trace|includes?|[cC]ontains?\w*|startsWith|endsWith|indexOf|[eE]quals?\w*|toBe|toEqual|toMatch\w*|toStrictEqual"
    r"|toContain\w*|toHave\w*|has(?!Default)\w*|s?printf|fprintf|errorf|fatalf?|matches|match|split|replace\w*|RegExp|is[A-Z]\w*|t|i18n|Deprecated|ApiProperty"
    r"|JsonPropertyName|querySelector\w*|Error|[A-Z]\w*(?:Error|Exception)|snapshot|mock\w*|stub\w*"
)
# Calls that put what they are given into a collection.
_COLLECTORS = frozenset(
    (
        "List",
        "Map",
        "Set",
        "add",
        "arrayOf",
        "asList",
        "concat",
        "enum",
        "listOf",
        "mapOf",
        "of",
        "oneOf",
        "push",
        "setOf",
        "union",
    )
)
# Calls whose predicate picks one of many.
_SELECTORS = frozenset(("find", "findFirst", "findLast", "first", "First", "FirstOrDefault", "firstOrNull"))
_PERMITS = frozenset(("addResources", "addResource", "resourceArns", "withResources"))
_INVOKES = lazy_regex(r"bedrock:(?:\*|Invoke|Converse)", re.IGNORECASE)
_MOST_GROUPS_UP = 3
_MOST_ARGUMENTS = 8


def places(reader: Reader, file: File) -> Iterator[Place]:
    """Every literal identifier of a file that chooses or permits a model, and permissions for every model."""
    used = set(reader.used)
    yield from _places(reader, file)
    # What is named here of another file may be a route there as well, whichever file is looked at first.
    reader.used.intersection_update(used | {each for each in reader.used if each[0] == file.path})


def _places(reader: Reader, file: File) -> Iterator[Place]:
    # What is escaped in a string must not hide it from a look at the whole text.
    text = file.source.text.replace("\\", "")
    hits = Hits(reader.scope(file))
    if "bedrock:" in text.lower() and _INVOKES.search(text) is not None:
        yield from _wildcards(reader.scope(file))
        yield from permits.places(reader.scope(file), hits)
    if not model_id.may_stand_in(text) and CDK_CLASSES.isdisjoint(reader.words(file)):
        return
    scope = reader.scope(file)
    tested = tuple(_tests(scope.code))
    for hit in hits.all:
        if any(low < hit.start < high for low, high in tested):
            continue
        if (scope.file.path, scope.code.tokens[hit.start].start) not in scope.reader.used:
            place = _place(scope, hits, hit)
            if place is not None:
                yield place


def _tests(code: Code) -> Iterator[tuple[int, int]]:
    """What Rust compiles for tests alone: the block behind `#[cfg(test)]`, `#[test]` or `#[tokio::test]`."""
    for index in code.at("test") if code.lexicon.name == "rust" else ():
        group = code.group_of[index]
        if code.opener(group) == "(" and code.is_name(code.groups[group].open - 1, "cfg"):
            group = code.groups[group].parent
        if code.opener(group) != "[" or not code.is_mark(code.groups[group].open - 1, "#"):
            continue
        for following in range(code.limit(group) + 1, len(code.tokens)):
            if code.is_mark(following, ";"):
                break
            if code.is_mark(following, "{"):
                yield following, code.limit(code.opened_at[following])
                break


def _place(scope: Scope, hits: Hits, hit: Hit) -> Place | None:
    around = tuple(frames.frames(scope.code, hit.start, hit.end - 1))
    kinds = {frame.kind for frame in around}
    if FrameKind.TYPE in kinds:
        return None
    if any(words.says_grant(frame.name) or frame.name in _PERMITS for frame in around):
        return _made(scope, hit, around, Kind.GRANT, "resources")
    if hit.model.is_pattern:
        is_arn = "arn:" in scope.code.text[scope.code.tokens[hit.start].start : scope.code.tokens[hit.end - 1].end]
        return _made(scope, hit, around, Kind.GRANT, around[0].name or "resources") if is_arn and around else None
    if FrameKind.COMPARED in kinds:
        return _selected(scope, hit, around)
    if hit.is_call:
        return _made(scope, hit, around, kind_of(hit.model), around[0].name if around else "path")
    name = _name(scope, hits, hit, around)
    if name is None:
        return None
    falls_back = any(frame.falls_back for frame in around)
    kind = Kind.DEFAULT if falls_back else kind_of(hit.model, name)
    return _made(scope, hit, around, kind, f"{name}.default" if falls_back and not words.says_default(name) else name)


def _selected(scope: Scope, hit: Hit, around: Sequence[Frame]) -> Place | None:
    """The default that a predicate picks: `models.find((m) => m.id === "...")`; other comparisons choose nothing."""
    at = next(
        (depth for depth, frame in enumerate(around) if frame.kind is FrameKind.ARGUMENT and frame.name in _SELECTORS), None
    )
    if at is None:
        return None
    name = next((frame.name for frame in around[at + 1 :] if frame.kind in (FrameKind.ASSIGNED, FrameKind.PAIR)), "selected")
    return _made(scope, hit, around[at:], Kind.DEFAULT, name)


def _name(scope: Scope, hits: Hits, hit: Hit, around: Sequence[Frame]) -> str | None:
    """The name under which a hit chooses a model; None where it chooses none."""
    chosen: str | None = None
    role = ""
    for depth, frame in enumerate(around):
        if words.says_documentation(frame.name) or _is_one_of_many(scope.code, hits, hit, frame, around[:depth]):
            return None
        match frame.kind:
            case FrameKind.ARGUMENT:
                if _observes(frame.name) or words.says_listing(frame.name):
                    return None
                if chosen is None and (words.says_model(frame.name) or "bedrock" in frame.name.lower()):
                    chosen = frame.name
                elif chosen is None and depth == 0 and (beside := _construct(scope.code, (frame,))) is not None:
                    chosen = beside
                elif depth == 0 and frame.name not in _COLLECTORS:
                    role = frame.name
            case FrameKind.PAIR | FrameKind.ASSIGNED | FrameKind.RETURNED:
                if words.says_listing(frame.name):
                    return None
                if chosen is None and words.says_model(frame.name):
                    inner = role if around[0].kind is FrameKind.PAIR else ""
                    chosen = f"{frame.name}.{inner}" if inner else frame.name
                elif chosen is None and "bedrock" in frame.name.lower():
                    chosen = role or frame.name
                role = role or frame.name
            case _:
                pass
    if chosen is not None:
        return chosen
    if role == "default":
        construct = _construct(scope.code, around)
        return f"{construct}.default" if construct is not None else None
    first = around[0] if around else None
    if first is None or first.name != role or not role:
        return None
    # Nothing says that a model stands here but the identifier itself: an argument, or a value of its own.
    if first.kind is FrameKind.ARGUMENT or (first.kind is not FrameKind.PAIR and scope.file.context.knows(hit.model.base)):
        return first.name
    return None


def _observes(name: str) -> bool:
    """Whether a call only looks at what it is given, as each language spells it: `startsWith`, `StartsWith`, `starts_with`."""
    first, *others = name.strip("_").split("_")
    camel = first[:1].lower() + first[1:] + "".join(part[:1].upper() + part[1:] for part in others)
    return _OBSERVERS.fullmatch(name) is not None or _OBSERVERS.fullmatch(camel) is not None


def _is_one_of_many(code: Code, hits: Hits, hit: Hit, frame: Frame, inside: Sequence[Frame]) -> bool:
    """Whether other models stand beside a hit in a way that only a list to choose from has."""
    beside = hits.beside(frame.group)
    if beside < 2:
        return False
    match frame.kind:
        case FrameKind.ITEM:
            if frames.in_enumeration(code, frame.group):
                return True
            if code.opener(frame.group) == "{" and inside and inside[-1].group == frame.group:
                return False
            key = next((each.name for each in inside if each.kind in (FrameKind.PAIR, FrameKind.ARGUMENT)), "")
            if not inside or not words.says_model(key):
                return True
            # Each item with a model of its own: a catalogue. Agents or tasks share models.
            return beside > 2 and hits.distinct(frame.group) >= beside
        case FrameKind.ARGUMENT:
            if frame.name in _COLLECTORS:
                return True
            # `CLAUDE_3("anthropic...", 200)`: a constant of a Java enumeration stands in a body of many.
            around = code.group_of[frame.index]
            return frame.name.isupper() and hits.beside(around) > 1 and words.describes(frame.name, hit.model.base)
        case FrameKind.PAIR | FrameKind.ASSIGNED:
            return words.describes(frame.name, hit.model.base) or frames.in_enumeration(code, frame.group)
        case _:
            return False


def _construct(code: Code, around: Sequence[Frame]) -> str | None:
    """What a construct with a default is called: `new CfnParameter(this, "ModelId", {default: ...})`."""
    for frame in around:
        if frame.kind is FrameKind.ARGUMENT:
            for low, high in itertools.islice(code.entries(frame.group), _MOST_ARGUMENTS):
                text = code.tokens[low].text if high - low == 1 and code.tokens[low].kind is STRING else ""
                if text and ":" not in text and words.says_model(text):
                    return text
    return None


def _made(scope: Scope, hit: Hit, around: Sequence[Frame], kind: Kind, name: str) -> Place:
    code = scope.code
    named = next((frame for frame in around if frame.kind is not FrameKind.ITEM), None)
    start = code.tokens[hit.start].start
    return Place(
        start,
        code.tokens[hit.end - 1].end,
        (min(start, code.tokens[named.index].start) if named is not None else start, code.tokens[hit.end - 1].end),
        name,
        f"{scope.file.name}:{frames.owner(code, hit.start)}{name}",
        kind,
        everywhere(scope, hit.start, hit.end),
        bedrock_only=True,
        evidence=_evidence(scope, around),
    )


def _evidence(scope: Scope, around: Sequence[Frame]) -> tuple[Evidence, ...]:
    """The environment that a key around a place names."""
    code = scope.code
    for depth, frame in enumerate(around):
        if frame.kind is not FrameKind.PAIR or frame.name.lower() not in words.ENVIRONMENTS:
            continue
        keys = tuple(code.tokens[low].text for low, _ in code.entries(frame.group) if code.tokens[low].kind in (NAME, STRING))
        outer = next((each.name for each in around[depth + 1 :] if each.name), "")
        if words.names_environment(frame.name, keys, outer):
            token = code.tokens[frame.index]
            return (Evidence(frame.name.lower(), f"key '{frame.name}'", scope.file.location(token.start, token.end)),)
    return ()


def _wildcards(scope: Scope) -> Iterator[Place]:
    """`resources: ["*"]` beside an action that invokes models."""
    code = scope.code
    asked: dict[int, tuple[int, int] | None] = {}
    for index in code.strings:
        if not _INVOKES.match(code.tokens[index].text):
            continue
        group = code.group_of[index]
        for _ in range(_MOST_GROUPS_UP):
            first = group not in asked
            if first:
                asked[group] = find_key(code, group, ("resources", "Resources", "Resource", "resource")) if group else None
            found = asked[group]
            if found is not None and first:
                yield from _stars(scope, found)
            if found is not None or not group:
                break
            group = code.groups[group].parent


def _stars(scope: Scope, value: tuple[int, int]) -> Iterator[Place]:
    code = scope.code
    for index in range(*value):
        token = code.tokens[index]
        if token.kind is STRING and (token.text == "*" or model_id.is_every_resource(token.text)):
            yield Place(
                token.start,
                token.end,
                (code.tokens[value[0]].start, code.tokens[value[1] - 1].end),
                "resources",
                f"{scope.file.name}:{frames.owner(code, index)}resources",
                Kind.GRANT,
                everywhere(scope, index, index + 1),
                bedrock_only=True,
            )
