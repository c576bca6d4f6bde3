"""Code frames: the lines of a place with its exact span underlined, however long, wide or hostile the line is."""

from __future__ import annotations

from routelint.deferred import dataclass
from routelint.model import Span
from routelint.output.escape import terminal_pieces
from routelint.output.layout import ELLIPSIS, Paint, Role, columns
from routelint.source import SourceText

TAB = 4
# Where no terminal says how wide it is: wide enough for code as people write it.
DEFAULT_WIDTH = 160
# A span of more lines is shown by its first and its last.
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Cut:
    """One line as shown: its text, and where the marked part stands in it, in columns."""

    text: str
    before: int
    marked: int


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line of a place as it is, around its marked part; `number` is None where lines are left out. Nothing is escaped."""

    number: int | None
    before: str = ""
    marked: str = ""
    after: str = ""


def gutter_width(span: Span) -> int:
    """The columns the line numbers of a frame take."""
    return len(str(span.end_line))


def frame(text: SourceText, span: Span, statement: Span, width: int | None, paint: Paint, role: Role) -> list[str]:
    """The frame of a span, line by line; empty where the text has no such line.

    The first line of the statement leads the frame, so that the block a value stands in has a name.
    """
    if not text.line(span.start_line) and not text.line(span.end_line):
        return []
    gutter = gutter_width(span)
    room = max(20, (width or DEFAULT_WIDTH) - gutter - 3)
    bar = paint("|", Role.GUTTER)
    blank = f"{' ' * gutter} {bar}"
    lines = [blank]
    if statement.start_line < span.start_line and text.line(statement.start_line).strip():
        heading = cut_line(text.line(statement.start_line), 0, 0, room).text
        lines.append(f"{paint(f'{statement.start_line:>{gutter}}', Role.GUTTER)} {bar} {heading}")
        if statement.start_line + 1 < span.start_line:
            lines.append(paint(ELLIPSIS[: gutter + 2], Role.GUTTER))
    for number in _numbers(span):
        if number is None:
            lines.append(paint(ELLIPSIS[: gutter + 2], Role.GUTTER))
            continue
        line = text.line(number)
        start, end = _part(line, number, span)
        shown = cut_line(line, start, end, room)
        lines.append(f"{paint(f'{number:>{gutter}}', Role.GUTTER)} {bar} {shown.text}".rstrip())
        marked = shown.marked or (1 if number == span.start_line else 0)
        if marked:
            lines.append(f"{blank} {' ' * shown.before}{paint('^' * marked, role)}")
    lines.append(blank)
    return lines


def marked_lines(text: SourceText, span: Span, most: int) -> list[MarkedLine]:
    """The lines of a span for a viewer that draws marks itself, each of at most about `most` characters around its mark."""
    if not text.line(span.start_line) and not text.line(span.end_line):
        return []
    return [MarkedLine(None) if number is None else _marked(text.line(number), number, span, most) for number in _numbers(span)]


def _marked(line: str, number: int, span: Span, most: int) -> MarkedLine:
    start, end = _part(line, number, span)
    low = 0 if len(line) <= most else max(0, start - most // 3)
    high = min(len(line), low + most)
    end = max(start, min(end, high))
    before = (ELLIPSIS if low else "") + line[low:start]
    after = line[end:high] + (ELLIPSIS if high < len(line) else "")
    return MarkedLine(number, before, line[start:end], after)


def source_line(text: SourceText, span: Span, width: int | None) -> str:
    """The line a span starts on without its indentation, cut around the span; empty where there is none."""
    line = text.line(span.start_line)
    indent = len(line) - len(line.lstrip())
    start, end = _part(line, span.start_line, span)
    return cut_line(line[indent:], max(0, start - indent), max(0, end - indent), width or DEFAULT_WIDTH).text.rstrip()


def cut_line(line: str, start: int, end: int, room: int) -> Cut:
    """At most `room` columns of a line around the code points `start` to `end`; where they are equal, around that point."""
    # A minified file is one line of megabytes: look only at what can be seen.
    low, high = max(0, start - room), min(len(line), min(end, start + room) + room)
    pieces = _pieces(line[low:high])
    widths = [columns(piece) for piece in pieces]
    first, last = start - low, min(end, high) - low
    if low == 0 and high == len(line) and sum(widths) <= room:
        left, right = 0, len(pieces)
    else:
        left, right = _window(widths, first, last, room - 2 * len(ELLIPSIS))
    head = ELLIPSIS if low + left > 0 else ""
    tail = ELLIPSIS if low + right < len(line) else ""
    marked = sum(widths[first : min(last, right)])
    return Cut(head + "".join(pieces[left:right]) + tail, len(head) + sum(widths[left:first]), marked)


def _window(widths: list[int], first: int, last: int, room: int) -> tuple[int, int]:
    """The part of a line to show: the marked part as far as it fits, then mostly what stands before it, which names it."""
    left = right = first
    while right < last and widths[right] <= room:
        room -= widths[right]
        right += 1
    kept = room // 3
    while left > 0 and widths[left - 1] <= room - kept:
        left -= 1
        room -= widths[left]
    while right < len(widths) and widths[right] <= room:
        room -= widths[right]
        right += 1
    while left > 0 and widths[left - 1] <= room:
        left -= 1
        room -= widths[left]
    return left, right


def _pieces(line: str) -> list[str]:
    """One shown piece per code point; a tab reaches to the next stop."""
    pieces = terminal_pieces(line)
    if "\t" not in line:
        return pieces
    column = 0
    for index, character in enumerate(line):
        if character == "\t":
            pieces[index] = " " * (TAB - column % TAB)
        column += columns(pieces[index])
    return pieces


def _numbers(span: Span) -> list[int | None]:
    """The lines of a span to show, None where some are left out; a span that ends at column 1 ends on the line above."""
    last = span.end_line - 1 if span.end_column == 1 and span.end_line > span.start_line else span.end_line
    if last - span.start_line < MOST_LINES:
        return list(range(span.start_line, last + 1))
    return [span.start_line, None, last]


def _part(line: str, number: int, span: Span) -> tuple[int, int]:
    """The code points of a line that a span covers, without the indentation of lines after its first."""
    start = min(span.start_column - 1, len(line)) if number == span.start_line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(line.rstrip())
    return start, max(start, min(end, len(line)))
