"""Text within a limit: rows are taken in order while there is room, and what was cut is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from routelint.deferred import dataclass

# Room for one sentence that says what was cut.
_NOTICE = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written, and what it is counted as when it is cut: `error`, `route`."""

    text: str
    noun: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows between a head and a tail; a section without rows is its head and tail."""

    head: str
    rows: Sequence[Row] = ()
    tail: str = ""


def size(text: str) -> int:
    """The length as the strictest host counts it: a character beyond U+FFFF counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(sections: Sequence[Section], limit: int, notice: Callable[[Counter[str]], str]) -> str:
    """The sections one after the other in at most `limit` characters, where heads and tails leave that room.

    A section of which rows are cut ends with the notice, given how many of each noun were.
    """
    room = limit - sum(size(each.head) + size(each.tail) + (_NOTICE if each.rows else 0) for each in sections)
    return "".join(_written(sections, room, notice))


def _written(sections: Sequence[Section], room: int, notice: Callable[[Counter[str]], str]) -> Iterator[str]:
    for section in sections:
        yield section.head
        cut: Counter[str] = Counter()
        for row in section.rows:
            # Once one is cut all that follow are, so that the worst are those that are seen.
            if cut or size(row.text) > room:
                cut[row.noun] += 1
            else:
                room -= size(row.text)
                yield row.text
        yield section.tail
        if cut:
            yield notice(cut)
