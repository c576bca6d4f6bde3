"""What permissions to invoke models grant, where a program does not write it out: `resources: MODELS.map(toArn)`."""

from __future__ import annotations

from collections.abc import Iterator

from routelint import model_id
from routelint.deferred import lazy_regex
from routelint.model import Kind
from routelint.parse.lexicon import STRING
from routelint.parse.text import frames
from routelint.parse.text.callers import everywhere
from routelint.parse.text.draft import Place
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import Hits
from routelint.parse.text.scope import Path, Scope, find_key
from routelint.possible import Content, Hole, Possibility, Possible, Template

_INVOKES = lazy_regex(r"(?i)bedrock:(?:\*|in?v?o?k?e?\*|invokemodel|converse)")
_RESOURCES = ("resources", "Resources", "Resource", "resource")
_EFFECT = ("effect", "Effect")
_MOST_GROUPS_UP = 3
_MOST_ITEMS = 64


def places(scope: Scope, hits: Hits) -> Iterator[Place]:
    """The grants of a program whose resources are names, calls or lists that others make; `hits` speak for themselves."""
    code = scope.code
    if code.lexicon.name != "javascript":
        return
    written = sorted(hit.start for hit in hits.all)
    asked: set[int] = set()
    for index in code.strings:
        if not _INVOKES.match(code.tokens[index].text):
            continue
        group = code.group_of[index]
        for _ in range(_MOST_GROUPS_UP):
            value = find_key(code, group, _RESOURCES) if group else None
            if value is None:
                if not group:
                    break
                group = code.groups[group].parent
                continue
            if group not in asked:
                asked.add(group)
                if not _denies(code, group):
                    yield from _of_statement(scope, value, written)
            break


def _denies(code: Code, group: int) -> bool:
    effect = find_key(code, group, _EFFECT)
    return effect is not None and code.tokens[effect[1] - 1].text.upper() == "DENY"


def _of_statement(scope: Scope, value: tuple[int, int], written: list[int]) -> Iterator[Place]:
    """The models that resources lead to; where nothing of them can be told, the first of them, which says why."""
    code = scope.code
    unknown: Place | None = None
    said = any(value[0] <= start < value[1] for start in written)
    for low, high, path in _items(code, value):
        if any(low <= start < high for start in written):
            continue
        if high - low == 1 and code.tokens[low].kind is STRING and not code.tokens[low].code:
            said = True
            continue
        intrinsic = _intrinsic(code, low)
        if intrinsic is not None:
            told = Hole(f"'{intrinsic}' is known only when the stack is deployed")
            unknown = unknown or _made(scope, (low, high), value, (Possibility(told),))
            continue
        possible = everywhere(scope, low, high, path, default=())
        if path and (not possible or all(isinstance(each.content, Hole) for each in possible)):
            # One resource may stand without a list around it.
            single = everywhere(scope, low, high, (), default=())
            if possible == () or any(not isinstance(each.content, Hole) for each in single):
                possible = single
        granted = tuple(each for each in possible if _is_model(each.content))
        holes = tuple(each for each in possible if isinstance(each.content, Hole))
        if granted:
            said = True
            yield _made(scope, (low, high), value, (*granted, *holes))
        elif holes and len(holes) == len(possible):
            unknown = unknown or _made(scope, (low, high), value, holes[:1])
        else:
            said = True
    if unknown is not None and not said:
        yield unknown


def _items(code: Code, value: tuple[int, int]) -> Iterator[tuple[int, int, Path]]:
    """The expressions of a list of resources, those that stand for several with the key of any item."""
    low, high = value
    group = code.opened_at.get(low)
    if group is None or code.opener(group) != "[" or code.after(low) not in (-1, high):
        yield low, high, (None,)
        return
    for number, (inner, end) in enumerate(code.entries(group)):
        if number >= _MOST_ITEMS:
            return
        if code.is_mark(inner, "..."):
            yield inner + 1, end, (None,)
        else:
            yield inner, end, ()


def _intrinsic(code: Code, low: int) -> str | None:
    """The function of CloudFormation that an object stands for: `{ "Fn::GetAtt": [...] }`, `{ Ref: "Model" }`."""
    group = code.opened_at.get(low)
    if group is None or code.opener(group) != "{" or low + 1 >= code.limit(group):
        return None
    key = code.tokens[low + 1].text
    return key if key == "Ref" or key.startswith("Fn::") else None


def _is_model(content: Content) -> bool:
    match content:
        case str(text):
            return model_id.is_model_resource(text) or model_id.read(text) is not None
        case Template() as template:
            return model_id.is_model_resource(str(template))
    return False


def _made(scope: Scope, item: tuple[int, int], value: tuple[int, int], possible: Possible) -> Place:
    code = scope.code
    return Place(
        code.tokens[item[0]].start,
        code.tokens[item[1] - 1].end,
        (code.tokens[value[0]].start, code.tokens[value[1] - 1].end),
        "resources",
        f"{scope.file.name}:{frames.owner(code, item[0])}resources",
        Kind.GRANT,
        possible,
        bedrock_only=True,
    )
