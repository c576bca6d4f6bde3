"""Regular expressions of a configuration, tried only where backtracking cannot run away with them."""

from __future__ import annotations

import re

LONGEST_PATTERN = 200
LONGEST_SUBJECT = 4000
# Characters tried, at worst, before a match is given up.
MOST_TRIES = 4_000_000

_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\]()|*+?{}]")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?")
_PRINTABLE = [chr(code) for code in range(32, 127)]


def compiled(pattern: str, subject: str) -> re.Pattern[str] | None:
    """The pattern ready to be tried on `subject`; None where it is malformed, or could take too long.

    Go's engine takes linear time whatever the pattern; ours does not, so patterns are weighed first.
    """
    if len(pattern) > LONGEST_PATTERN or len(subject) > LONGEST_SUBJECT:
        return None
    open_repeats = _open_repeats(pattern)
    if open_repeats is None or (len(subject) + 1) ** (open_repeats + 1) > MOST_TRIES:
        return None
    try:
        return re.compile(_pythonic(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def substituted(pattern: str, subject: str, replacement: str) -> str | None:
    """`subject` with every match replaced, `$1` and `$name` filled in; None where the pattern is not tried."""
    found = compiled(pattern, subject)
    if found is None:
        return None
    template = re.sub(r"\$\{?(\w+)\}?", lambda match: f"\\g<{match[1]}>", replacement.replace("\\", "\\\\"))
    try:
        return found.sub(template, subject)
    except (re.error, IndexError):
        return None


def _pythonic(pattern: str) -> str:
    return re.sub(r"\(\?<(?![=!])", "(?P<", pattern)


def _open_repeats(pattern: str) -> int | None:
    """How many unbounded repeats may give characters back to one another; None where a repeated group nests them.

    A repeat that ends where its successor begins (`[^/]+/`) never gives anything back and is not counted.
    """
    position, count = 0, 0
    groups: list[bool] = []
    while position < len(pattern):
        character = pattern[position]
        if character == "(":
            groups.append(False)
            position += 1
            continue
        if character == "|":
            groups = [True for _ in groups]
            position += 1
            continue
        if character == ")":
            repeating = groups.pop() if groups else False
            quantifier = _QUANTIFIER.match(pattern, position + 1)
            if quantifier is not None and quantifier[0][0] != "?" and repeating:
                return None
            if quantifier is not None:
                groups = [True for _ in groups]
                count += 0 if quantifier[0][0] == "?" else 1
            position = quantifier.end() if quantifier is not None else position + 1
            continue
        atom = _ATOM.match(pattern, position)
        if atom is None:
            position += 1
            continue
        quantifier = _QUANTIFIER.match(pattern, atom.end())
        position = quantifier.end() if quantifier is not None else atom.end()
        if quantifier is not None:
            groups = [True for _ in groups]
            count += 0 if _ends_by_itself(atom[0], pattern, position) else 1
    return count


def _ends_by_itself(atom: str, pattern: str, position: int) -> bool:
    """Whether a repeated atom cannot match what follows it in the pattern."""
    rest = pattern[position:].lstrip("()")
    if rest in ("", "$"):
        # To the end of the text: it takes everything it can, or fails at once.
        return atom != "." or rest == ""
    following = _ATOM.match(rest)
    if following is None or _QUANTIFIER.match(rest, following.end()):
        return False
    try:
        one, other = re.compile(atom, re.ASCII), re.compile(following[0], re.ASCII)
    except re.error:
        return False
    return not any(one.fullmatch(character) and other.fullmatch(character) for character in _PRINTABLE)
