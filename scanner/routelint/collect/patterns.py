"""Gitignore-style path patterns as predicates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_FOLDERS = "**"
_RANGE = re.compile(r"(.)(?:-(.))?", re.DOTALL)


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
    """A pattern as a regular expression: `*` and `?` stay inside one folder, `**` in the place of a folder does not.

    What stands between two stars is matched once, where it comes first: if the rest does not fit after that, it fits after no
    later place either. So an expression takes no more than the square of a path's length, however many stars there are.
    """
    *before, last = _between(pattern.split("/"), _FOLDERS)
    out = []
    for number, folders in enumerate(before):
        inner = "".join(f"{_inside(folder)}/" for folder in folders)
        out.append(f"(?>(?:.*?/)??{inner})" if number else inner)
    out.append("(?:.*/)?" if before else "")
    if before and not last:
        out[-1] = ".*"
    return "".join(out) + "/".join(map(_inside, last))


def _inside(folder: str) -> str:
    """The part of a pattern that stands for the name of one folder or file."""
    *before, last = _between(_tokens(folder), "*")
    out = []
    for number, tokens in enumerate(before):
        inner = "".join(map(_plain, tokens))
        out.append(f"(?>[^/]*?{inner})" if number else inner)
    return "".join(out) + ("[^/]*" if before else "") + "".join(map(_plain, last))


def _between(parts: Sequence[str], star: str) -> list[list[str]]:
    """The runs of parts between stars, several stars side by side being one."""
    runs: list[list[str]] = [[]]
    previous = ""
    for part in parts:
        if part != star:
            runs[-1].append(part)
        elif previous != star:
            runs.append([])
        previous = part
    return runs


def _tokens(folder: str) -> list[str]:
    """The characters of a name, what stands in brackets being one."""
    tokens: list[str] = []
    position = 0
    while position < len(folder):
        end = folder.find("]", position + 2) + 1 if folder[position] == "[" else 0
        tokens.append(folder[position : end or position + 1])
        position = end or position + 1
    return tokens


def _plain(token: str) -> str:
    """One character of a name, or a set of them, as a regular expression."""
    if token == "?":
        return "[^/]"
    return _set(token[1:-1]) if token.startswith("[") and len(token) > 1 else re.escape(token)


def _set(inner: str) -> str:
    """The inside of brackets as a set of characters; one that is no set, such as `z-a`, fits itself."""
    negated = inner[0] in "!^"
    out: list[str] = []
    for low, high in _RANGE.findall(inner[negated:]):
        if high and low > high:
            return re.escape(f"[{inner}]")
        out.append(f"{re.escape(low)}-{re.escape(high)}" if high else re.escape(low))
    return f"[{'^/' if negated else ''}{''.join(out)}]" if out else re.escape(f"[{inner}]")
