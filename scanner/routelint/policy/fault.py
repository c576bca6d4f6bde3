"""What is wrong with a policy, said once per fault with its place, and the words closest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from routelint.deferred import dataclass

# Longer words are compared by their beginning: a hostile key must not cost a quadratic comparison.
_LONGEST_COMPARED = 64
_MOST_LISTED = 12
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing a policy gets wrong: where, the fact, what was expected, and the nearest word (`key 'tiers'`)."""

    path: str
    line: int
    column: int
    fact: str
    expected: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        """The fault on one line: `path:line:col: fact; expected ...; nearest key 'x'`."""
        return f"{_printable(self.path)}:{self.line}:{self.column}: {self.said}"

    @property
    def said(self) -> str:
        """The fault without its place: `fact; expected ...; nearest key 'x'`."""
        parts = [self.fact]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.nearest:
            parts.append(f"nearest {self.nearest}")
        return "; ".join(parts)


class PolicyError(Exception):
    """A policy that cannot be used; holds every fault, sorted by place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(self.diagnostics())

    def diagnostics(self) -> str:
        """Every fault, one a line; of very many only the first ones."""
        lines = [str(fault) for fault in self.faults[:MOST_SHOWN]]
        if len(self.faults) > MOST_SHOWN:
            lines.append(f"and {len(self.faults) - MOST_SHOWN} more faults")
        return "\n".join(lines)


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    import difflib  # only a faulty policy pays for it

    by_folded = {each[:_LONGEST_COMPARED].casefold(): each for each in reversed(known)}
    close = difflib.get_close_matches(word[:_LONGEST_COMPARED].casefold(), by_folded, 1, 0.6)
    return by_folded[close[0]] if close else None


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word a misspelt one most likely means; None where none is close."""
    return _nearest(word, tuple(sorted(known)))


def listing(words: Iterable[str], *, whole: bool = False) -> str:
    """Words as a person would list them, cut where they are many unless `whole`: `economy, standard, premium`."""
    words = list(words)
    if len(words) > _MOST_LISTED and not whole:
        return f"{', '.join(words[:_MOST_LISTED])} and {len(words) - _MOST_LISTED} more"
    return ", ".join(words)


def shown(text: str) -> str:
    """A text in quotes, on one line, cut where it is long, safe to print on a terminal."""
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"'{_printable(text)}'"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
