"""The branches of a script that is followed: where `if` and `case` stand open, and what tells their branches apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from routelint.parse.terraform.deployments.words import Command, Word
from routelint.parse.terraform.varfiles import is_environment

_KEYWORDS = frozenset({"then", "do", "while", "until", "!", "{", "}", "time", "sudo", "exec", "command"})
_ALONE = frozenset({"for", "done", "function", "select"})
# `then if ! time ...`: nobody writes more before a command.
MOST_KEYWORDS = 8


class Branches:
    """The branches that are open, outermost first: the environment that a pattern or test names, else `#` and a number."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._numbers = 0
        # How many branches were open where each `case` began.
        self._cases: list[int] = []
        # The words of a pattern that is being read, from `in` or `;;` to the bracket.
        self._pattern: list[str] | None = None

    @property
    def way(self) -> str:
        """The branch where the script stands, the innermost that names an environment; empty outside of branches."""
        named = next((name for name in reversed(self._open) if not name.startswith("#")), "")
        return named or (self._open[-1] if self._open else "")

    def steer(self, command: Command) -> tuple[list[Word], bool]:
        """The words of a command without what only steers, and whether a bracket that ends it is that of a subshell."""
        words = list(command.words)
        if self._pattern is not None:
            if not any(word.literal == "esac" for word in words):
                self._read_pattern(words, command.end)
                return [], False
            self._pattern = None
        for _ in range(MOST_KEYWORDS):
            rest = self._step(words) if words else None
            if rest is None:
                break
            words = rest
        if self._pattern is not None:
            self._read_pattern(words, command.end)
            return [], False
        if command.end.startswith(";;") and self._cases:
            self._pattern = []
        return words, True

    def _step(self, words: Sequence[Word]) -> list[Word] | None:
        """The words behind the one that steers; None where the first one does not."""
        match words[0].literal:
            case "case":
                self._cases.append(len(self._open))
                self._open.append(self._label(()))
                self._pattern = []
                at = next((number for number, each in enumerate(words) if each.literal == "in"), len(words))
                return list(words[at + 1 :])
            case "esac":
                del self._open[self._cases.pop() if self._cases else len(self._open) :]
                return []
            case "if":
                self._open.append(self._label(_compared(words)))
            case "elif" | "else":
                self._open[-1:] = [self._label(_compared(words))]
            case "fi":
                del self._open[-1:]
                return []
            case word if word in _ALONE:
                return []
            case word if word not in _KEYWORDS:
                return None
        return list(words[1:])

    def _read_pattern(self, words: Sequence[Word], end: str) -> None:
        assert self._pattern is not None
        self._pattern.extend(word.literal or "" for word in words)
        if end == ")" and self._cases and self._cases[-1] < len(self._open):
            self._open[self._cases[-1]] = self._label(self._pattern)
            self._pattern = None

    def _label(self, texts: Iterable[str]) -> str:
        self._numbers += 1
        names = sorted(dict.fromkeys(text for text in texts if is_environment(text)), key=len)
        # `prod | production` is one environment, `dev | prod` is none.
        is_one = bool(names) and all(name.startswith(names[0]) for name in names)
        return names[0] if is_one else f"#{self._numbers}"


def _compared(words: Sequence[Word]) -> Iterator[str]:
    """The texts that a condition holds something against."""
    for before, word in itertools.pairwise(words):
        if before.literal in ("=", "==") and word.literal:
            yield word.literal
