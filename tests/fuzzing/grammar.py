"""Inputs made by a grammar: mostly valid, so that they come further than what mutation leaves of a file.

A grammar is a file of lines `name = text`; a name with several lines has as many alternatives. In a text `<name>` stands for
another, `<name*>` for none to three of them, `<name+>` for one to four, `\\n` for a line end, `\\i` and `\\d` for lines that
stand further in or out from there on, `\\<` for the sign itself. Lines that begin with `#` are comments. Below a depth the
shortest alternative is taken, so that an input ends.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent / "grammars"
DEEPEST = 14
MOST_PARTS = 1_500
BYTES_OF_PART = 15
_PART = re.compile(r"<([a-z0-9-]+)([*+]?)>")
# Shift in and out stand for themselves nowhere else.
_IN, _OUT = "\x0e", "\x0f"
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\<": "<", "\\\\": "\\", "\\i": _IN, "\\d": _OUT}
_ESCAPE = re.compile(r"\\[nt<\\id]")

# A text between two names, or a name with how often it stands.
Part = str | tuple[str, str]


class Grammar:
    """Names and their alternatives, the shortest first."""

    def __init__(self, text: str) -> None:
        self._rules: dict[str, list[tuple[Part, ...]]] = {}
        for line in text.splitlines():
            name, equals, body = line.partition(" = ")
            if equals and not name.startswith("#"):
                self._rules.setdefault(name.strip(), []).append(_parts(body))
        for name, alternatives in self._rules.items():
            alternatives.sort(key=lambda parts: sum(not isinstance(part, str) and part[1] != "*" for part in parts))
            for part in (part for parts in alternatives for part in parts if not isinstance(part, str)):
                if part[0] not in self._rules:
                    raise ValueError(f"'{name}' names '<{part[0]}>', which no line of the grammar says")

    def make(self, random: Random, most_bytes: int = MOST_PARTS * BYTES_OF_PART) -> bytes:
        """An input that comes to its end once it is about that long."""
        most_parts = min(MOST_PARTS, most_bytes // BYTES_OF_PART)
        out: list[str] = []
        pending: list[tuple[Part, int]] = [(("start", ""), 0)]
        while pending:
            part, depth = pending.pop()
            if isinstance(part, str):
                out.append(part)
                continue
            name, times = part
            alternatives = self._rules[name]
            ends = depth > DEEPEST or len(out) > most_parts
            count = 1 if not times else (times == "+") + (0 if ends else random.randint(0, 3))
            for _ in range(count):
                chosen = alternatives[0] if ends else random.choice(alternatives)
                pending.extend((each, depth + 1) for each in reversed(chosen))
        return _indented("".join(out)).encode("utf-8", "surrogatepass")

    def words(self) -> tuple[bytes, ...]:
        """Every piece of text in it: the words of the language."""
        texts = {
            part for alternatives in self._rules.values() for parts in alternatives for part in parts if isinstance(part, str)
        }
        texts = {text.replace(_IN, "").replace(_OUT, "") for text in texts}
        return tuple(sorted(text.encode("utf-8", "surrogatepass") for text in texts if text.strip()))


def _parts(body: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    position = 0
    for match in _PART.finditer(body):
        if match.start() and body[match.start() - 1] == "\\":
            continue
        parts.append(_plain(body[position : match.start()]))
        parts.append((match[1], match[2]))
        position = match.end()
    parts.append(_plain(body[position:]))
    return tuple(part for part in parts if part)


def _indented(text: str) -> str:
    """The text with every line as far in as its marks say."""
    if _IN not in text:
        return text
    depth = 0
    out = []
    for piece in re.split(f"([{_IN}{_OUT}])", text):
        if piece in (_IN, _OUT):
            depth = max(0, depth + (1 if piece == _IN else -1))
        else:
            out.append(piece.replace("\n", "\n" + "  " * depth))
    return "".join(out)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)


@lru_cache(maxsize=64)
def load(name: str) -> Grammar:
    """The grammar of the file of that name, with the words that all of them share."""
    shared = (FOLDER / "shared.txt").read_text("utf-8")
    return Grammar(shared + (FOLDER / f"{name}.txt").read_text("utf-8"))
