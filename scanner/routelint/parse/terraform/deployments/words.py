"""Splits shell text into commands and words that know where they stand; nothing is expanded here, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routelint.deferred import dataclass, lazy_regex

LONGEST = 400_000
MOST_NESTED = 24


@dataclass(frozen=True, slots=True)
class Ref:
    """What stands for a text that is not written here.

    `kind` is `variable` (`$NAME`, `${NAME:-default}`, in a Makefile `$(NAME)`), `expansion` (`${NAME%.*}`), `expression`
    (`${{ ... }}`) or `command` (`$(...)`); `text` is what stands inside.
    """

    kind: str
    text: str
    default: str | None = None


Piece = str | Ref


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command between two offsets, quotes removed. `operator` is true for a redirection sign."""

    pieces: tuple[Piece, ...]
    start: int
    end: int
    operator: bool = False

    @property
    def literal(self) -> str | None:
        """The text of a word in which nothing stands for another; None for others."""
        pieces = self.pieces
        if len(pieces) == 1:
            only = pieces[0]
            return only if isinstance(only, str) else None
        return "".join(map(str, pieces)) if all(isinstance(piece, str) for piece in pieces) else None


@dataclass(frozen=True, slots=True)
class Command:
    r"""The words up to what ends them: `\n`, `;`, `;;`, `&&`, `||`, `|`, `&`, `(`, `)`, or nothing at the end of the text."""

    words: tuple[Word, ...]
    end: str


