"""IAM policy statements of programs: `PolicyStatement` of the CDK, objects with an `Effect`."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Location, PolicyStatement
from routelint.parse import statements
from routelint.parse.lexicon import NAME, STRING
from routelint.parse.statements import Draft
from routelint.parse.text import frames
from routelint.parse.text.documents import MOST_ITEMS, MOST_NESTED
from routelint.parse.text.draft import File
from routelint.parse.text.evaluate import evaluate
from routelint.parse.text.groups import Code
from routelint.parse.text.scope import Reader, Scope, find_key
from routelint.possible import Hole, Items, Possible, Record, known

_NAMES = ("actions", "notActions", "resources", "notResources", "effect", "conditions", "principals", "notPrincipals")
_KEYS = ("Action", "NotAction", "Resource", "NotResource", "Effect", "Condition", "Principal", "NotPrincipal")
_CLASSES = frozenset(("PolicyStatement", "GetPolicyDocumentStatementArgs"))
_MANAGED_CALLS = frozenset(("fromAwsManagedPolicyName", "FromAwsManagedPolicyName"))
_WORDS = _CLASSES | _MANAGED_CALLS | {"Effect"}


def of_code(reader: Reader, file: File) -> Iterator[PolicyStatement]:
    """The statements about Bedrock of a program, in order."""
    if _WORDS.isdisjoint(reader.words(file)):
        return
    scope = reader.scope(file)
    code = scope.code
    seen: set[int] = set()
    for index in code.at(*_WORDS):
        token = code.tokens[index]
        if token.kind is NAME and token.text in _CLASSES:
            made = code.opened_at.get(index + 1)
            if made is not None and code.opener(made) == "(":
                yield from _of_group(scope, made, _NAMES, index)
        elif token.kind is NAME and token.text in _MANAGED_CALLS:
            yield from _managed(scope, index)
        elif token.text == "Effect" and token.kind in (NAME, STRING) and code.is_mark(index + 1, ":"):
            # A group with many such keys is one statement still.
            group = code.group_of[index]
            if group not in seen:
                seen.add(group)
                yield from _of_group(scope, group, _KEYS, code.groups[group].open)


def _of_group(scope: Scope, group: int, names: tuple[str, ...], start: int) -> Iterator[PolicyStatement]:
    code = scope.code
    if not group or not _may_speak_of_bedrock(code, group, names):
        return
    fields: dict[str, Possible] = {}
    where: tuple[int, int] | None = None
    for name in names:
        value = find_key(code, group, (name,))
        if value is None:
            continue
        fields[name] = _effect(code, value) if name.lower() == "effect" else _value(scope, value, 0)
        if statements.element(name) in ("resources", "not_resources"):
            where = value
    draft = statements.read(fields)
    if draft.speaks_of_bedrock and where is not None:
        yield _made(scope, draft, where, (start, min(code.limit(group), len(code.tokens) - 1) + 1))


def _may_speak_of_bedrock(code: Code, group: int, names: tuple[str, ...]) -> bool:
    """Whether a statement may speak of Bedrock, told without evaluating it: most write out actions of other services."""
    actions, not_actions = names[:2]
    if find_key(code, group, (not_actions,)) is not None:
        return True
    value = find_key(code, group, (actions,))
    if value is None:
        return False
    listed = code.opened_at.get(value[0])
    for low, high in code.entries(listed) if listed is not None and code.opener(listed) == "[" else (value,):
        token = code.tokens[low]
        if high - low != 1 or token.kind is not STRING or token.code or statements.may_be_bedrock(token.text):
            return True
    return False


def _managed(scope: Scope, index: int) -> Iterator[PolicyStatement]:
    """`ManagedPolicy.fromAwsManagedPolicyName("AmazonBedrockFullAccess")`."""
    code = scope.code
    if index + 2 < len(code.tokens) and code.is_mark(index + 1, "(") and code.tokens[index + 2].kind is STRING:
        draft = statements.managed(code.tokens[index + 2].text)
        if draft is not None:
            yield _made(scope, draft, (index + 2, index + 3), (index, index + 3))


def _made(scope: Scope, draft: Draft, where: tuple[int, int], whole: tuple[int, int]) -> PolicyStatement:
    code, file = scope.code, scope.file
    owner = frames.owner(code, whole[0])
    span = file.source.span(code.tokens[max(whole[0], 0)].start, code.tokens[whole[1] - 1].end)
    return PolicyStatement(
        file.location(code.tokens[where[0]].start, code.tokens[where[1] - 1].end, f"{file.name}:{owner}statement"),
        file.language,
        span,
        draft.effect,
        Location(file.path, symbol=f"{file.name}:{owner}"),
        draft.actions,
        draft.not_actions,
        draft.resources,
        draft.not_resources,
        draft.conditions,
    )


def _effect(code: Code, value: tuple[int, int]) -> Possible:
    return known(code.tokens[value[1] - 1].text)


def _value(scope: Scope, value: tuple[int, int], depth: int) -> Possible:
    """What an expression holds: lists and objects as they are written, names of lists followed, any other as a text."""
    code = scope.code
    start, end = value
    if depth > MOST_NESTED or start >= end:
        return known(Hole("nested too deep"))
    group = code.opened_at.get(start)
    if group is not None and code.opener(group) == "[":
        items = [_item(scope, each, depth) for each in list(code.entries(group))[:MOST_ITEMS]]
        return known(Items(tuple(items)))
    if group is not None and code.opener(group) == "{":
        pairs = {}
        for low, high in list(code.entries(group))[:MOST_ITEMS]:
            if code.is_mark(low + 1, ":") and low + 2 < high:
                pairs[code.tokens[low].text] = _value(scope, (low + 2, high), depth + 1)
        return known(Record(pairs))
    if end - start == 1 and code.is_name(start):
        for declaration in code.declarations.get(code.tokens[start].text, ())[:1]:
            inner = code.opened_at.get(declaration.start)
            if inner is not None and code.opener(inner) in ("[", "{"):
                return _value(scope, (declaration.start, declaration.end), depth + 1)
    # Asking for a permission must not make its literal a part of some route.
    used = set(scope.reader.used)
    possible = evaluate(scope, start, end)
    scope.reader.used.intersection_update(used)
    return possible


def _item(scope: Scope, entry: tuple[int, int], depth: int) -> Possible:
    low, high = entry
    if scope.code.is_mark(low, "..."):
        return _value(scope, (low + 1, high), depth + 1)
    return _value(scope, (low, high), depth + 1)
