"""How languages write comments and strings, as data, and the tokens of a text read by such an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache

from routelint.deferred import dataclass, lazy_regex

# A template inside a template inside a template: deeper ones are taken as text.
MOST_NESTED_TEMPLATES = 8


@dataclass(frozen=True, slots=True)
class Quote:
    """A kind of string: how it starts and ends, what escapes, whether it may run over lines, and how it holds code.

    `escape` is empty where a backslash is an ordinary character. `code` is what opens an expression inside: `${`, `#{`, `{`.
    """

    open: str
    close: str
    escape: str = "\\"
    multiline: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a language's comments and strings look like.

    `spaced` is true where a line comment needs a blank before it (YAML, shell). `regex` is true where `/` may open a
    regular expression. `newline_ends` is true where a statement ends with its line.
    """

    name: str
    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: tuple[Quote, ...] = ()
    spaced: bool = False
    regex: bool = False


_DOUBLE, _SINGLE = Quote('"', '"'), Quote("'", "'")
_C_COMMENTS = (("/*", "*/"),)
_TRIPLE = (Quote('"""', '"""', multiline=True), Quote("'''", "'''", multiline=True))

_ROWS = (
    Lexicon("javascript", ("//",), _C_COMMENTS, (Quote("`", "`", multiline=True, code="${"), _DOUBLE, _SINGLE), regex=True),
    Lexicon("java", ("//",), _C_COMMENTS, (_TRIPLE[0], _DOUBLE, _SINGLE)),
    Lexicon("kotlin", ("//",), _C_COMMENTS, (Quote('"""', '"""', "", True, "${"), Quote('"', '"', code="${"), _SINGLE)),
    Lexicon("go", ("//",), _C_COMMENTS, (Quote("`", "`", "", True), _DOUBLE, _SINGLE)),
    Lexicon(
        "csharp",
        ("//",),
        _C_COMMENTS,
        (Quote('"""', '"""', "", True), Quote('$"', '"', code="{"), Quote('@"', '"', "", True), _DOUBLE, _SINGLE),
    ),
    # A single quote opens a lifetime as often as a character.
    Lexicon("rust", ("//",), _C_COMMENTS, (Quote('r#"', '"#', "", True), Quote('"', '"', multiline=True))),
    Lexicon("ruby", ("#",), (("\n=begin", "\n=end"),), (Quote('"', '"', code="#{"), _SINGLE), spaced=True),
    Lexicon("php", ("//", "#"), _C_COMMENTS, (Quote('"', '"', multiline=True, code="{$"), Quote("'", "'", multiline=True))),
    Lexicon("swift", ("//",), _C_COMMENTS, (_TRIPLE[0], Quote('"', '"', code="\\("))),
    Lexicon("sql", ("--",), _C_COMMENTS, (Quote("'", "'", "", True), Quote('"', '"', "", True))),
    Lexicon("baml", ("//",), (), (_TRIPLE[0], _DOUBLE)),
    Lexicon("python", ("#",), (), (*_TRIPLE, _DOUBLE, _SINGLE)),
    Lexicon("hcl", ("#", "//"), _C_COMMENTS, (Quote('"', '"', code="${"),)),
    Lexicon("yaml", ("#",), (), (Quote('"', '"', multiline=True), Quote("'", "'", "", True)), spaced=True),
    Lexicon("toml", ("#",), (), (*_TRIPLE, _DOUBLE, Quote("'", "'", ""))),
    Lexicon("shell", ("#",), (), (Quote('"', '"', multiline=True), Quote("'", "'", "", True)), spaced=True),
    Lexicon("properties", ("#", "!"), (), ()),
    Lexicon("ini", ("#", ";"), (), (), spaced=True),
    Lexicon("markup", (), (("<!--", "-->"), *_C_COMMENTS), ()),
    Lexicon("json", ("//",), _C_COMMENTS, (_DOUBLE,)),
)
LEXICONS = {row.name: row for row in _ROWS}

