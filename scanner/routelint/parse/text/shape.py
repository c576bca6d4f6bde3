"""What the shape of a call in a program says of its work: caps, what its prompt asks, whether it is made once per record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routelint.model import LEFT_OUT, Kind
from routelint.parse.lexicon import NAME, STRING
from routelint.parse.text.evaluate import evaluate
from routelint.parse.text.groups import Code
from routelint.parse.text.objects import Entry, entries
from routelint.parse.text.scope import Scope
from routelint.possible import Possible, text_of
from routelint.surfaces import Surface

LONGEST_PROMPT = 4_000
# Arguments that hold what a model is asked.
_PROMPTS = ("system", "prompt", "messages", "body")
# Arguments that bind the answer to a form.
_ANSWERS = {"toolConfig": "toolChoice", "outputConfig": None}
_ANSWER_SAID = {"toolConfig": "a tool call of fixed form", "outputConfig": "JSON"}
# Methods that call a function once per item.
_PER_ITEM = frozenset({"map", "forEach", "flatMap"})
_LONGEST_LOOP = 80
_MOST_TOKENS = 2_000


def shape(scope: Scope, index: int, group: int, row: Surface) -> dict[str, str]:
    """`ModelReference.settings` of a call whose arguments are one object written out; nothing where they are not."""
    if row.kind not in (Kind.INVOKE, Kind.AGENT, Kind.PROVISION):
        return {}
    table = _arguments(scope.code, group)
    if table is None:
        return {}
    found: dict[str, str] = {}
    carriers = [("max_output_tokens", cap) for cap in row.caps]
    carriers += [("temperature", f"{cap.rpartition('.')[0]}.temperature") for cap in row.caps if "." in cap]
    carriers += [("service_tier", "serviceTier.type"), *row.settings.items()]
    for name, carrier in carriers:
        given = _at(scope, table, carrier.split("."))
        if given is not None and len(given) == 1 and isinstance(given[0].content, str | int | float):
            found.setdefault(name, text_of(given[0].content))
        elif given == () and (name in row.settings or (row.open_ended and name == "max_output_tokens")):
            found.setdefault(name, LEFT_OUT)
    if row.kind is not Kind.INVOKE:
        return found
    prompt = "\n".join(text for name in _PROMPTS for text in _texts(scope.code, table, name))[:LONGEST_PROMPT]
    if prompt:
        found["prompt"] = prompt
    for name, inner in _ANSWERS.items():
        if _entry(table, name) is not None and (inner is None or _at(scope, table, [name, inner]) not in ((), None)):
            found["answer"] = _ANSWER_SAID[name]
    loop = _loop(scope.code, index, group)
    if loop is not None:
        found["repeated"] = loop
    return found


def _arguments(code: Code, group: int) -> list[Entry] | None:
    """The entries of the one object that is the argument; None where the argument is something else."""
    if code.opener(group) == "(":
        arguments = list(code.entries(group))
        inner = code.opened_at.get(arguments[0][0]) if arguments else None
        if inner is None or code.opener(inner) != "{":
            return None
        group = inner
    return list(entries(code, group))


def _entry(table: Sequence[Entry], name: str) -> Entry | None:
    return next((each for each in reversed(table) if each.name == name), None)


def _at(scope: Scope, table: Sequence[Entry], steps: Sequence[str]) -> Possible | None:
    """What stands at a path; empty where nothing surely does, None where that cannot be told."""
    entry = _entry(table, steps[0])
    if entry is None:
        return None if any(each.name is None for each in table) else ()
    return evaluate(scope, entry.start, entry.end, tuple(steps[1:]))


def _texts(code: Code, table: Sequence[Entry], name: str) -> Iterator[str]:
    """The texts written below an argument, those of names declared once in the file included."""
    entry = _entry(table, name)
    if entry is None:
        return
    for token in code.tokens[entry.start : min(entry.end, entry.start + _MOST_TOKENS)]:
        if token.kind is STRING:
            yield token.text
        elif token.kind is NAME and len(declared := code.declarations.get(token.text, [])) == 1:
            yield from (each.text for each in code.tokens[declared[0].start : declared[0].end] if each.kind is STRING)


def _loop(code: Code, index: int, group: int) -> str | None:
    """The loop or per-item method whose every turn makes the call with another record."""
    used = {token.text for token in code.tokens[index : code.limit(group)] if token.kind is NAME}
    around = code.group_of[index]
    while around > 0:
        opening = code.groups[around].open
        head = code.closed_at.get(opening - 1) if code.opener(around) == "{" else None
        if head is not None:
            start = code.groups[head].open
            if code.is_name(start - 1, "for") or (code.is_name(start - 1, "await") and code.is_name(start - 2, "for")):
                names, of = _head(code, head)
                if of and names & used:
                    return _said(code, start, code.limit(head), "for ")
        if code.opener(around) == "(" and code.is_name(opening - 1, *_PER_ITEM) and code.is_mark(opening - 2, ".", "?."):
            arrow = next((each for each in code.level(opening + 1, code.limit(around)) if code.is_mark(each, "=>")), None)
            taken = code.tokens[opening + 1 : arrow] if arrow is not None else []
            if {token.text for token in taken if token.kind is NAME} & used:
                return f"once per item of '{code.tokens[opening - 3].text}.{code.tokens[opening - 1].text}'"[:_LONGEST_LOOP]
        around = code.groups[around].parent
    return None


def _head(code: Code, group: int) -> tuple[set[str], bool]:
    """The names that `for (const a of b)` binds, and whether it goes through a collection."""
    tokens = code.tokens[code.groups[group].open + 1 : code.limit(group)]
    for position, token in enumerate(tokens):
        if token.kind is NAME and token.text == "of":
            return {each.text for each in tokens[:position] if each.kind is NAME}, True
    return set(), False


def _said(code: Code, start: int, end: int, before: str) -> str:
    written = code.text[code.tokens[start].start : code.tokens[min(end, len(code.tokens) - 1)].end]
    return f"once per turn of '{before}{' '.join(written.split())}'"[:_LONGEST_LOOP]
