"""Regular expressions of a configuration: Terraform's syntax is RE2's, and RE2 reads them."""

from __future__ import annotations

import re

from routelint.deferred import lazy_regex
from routelint.possible import LONGEST_TEXT
from routelint.regex import Match, Regex, RegexError, compile_regex

LONGEST_SUBJECT = 100_000
MOST_MATCHES = 10_000

_GROUP = lazy_regex(r"\$(?:\{(\w+)\}|(\w+))")


def compiled(pattern: str, subject: str) -> Regex | None:
    """The pattern ready to be tried on `subject`; None where it is malformed or either is too long."""
    if len(subject) > LONGEST_SUBJECT:
        return None
    try:
        return compile_regex(pattern)
    except RegexError:
        return None


def matches(pattern: Regex, subject: str) -> list[Match]:
    """Every match in order; none where the subject cannot be encoded or has more than anybody wrote on purpose."""
    found: list[Match] = []
    try:
        for match in pattern.finditer(subject):
            found.append(match)
            if len(found) > MOST_MATCHES:
                return []
    except UnicodeError:
        return []
    return found


def substituted(pattern: str, subject: str, replacement: str) -> str | None:
    """`subject` with every match replaced, `$1` and `${name}` filled in.

    None where the pattern is not tried, or the text grows beyond all use.
    """
    expression = compiled(pattern, subject)
    if expression is None:
        return None
    pieces: list[str] = []
    position = size = 0
    for match in matches(expression, subject):
        pieces.append(subject[position : match.start()])
        pieces.append(_expanded(replacement, expression, match))
        position = match.end()
        size += len(pieces[-1])
        if size > LONGEST_TEXT:
            return None
    return "".join((*pieces, subject[position:]))


def _expanded(replacement: str, expression: Regex, match: Match) -> str:
    """A replacement with the text of the groups it names."""

    def group(name: re.Match[str]) -> str:
        return _group(expression, match, name[1] or name[2])

    return _GROUP.sub(group, replacement)


def _group(expression: Regex, match: Match, name: str) -> str:
    """The text of a group by number or name; empty where there is none, as in Go."""
    number = int(name) if name.isdecimal() else expression.groupindex.get(name, -1)
    return (match.group(number) or "") if 0 <= number <= expression.groups else ""
