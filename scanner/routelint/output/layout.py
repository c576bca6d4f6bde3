"""How text sits on a terminal: colours, the columns it takes, wrapping and cutting."""

from __future__ import annotations

from collections.abc import Container, Sequence
from enum import Enum

from routelint.deferred import dataclass

ELLIPSIS = "..."


class Role(Enum):
    """What a piece of text is, and the ANSI attributes it is drawn with."""

    ERROR = "1;31"
    WARNING = "1;33"
    NOTE = "1;36"
    HELP = "1;32"
    GUTTER = "34"
    STRONG = "1"
    FAINT = "2"
    CODE = "36"


@dataclass(frozen=True, slots=True)
class Paint:
    """Draws text in colour where `colour` is on, and leaves it alone elsewhere."""

    colour: bool = False

    def __call__(self, text: str, role: Role) -> str:
        """The text in the colour of its role."""
        return f"\x1b[{role.value}m{text}\x1b[0m" if self.colour and text else text


def columns(text: str) -> int:
    """How many columns `text` takes: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    import unicodedata  # most output is ASCII

    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def wrap(text: str, width: int | None, first: int = 0, rest: int = 0) -> list[str]:
    """The text in lines of at most `width` columns, broken at blanks only, so that a name can be copied whole.

    `first` columns are already taken on the first line, which stays empty where its first word does not fit, and `rest` will
    be on the others; None does not wrap.
    """
    if width is None or first + columns(text) <= width:
        return [text]
    lines: list[str] = []
    line, taken = "", first
    for word in text.split(" "):
        size = columns(word)
        full = taken + 1 + size > width if line else not lines and taken + size > width >= rest + size
        if full:
            lines.append(line)
            line, taken = word, rest + size
        else:
            taken += size + (1 if line else 0)
            line = f"{line} {word}" if line else word
    return [*lines, line]


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with blanks to `width` columns; `right` puts it at the right edge."""
    blanks = " " * max(0, width - columns(text))
    return blanks + text if right else text + blanks


def grid(rows: Sequence[Sequence[str]], right: Container[int] = (), gap: str = "  ") -> list[str]:
    """Rows of cells as lines with aligned columns; those whose number is in `right` are aligned at the right."""
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    return [
        gap.join(
            pad(cell, width, right=number in right) for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def cut(text: str, width: int) -> str:
    """The text, or its beginning and an ellipsis where it takes more than `width` columns."""
    if columns(text) <= width:
        return text
    taken, kept = 0, []
    for character in text:
        taken += _columns(character)
        if taken > max(0, width - len(ELLIPSIS)):
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS[: max(0, width)]


def listed(words: Sequence[str], last: str = "and") -> str:
    """The words as one phrase: `a`, `a and b`, `a, b and c`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def counted(number: int, noun: str) -> str:
    """A number and its noun: `1 route`, `1,204 routes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
