"""Regular expressions of a policy or of scanned code, matched by RE2: in time proportional to the text, whatever they are.

Either may come from an untrusted pull request, and Python's `re` takes exponential time on some expressions. RE2's syntax is
also the one that Terraform's functions take. It has neither look-around nor back-references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol, cast

from routelint.deferred import lazy_regex

LONGEST_EXPRESSION = 2_000
MOST_MEMORY_BYTES = 8 * 1024 * 1024


# Expressions such as `^FIN-[0-9]+$`, which Python reads as RE2 does and matches in linear time: anchored at both ends, no
# choice, at most one repetition that is not counted. A range such as `z-a` is left to RE2, which says what is wrong with it.
_CHARACTER = r"[A-Za-z0-9 _/:#@,=~-]"
_CLASS = r"\[(?:a-z|A-Z|0-9|[A-Za-z0-9_])+\]"
_PLAIN = lazy_regex(rf"(\^(?:{_CHARACTER}|{_CLASS}(?:\{{[1-9][0-9]?\}})?)*(?:{_CLASS}[+*])?(?:{_CHARACTER}|{_CLASS})*)\$")


class RegexError(ValueError):
    """An expression that RE2 does not read; the message says what was expected."""


class Match(Protocol):
    """Where an expression matched."""

    def group(self, group: int | str = 0) -> str | None:
        """The text of a group; None where it took no part."""

    def groups(self) -> tuple[str | None, ...]:
        """The text of every group."""

    def start(self) -> int:
        """Where the match begins."""

    def end(self) -> int:
        """Where the match ends."""


class Regex(Protocol):
    """An expression ready to search."""

    @property
    def groups(self) -> int:
        """How many groups it has."""

    @property
    def groupindex(self) -> dict[str, int]:
        """The number of each named group."""

    def search(self, text: str) -> Match | None:
        """The first match anywhere in a text."""

    def finditer(self, text: str) -> Iterator[Match]:
        """Every match in order."""


@lru_cache(maxsize=256)
def compile_regex(expression: str) -> Regex:
    """The expression, ready to search.

    Raises:
        RegexError: RE2 does not read it, or it is too long or too large.
    """
    if len(expression) > LONGEST_EXPRESSION:
        raise RegexError(f"an expression of at most {LONGEST_EXPRESSION} characters")
    plain = _PLAIN.fullmatch(expression)
    if plain is not None:
        return cast(Regex, re.compile(rf"{plain[1]}\Z"))
    import re2  # 2 ms, and only a policy or a configuration with another expression pays for it

    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY_BYTES
    try:
        compiled: Regex = re2.compile(expression, options)
    except (re2.error, UnicodeError) as error:
        reason = error.args[0] if error.args else error
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise RegexError(f"an expression that RE2 reads ({text})") from error
    return compiled


def search(expression: str, text: str) -> bool:
    """Whether an expression of a policy, known to be readable, matches anywhere in a text."""
    try:
        return compile_regex(expression).search(text) is not None
    except UnicodeError:
        return False