_BY_SUFFIX = {
    "javascript": ".ts .tsx .js .jsx .mjs .cjs .mts .cts .vue .svelte",
    "java": ".java .scala .groovy",
    "kotlin": ".kt .kts",
    "go": ".go",
    "csharp": ".cs .fs",
    "rust": ".rs",
    "ruby": ".rb",
    "php": ".php",
    "swift": ".swift",
    "sql": ".sql",
    "baml": ".baml",
    "python": ".py .pyi .ipynb",
    "hcl": ".tf .tofu .hcl .tfvars",
    "yaml": ".yaml .yml .template",
    "toml": ".toml",
    "shell": ".sh .bash .zsh .ps1 .env .envrc",
    "properties": ".properties",
    "ini": ".ini .cfg .conf .config",
    "markup": ".html .xml .md",
    "json": ".json .jsonc .json5",
}
_LANGUAGE_OF_SUFFIX = {suffix: name for name, suffixes in _BY_SUFFIX.items() for suffix in suffixes.split()}


def of_path(path: str) -> Lexicon:
    """The entry for a file name; files without a known suffix are read like shell (Dockerfile, Makefile, `.env.example`)."""
    name = path.rsplit("/", 1)[-1].lower()
    dot = name.rfind(".")
    return LEXICONS[_LANGUAGE_OF_SUFFIX.get(name[dot:] if dot >= 0 else "", "shell")]


class TokenKind(Enum):
    """What a token is."""

    COMMENT = "comment"
    STRING = "string"
    NAME = "name"
    NUMBER = "number"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text between two code-point offsets. For a string `text` is its content, `start` and `end` hold the quotes.

    `code` are the stretches of a string (offsets into the file) that are expressions, without their delimiters.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    code: tuple[tuple[int, int], ...] = ()


# Operators that matter to us come first; every other mark is a token of one character.
_MARKS = ("===", "!==", "...", "??=", "||=", "??", "||", "&&", "=>", "->", "==", "!=", ":=", "?.", "?:", "::", "<=", ">=")
_ESCAPED = lazy_regex(r"\\(.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
# Bounded: in a long line without an end each slash would look through the rest of it.
_REGEX = lazy_regex(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}\]){1,500}/[a-z]*")
_BEFORE_REGEX = frozenset(("return", "typeof", "case", "in", "of", "=>", "&&", "||", "??", *"(,=:[!&|?{};"))


