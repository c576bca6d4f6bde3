"""Calls that make one text of others in JavaScript: `replace`, `join`, and `Fn.join` and `Arn.format` of the CDK."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routelint import regex
from routelint.deferred import lazy_regex
from routelint.parse.lexicon import MARK, STRING
from routelint.parse.text.scope import Evaluate, Scope
from routelint.possible import Content, Possible, combine, concatenate, known, unknown

# An expression with the flags that RE2 has too; `g` means every place.
_REGEX = lazy_regex(r"/(?P<pattern>(?s:.+))/(?P<flags>[gims]*)")
_MOST_PIECES = 32


def replaced(
    evaluate: Evaluate, scope: Scope, name: str, receiver: tuple[int, int], arguments: Sequence[tuple[int, int]], depth: int
) -> Possible | None:
    """`text.replace(pattern, "by")` where the pattern is a text or an expression; None where it is neither."""
    if len(arguments) != 2:
        return None
    by = evaluate(scope, *arguments[1], (), depth + 1)
    text = by[0].content if len(by) == 1 else None
    # A dollar sign stands for a part of what was found.
    if not isinstance(text, str) or "$" in text:
        return None
    replace = _replacing(scope, *arguments[0], text, name == "replaceAll")
    if replace is None:
        return None

    def change(contents: tuple[Content, ...]) -> Content:
        return replace(contents[0]) if isinstance(contents[0], str) else contents[0]

    return combine([evaluate(scope, *receiver, (), depth + 1)], change)


def _replacing(scope: Scope, low: int, high: int, by: str, everywhere: bool) -> Callable[[str], str] | None:
    """What `replace` does to a text, given the tokens of its first argument; None where that is no text and no expression."""
    code = scope.code
    token = code.tokens[low]
    if high - low != 1:
        return None
    if token.kind is STRING and not token.code:
        return lambda text: text.replace(token.text, by, -1 if everywhere else 1)
    written = _REGEX.fullmatch(code.text[token.start : token.end]) if token.kind is MARK else None
    if written is None:
        return None
    flags = written["flags"].replace("g", "")
    try:
        expression = regex.compile_regex(f"(?{flags}){written['pattern']}" if flags else written["pattern"])
    except regex.RegexError:
        return None
    return lambda text: _with_matches_replaced(expression, text, by, everywhere or "g" in written["flags"])


def _with_matches_replaced(expression: regex.Regex, text: str, by: str, everywhere: bool) -> str:
    parts: list[str] = []
    at = 0
    for match in expression.finditer(text):
        parts += [text[at : match.start()], by]
        at = match.end()
        if not everywhere:
            break
    return "".join([*parts, text[at:]])


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


def arn(evaluate: Evaluate, scope: Scope, parts: tuple[int, int], depth: int) -> Possible:
    """`Arn.format({ service: "bedrock", resource: "foundation-model", resourceName })`: what is left out is the stack's."""

    def part(name: str) -> Possible:
        return evaluate(scope, *parts, (name,), depth + 1)

    found: list[Possible] = [known("arn:")]
    for name, own in (("partition", True), ("service", False), ("region", True), ("account", True)):
        absent = unknown(f"the {name} is that of the stack", f"${{{name}}}") if own else known("")
        found += [part(name) or absent, known(":")]
    found.append(part("resource") or known(""))
    named = part("resourceName")
    return combine([*found, known("/"), named] if named else found, concatenate)
