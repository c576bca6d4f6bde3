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


# Python 3.11 takes 80 ns to look a member up in its class, ten times as long as a name of a module, and each token is asked.
COMMENT, STRING, NAME, NUMBER, MARK = TokenKind


@dataclass(slots=True)
class Token:
    """A piece of text between two code-point offsets. For a string `text` is its content, `start` and `end` hold the quotes.

    `code` are the stretches of a string (offsets into the file) that are expressions, without their delimiters.
    """

    # Not frozen, though nothing changes one: a frozen object takes 0.5 us to make and this one 0.15, once per word of a scan.
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


def comments(text: str, lexicon: Lexicon, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The comments of a text between two offsets."""
    return (token for token in tokens(text, lexicon, start, end) if token.kind is COMMENT)


def _tokens(text: str, lexicon: Lexicon, start: int, end: int, depth: int) -> Iterator[Token]:
    scan = _scanner(lexicon.name).finditer
    quotes = _quotes(lexicon.name)
    position = start
    previous: Token | None = None
    while position < end:
        for match in scan(text, position, end):
            group = match.lastindex
            if group is None:
                return
            kind = _GROUPS[group]
            first, position = match.span(group)
            if kind is STRING:
                previous = Token(STRING, text[first + 1 : position - 1], first, position)
            elif kind is None:
                previous = _string(text, lexicon, quotes[match[group]], first, end, depth)
            else:
                token = Token(kind, match[group], first, position)
                if kind is COMMENT:
                    yield token
                    continue
                if lexicon.regex and token.text == "/" and _may_open_regex(previous):
                    regex = _REGEX.match(text, first, end)
                    token.end = regex.end() if regex else position
                previous = token
            yield previous
            if previous.end != position:
                # A string or regular expression goes on behind what the expression saw of it.
                position = previous.end
                break


def _may_open_regex(previous: Token | None) -> bool:
    """Whether a slash behind a token opens a regular expression; else it divides."""
    return previous is not None and previous.kind in (NAME, MARK) and previous.text in _BEFORE_REGEX


@cache
def _quotes(name: str) -> dict[str, Quote]:
    return {quote.open: quote for quote in LEXICONS[name].quotes}


# What each group of a scanner finds, counted from one: None is the start of a string that must be looked into.
_GROUPS = (None, NAME, MARK, COMMENT, STRING, None, NUMBER, MARK)
_NEVER = "(?!)"


@cache
def _scanner(name: str) -> re.Pattern[str]:
    """One expression for the next token and the blanks before it; no group where there is none any more.

    A comment left open runs to the end, so that no text is looked at twice. What is met most comes first.
    """
    lexicon = LEXICONS[name]
    comments = [rf"{re.escape(opener)}(?:.*?{re.escape(closer)}|.*)" for opener, closer in lexicon.block_comments]
    before = r"(?<![^\s(\[{;])" if lexicon.spaced else ""
    comments += [rf"{before}{re.escape(mark)}[^\r\n]*" for mark in lexicon.line_comments]
    openers = sorted((quote.open for quote in lexicon.quotes), key=len, reverse=True)
    starts = (*openers, *lexicon.line_comments, *(opener for opener, _ in lexicon.block_comments))
    not_a_name = "".join(f"(?!{re.escape(start)})" for start in starts if start[0].isalpha())
    lines = "".join(f"(?!{re.escape(start[1:])})" for start in starts if start[0] == "\n")
    single = "".join(mark for mark in "(){}[],;" if not any(start.startswith(mark) for start in starts))
    groups = (
        rf"{not_a_name}[^\W\d][\w$]*+|[$@]\w++",
        f"[{re.escape(single)}]",
        "|".join(comments) or _NEVER,
        "|".join(_plain(quote, lexicon) for quote in lexicon.quotes if len(quote.open) == 1) or _NEVER,
        "|".join(map(re.escape, openers)) or _NEVER,
        r"\d[\w.]*+",
        f"{'|'.join(map(re.escape, _MARKS))}|[^\\s\\w]",
    )
    blanks = rf"(?:[^\S\n]|\n{lines})*+" if lines else r"\s*+"
    return re.compile(rf"{blanks}(?:{'|'.join(f'({group})' for group in groups)}|\Z)", re.DOTALL)


def _plain(quote: Quote, lexicon: Lexicon) -> str:
    """A whole string whose content is what is written, as most are; `_string` reads the others."""
    others = (each.open for each in lexicon.quotes if each is not quote)
    longer = [re.escape(each[1:]) for each in others if each.startswith(quote.open)]
    doubled = quote.close if not quote.escape and quote.multiline else ""
    ends = re.escape(quote.close + quote.escape + quote.code[:1]) + ("" if quote.multiline else r"\n")
    return "".join(
        (
            re.escape(quote.open),
            f"(?!{'|'.join(longer)})" if longer else "",
            f"[^{ends}]*",
            re.escape(quote.close),
            f"(?!{re.escape(doubled)})" if doubled else "",
        )
    )


def _string(text: str, lexicon: Lexicon, quote: Quote, start: int, end: int, depth: int) -> Token:
    """The string that opens at `start`; one that is left open ends with its line, or with the text where it may."""
    pieces = _pieces(lexicon.name, quote.open)
    position = start + len(quote.open)
    inside = position
    code: list[tuple[int, int]] = []
    while position < end:
        match = pieces.search(text, position, end)
        if match is None:
            return Token(STRING, _content(text[inside:end], quote), start, end, tuple(code))
        position = match.end()
        if match[0] == quote.close:
            return Token(STRING, _content(text[inside : match.start()], quote), start, position, tuple(code))
        if match[0] == "\n":
            return Token(MARK, quote.open, start, start + len(quote.open))
        if quote.code and match[0] == quote.code:
            closed = _end_of_code(text, lexicon, position, end, depth, ")" if quote.code.endswith("(") else "}")
            code.append((position, closed))
            position = closed + 1
    return Token(STRING, _content(text[inside:end], quote), start, end, tuple(code))


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
        if token.kind is not MARK:
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
