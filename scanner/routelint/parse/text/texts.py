"""Methods that make one text of others in JavaScript: `replace`, `join`, and `Fn.join` of the CDK."""

from __future__ import annotations

import re
from collections.abc import Sequence

from routelint.deferred import lazy_regex
from routelint.parse.lexicon import MARK, STRING
from routelint.parse.text.scope import Evaluate, Scope
from routelint.possible import Content, Possible, combine, concatenate, known

# A pattern without repetition: what it takes grows with the text alone, whoever wrote it.
_PLAIN_PATTERN = lazy_regex(r"(?:[\w.|^$()/: -]|\\[./dw-]|\(\?:)*")
_REGEX = lazy_regex(r"/(.+)/([a-z]*)", re.DOTALL)
_LONGEST_PATTERN = 120
_MOST_PIECES = 32
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}


def replaced(
    evaluate: Evaluate, scope: Scope, name: str, receiver: tuple[int, int], arguments: Sequence[tuple[int, int]], depth: int
) -> Possible | None:
    """`text.replace(pattern, "by")` where the pattern is a text or a simple expression; None where it is neither."""
    if len(arguments) != 2:
        return None
    pattern = _pattern(scope, *arguments[0])
    by = evaluate(scope, *arguments[1], (), depth + 1)
    text = by[0].content if len(by) == 1 else None
    if pattern is None or not isinstance(text, str) or "$" in text or "\\" in text:
        return None
    expression, everywhere = pattern
    count = 0 if everywhere or name == "replaceAll" else 1

    def change(contents: tuple[Content, ...]) -> Content:
        return expression.sub(text, contents[0], count=count) if isinstance(contents[0], str) else contents[0]

    return combine([evaluate(scope, *receiver, (), depth + 1)], change)


def _pattern(scope: Scope, low: int, high: int) -> tuple[re.Pattern[str], bool] | None:
    """The first argument of `replace` as an expression, and whether it means every place."""
    code = scope.code
    token = code.tokens[low]
    if high - low != 1:
        return None
    if token.kind is STRING and not token.code:
        return re.compile(re.escape(token.text)), False
    written = _REGEX.fullmatch(code.text[token.start : token.end]) if token.kind is MARK else None
    if written is None or len(written[1]) > _LONGEST_PATTERN or not _PLAIN_PATTERN.fullmatch(written[1]):
        return None
    flags = 0
    for letter in written[2]:
        flags |= _FLAGS.get(letter, 0)
    try:
        return re.compile(written[1], flags), "g" in written[2]
    except re.error:
        return None


def joined(evaluate: Evaluate, scope: Scope, items: tuple[int, int], separator: Possible, depth: int) -> Possible | None:
    """`["a", b].join("")` of a list that is written there; None where it is not."""
    code = scope.code
    group = code.opened_at.get(items[0])
    if group is None or code.opener(group) != "[" or not all(isinstance(each.content, str) for each in separator):
        return None
    parts: list[Possible] = []
    for number, (low, high) in enumerate(code.entries(group)):
        if number >= _MOST_PIECES or code.is_mark(low, "..."):
            return None
        parts += [separator] if number and separator != known("") else []
        parts.append(evaluate(scope, low, high, (), depth + 1) or known(""))
    return combine(parts, concatenate) if parts else None