def tokens(text: str, lexicon: Lexicon, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Every token of `text` between two offsets, comments included. What is left open runs to the end."""
    return _tokens(text, lexicon, start, len(text) if end is None else end, 0)


def comments(text: str, lexicon: Lexicon) -> Iterator[Token]:
    """The comments of a text."""
    return (token for token in tokens(text, lexicon) if token.kind is TokenKind.COMMENT)


def _tokens(text: str, lexicon: Lexicon, start: int, end: int, depth: int) -> Iterator[Token]:
    scanner = _scanner(lexicon.name)
    position, previous = start, ""
    while position < end:
        match = scanner.match(text, position, end)
        if match is None:
            position += 1
            continue
        group = match.lastgroup
        position = match.end()
        if group == "blank":
            continue
        if group == "comment":
            yield Token(TokenKind.COMMENT, match[0], match.start(), position)
            continue
        if group == "quote":
            token = _string(text, lexicon, _quotes(lexicon.name)[match[0]], match.start(), end, depth)
        elif group == "mark" and match[0] == "/" and lexicon.regex and previous in _BEFORE_REGEX:
            regex = _REGEX.match(text, match.start(), end)
            token = Token(TokenKind.MARK, "/", match.start(), regex.end() if regex else position)
        else:
            kind = {"name": TokenKind.NAME, "number": TokenKind.NUMBER}.get(group or "", TokenKind.MARK)
            token = Token(kind, match[0], match.start(), position)
        yield token
        position = token.end
        previous = token.text if token.kind in (TokenKind.NAME, TokenKind.MARK) else "."


@cache
def _quotes(name: str) -> dict[str, Quote]:
    return {quote.open: quote for quote in LEXICONS[name].quotes}


@cache
def _scanner(name: str) -> re.Pattern[str]:
    """One expression for the next token. A comment left open runs to the end, so that no text is looked at twice."""
    lexicon = LEXICONS[name]
    comments = [rf"{re.escape(opener)}(?:.*?{re.escape(closer)}|.*)" for opener, closer in lexicon.block_comments]
    before = r"(?<![^\s(\[{;])" if lexicon.spaced else ""
    comments += [rf"{before}{re.escape(mark)}[^\n]*" for mark in lexicon.line_comments]
    quotes = sorted((re.escape(quote.open) for quote in lexicon.quotes), key=len, reverse=True)
    parts = [r"(?P<blank>[ \t\r\n\f\v]+)"] if not any(opener.startswith("\n") for opener, _ in lexicon.block_comments) else []
    if comments:
        parts.append(f"(?P<comment>{'|'.join(comments)})")
    if not parts or "blank" not in parts[0]:
        parts.append(r"(?P<blank>[ \t\r\n\f\v])")
    if quotes:
        parts.append(f"(?P<quote>{'|'.join(quotes)})")
    parts += [
        r"(?P<name>[^\W\d][\w$]*|[$@]\w+)",
        r"(?P<number>\d[\w.]*)",
        f"(?P<mark>{'|'.join(map(re.escape, _MARKS))}|[^\\s\\w])",
    ]
    return re.compile("|".join(parts), re.DOTALL)


def _string(text: str, lexicon: Lexicon, quote: Quote, start: int, end: int, depth: int) -> Token:
    """The string that opens at `start`; one that is left open ends with its line, or with the text where it may."""
    pieces = _pieces(lexicon.name, quote.open)
    position = start + len(quote.open)
    inside = position
    code: list[tuple[int, int]] = []
    while position < end:
        match = pieces.search(text, position, end)
        if match is None:
            return Token(TokenKind.STRING, _content(text[inside:end], quote), start, end, tuple(code))
        position = match.end()
        if match[0] == quote.close:
            return Token(TokenKind.STRING, _content(text[inside : match.start()], quote), start, position, tuple(code))
        if match[0] == "\n":
            return Token(TokenKind.MARK, quote.open, start, start + len(quote.open))
        if quote.code and match[0] == quote.code:
            closed = _end_of_code(text, lexicon, position, end, depth, ")" if quote.code.endswith("(") else "}")
            code.append((position, closed))
            position = closed + 1
    return Token(TokenKind.STRING, _content(text[inside:end], quote), start, end, tuple(code))


@cache
def _pieces(name: str, opener: str) -> re.Pattern[str]:
    """What matters inside a string: an escape, the end, code, and the end of the line where that ends it."""
    quote = _quotes(name)[opener]
    parts = [re.escape(quote.code)] if quote.code else []
    if quote.escape:
        parts.append(r"\\.")
    elif quote.close in ('"', "'") and quote.multiline:
        parts.append(re.escape(quote.close * 2))
    parts.append(re.escape(quote.close))
    if not quote.multiline:
        parts.append("\n")
    return re.compile("|".join(parts), re.DOTALL)


def _end_of_code(text: str, lexicon: Lexicon, start: int, end: int, depth: int, closer: str) -> int:
    """The offset of the bracket that ends the code which starts at `start`."""
    if depth >= MOST_NESTED_TEMPLATES:
        found = text.find(closer, start, end)
        return end if found < 0 else found
    opened = 0
    for token in _tokens(text, lexicon, start, end, depth + 1):
        if token.kind is not TokenKind.MARK:
            continue
        if token.text in "({[":
            opened += 1
        elif token.text in ")}]":
            if opened == 0:
                return token.start
            opened -= 1
    return end


def _content(raw: str, quote: Quote) -> str:
    if not quote.escape or "\\" not in raw:
        return raw
    return _ESCAPED.sub(lambda match: _PLAIN_ESCAPES.get(match[1], match[1]), raw)