# What a blank, a comment, a redirection or the end of a command may start with.
_SIGNS = frozenset(" \t\r\n\\#<>;&|()0123456789")
_BLANK = lazy_regex(r"(?:[ \t\r]|\\\r?\n)+")
_ENDS = lazy_regex(r";;&?|&&|\|\||\|&|&>>?|[;&|()\n]")
_REDIRECTION = lazy_regex(r"\d?(?:>>|>\||>&|<&|<>|>|<)(?!\()")
_HEREDOC = lazy_regex(r"<<-?[ \t]*(?:\"([^\"\n]+)\"|'([^'\n]+)'|\\?([\w.]+))")
_PLAIN = lazy_regex(r"[^\s\\\"'`$;&|()<>#]+|#")
_IN_QUOTES = lazy_regex(r"[^\\\"$`]+")
_NAME = lazy_regex(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_BRACED = lazy_regex(r"([A-Za-z_]\w*|[0-9@*#?])(?:(:?[-=?])([^{}]*))?\}")
_BRACKET = lazy_regex(r"[(){}]")
# Bounded: where none is closed, each would look through the rest of the text.
_EXPRESSION = lazy_regex(r"\$\{\{(.{0,1000}?)\}\}", re.DOTALL)


def commands(text: str, start: int, end: int, *, make: bool = False) -> Iterator[Command]:
    """The commands between two offsets. In a Makefile's recipe (`make`) a single dollar is make's."""
    return _Lexer(text, start, min(end, start + LONGEST), make).commands()


def pieces_of(text: str, *, shell: bool = False, make: bool = False) -> tuple[Piece, ...]:
    """A text of a pipeline file: what stands in `${{ }}` is filled in; with `shell` or `make` what stands behind a dollar."""
    if shell or make:
        return _Lexer(text, 0, len(text), make).quoted(closed=False)
    pieces: list[Piece] = []
    position = 0
    for match in _EXPRESSION.finditer(text):
        pieces.extend((text[position : match.start()], Ref("expression", match[1].strip())))
        position = match.end()
    return _merged((*pieces, text[position:]))


def _merged(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        elif piece != "" or not merged:
            merged.append(piece)
    return tuple(merged)


class _Lexer:
    def __init__(self, text: str, start: int, end: int, make: bool) -> None:
        self._text = text
        self._at = start
        self._end = end
        self._make = make

    def commands(self) -> Iterator[Command]:
        words: list[Word] = []
        awaited: list[str] = []
        while self._at < self._end:
            # Most words start with a letter: what no letter starts is not looked for.
            character = self._text[self._at]
            if character not in _SIGNS:
                words.append(self._word())
            elif (blank := _BLANK.match(self._text, self._at, self._end)) is not None:
                self._at = blank.end()
            elif character == "#":
                newline = self._text.find("\n", self._at, self._end)
                self._at = self._end if newline < 0 else newline
            elif (heredoc := _HEREDOC.match(self._text, self._at, self._end)) is not None:
                awaited.append(next(name for name in heredoc.groups() if name is not None))
                self._at = heredoc.end()
            elif (redirection := _REDIRECTION.match(self._text, self._at, self._end)) is not None:
                words.append(Word((redirection[0].lstrip("0123456789"),), self._at, redirection.end(), operator=True))
                self._at = redirection.end()
            elif (ending := _ENDS.match(self._text, self._at, self._end)) is not None:
                self._at = ending.end()
                if ending[0] == "\n" and awaited:
                    self._skip(awaited)
                yield Command(tuple(words), ending[0])
                words = []
            else:
                words.append(self._word())
        if words:
            yield Command(tuple(words), "")

    def _skip(self, awaited: list[str]) -> None:
        """Steps over the texts of heredocs."""
        while awaited and self._at < self._end:
            newline = self._text.find("\n", self._at, self._end)
            stop = self._end if newline < 0 else newline
            if self._text[self._at : stop].strip() == awaited[0]:
                awaited.pop(0)
            self._at = min(self._end, stop + 1)
        awaited.clear()

    def _word(self) -> Word:
        start = self._at
        pieces: list[Piece] = []
        while self._at < self._end:
            character = self._text[self._at]
            if character.isspace() or character in ";&|()<>":
                break
            if character == "\\":
                pieces.append(self._text[self._at + 1 : self._at + 2])
                self._at += 2
                if pieces[-1] == "\n":
                    pieces.pop()
                    break
            elif character == "'":
                close = self._text.find("'", self._at + 1, self._end)
                close = self._end if close < 0 else close
                pieces.append(self._text[self._at + 1 : close])
                self._at = close + 1
            elif character == '"':
                self._at += 1
                pieces.extend(self.quoted())
                self._at += 1
            elif character in "$`":
                pieces.append(self._reference())
            else:
                plain = _PLAIN.match(self._text, self._at, self._end)
                assert plain is not None
                pieces.append(plain[0])
                self._at = plain.end()
        # A sign that means nothing here (`<(`) is a word of its own: the position must move.
        self._at = max(self._at, start + 1)
        return Word(_merged(tuple(pieces)), start, min(self._at, self._end))

    def quoted(self, *, closed: bool = True) -> tuple[Piece, ...]:
        """The pieces up to the closing double quote, which stays to be read; without one the whole text."""
        pieces: list[Piece] = [""]
        while self._at < self._end and not (closed and self._text[self._at] == '"'):
            character = self._text[self._at]
            if character == "\\":
                following = self._text[self._at + 1 : self._at + 2]
                pieces.append("" if following == "\n" else following if following in '"\\$`' else "\\" + following)
                self._at += 2
            elif character in "$`":
                pieces.append(self._reference())
            else:
                plain = _IN_QUOTES.match(self._text, self._at, self._end)
                pieces.append(plain[0] if plain is not None else character)
                self._at = plain.end() if plain is not None else self._at + 1
        return _merged(tuple(pieces))

    def _reference(self) -> Piece:
        """What a dollar or a backtick at the position stands for."""
        text, start = self._text, self._at
        if text[start] == "`":
            close = text.find("`", start + 1, self._end)
            self._at = self._end if close < 0 else close + 1
            return Ref("command", text[start + 1 : self._at - 1])
        if (expression := _EXPRESSION.match(text, start, self._end)) is not None:
            self._at = expression.end()
            return Ref("expression", expression[1].strip())
        if self._make and text.startswith("$$", start):
            start += 1
        elif self._make and text[start + 1 : start + 2] in ("(", "{"):
            inner = self._closed(start + 1)
            kind = "variable" if re.fullmatch(r"[\w.-]+", inner) else "command"
            return Ref(kind, inner)
        following = text[start + 1 : start + 2]
        if following == "(":
            return Ref("command", self._closed(start + 1))
        if following == "{":
            braced = _BRACED.match(text, start + 2, self._end)
            if braced is None:
                return Ref("expansion", self._closed(start + 1))
            self._at = braced.end()
            default = braced[3].strip("\"'") if braced[2] in (":-", "-", ":=", "=") else None
            return Ref("variable", braced[1], default)
        if following == "'":
            self._at = start + 1
            return ""
        name = _NAME.match(text, start + 1, self._end)
        if name is None:
            self._at = start + 1
            return "$"
        self._at = name.end()
        return Ref("variable", name[0])

    def _closed(self, opened: int) -> str:
        """What stands in the brackets that open at an offset; the position moves behind them."""
        opener = self._text[opened]
        closer = {"(": ")", "{": "}"}[opener]
        depth = 0
        for match in _BRACKET.finditer(self._text, opened, self._end):
            if match[0] == opener:
                depth += 1
            elif match[0] == closer:
                depth -= 1
                if depth == 0:
                    self._at = match.end()
                    return self._text[opened + 1 : match.start()]
        self._at = self._end
        return self._text[opened + 1 : self._end]
