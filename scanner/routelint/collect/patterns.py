"""Gitignore-style path patterns as predicates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a relative POSIX path matches one of `patterns`; a later `!pattern` takes back what an earlier one matched.

    As in `.gitignore`: without a slash a pattern fits at any depth, and what fits a folder fits everything below it.
    """
    compiled = [
        (pattern.startswith("!"), _literal(pattern.removeprefix("!")), _compile(pattern.removeprefix("!")))
        for pattern in patterns
        if pattern.strip("!/")
    ]

    def matches(path: str) -> bool:
        matched = False
        for negated, literal, expression in compiled:
            # The literal first: it is not in most paths, and looking for it costs a tenth of the expression.
            if literal in path and expression.match(path):
                matched = not negated
        return matched

    return matches


def _literal(pattern: str) -> str:
    """The longest text that every path must hold that the pattern fits; empty where there is none."""
    return max(re.split(r"[*?/]+", pattern.partition("[")[0]), key=len)


def _compile(pattern: str) -> re.Pattern[str]:
    anchored = "/" in pattern.rstrip("/")
    folder = pattern.endswith("/")
    body = _translate(pattern.strip("/"))
    return re.compile(("" if anchored else "(?:.*/)?") + body + ("/.*" if folder else "(?:/.*)?") + r"\Z", re.DOTALL)


def _translate(pattern: str) -> str:
    """A pattern as a regular expression: `*` and `?` stay inside one folder, `**` does not."""
    out: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**/", position):
            out.append("(?:.*/)?")
            position += 3
        elif pattern.startswith("**", position):
            out.append(".*")
            position += 2
        elif pattern[position] == "*":
            out.append("[^/]*")
            position += 1
        elif pattern[position] == "?":
            out.append("[^/]")
            position += 1
        elif pattern[position] == "[" and (end := pattern.find("]", position + 2)) > 0:
            out.append(_set(pattern[position + 1 : end]))
            position = end + 1
        else:
            out.append(re.escape(pattern[position]))
            position += 1
    return "".join(out)


def _set(inner: str) -> str:
    """The inside of brackets as a set of characters; one that is no set, such as `z-a`, fits itself."""
    negated = inner[0] in "!^"
    characters = re.sub(r"([\\\[\]^&|~])", r"\\\1", inner[1:] if negated else inner)
    expression = f"[{'^/' if negated else ''}{characters}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(f"[{inner}]")
    return expression
