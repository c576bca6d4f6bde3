from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routelint.parse import lexicon
from routelint.parse.lexicon import COMMENT, LEXICONS, MARK, NAME, NUMBER, STRING, Lexicon, Token, TokenKind, tokens

EVERY = tuple(LEXICONS.values())
# Pieces that strings, comments and code of the languages are made of, so that they meet often.
PIECES = (
    *(
        "'",
        '"',
        '"""',
        "'''",
        "`",
        "\\",
        "\n",
        "${",
        "}",
        "{",
        "#{",
        "{$",
        "\\(",
        ")",
        "(",
        "//",
        "/*",
        "*/",
        "#",
        "--",
        "/",
        " ",
    ),
    *("a", "_b1", "$c", "@d", "7", ".", "=", "=>", "return", "r#", "\n=begin", "\n=end", "<!--", "-->", ";", "é", "\t"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def told(text: str, name: str) -> list[tuple[TokenKind, str]]:
    return [(token.kind, token.text) for token in tokens(text, LEXICONS[name])]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("javascript", "a = 'b'", [(NAME, "a"), (MARK, "="), (STRING, "b")], id="a string is its content"),
        pytest.param("javascript", r"'it\'s'", [(STRING, "it's")], id="an escaped quote does not end a string"),
        pytest.param("javascript", "'a\nb", [(MARK, "'"), (NAME, "a"), (NAME, "b")], id="a line ends a string"),
        pytest.param("javascript", "`a\nb`", [(STRING, "a\nb")], id="a template runs over lines"),
        pytest.param("javascript", "`a${'`'}b`c", [(STRING, "a${'`'}b"), (NAME, "c")], id="code in a template holds quotes"),
        pytest.param("javascript", "`costs 5$`", [(STRING, "costs 5$")], id="a dollar by itself opens no code"),
        pytest.param(
            "javascript", "x / 2 / y", [(NAME, "x"), (MARK, "/"), (NUMBER, "2"), (MARK, "/"), (NAME, "y")], id="a slash divides"
        ),
        pytest.param("javascript", "= /'/.x", [(MARK, "="), (MARK, "/"), (MARK, "."), (NAME, "x")], id="a slash opens a regex"),
        pytest.param(
            "javascript", "= /*c*/ /'/", [(MARK, "="), (COMMENT, "/*c*/"), (MARK, "/")], id="a regex behind a comment"
        ),
        pytest.param("javascript", "a /*b", [(NAME, "a"), (COMMENT, "/*b")], id="a comment left open runs to the end"),
        pytest.param("python", '"""a"b"""', [(STRING, 'a"b')], id="three quotes hold one"),
        pytest.param("python", '"" ""', [(STRING, ""), (STRING, "")], id="two quotes are an empty string"),
        pytest.param("yaml", "'it''s' x", [(STRING, "it''s"), (NAME, "x")], id="a doubled quote does not end a string"),
        pytest.param(
            "python", "#a\rb", [(COMMENT, "#a"), (NAME, "b")], id="a return by itself ends a comment, as it ends a line"
        ),
        pytest.param("javascript", "//a\r\nb", [(COMMENT, "//a"), (NAME, "b")], id="and one before a newline is not in it"),
        pytest.param(
            "yaml", "a#b #c", [(NAME, "a"), (MARK, "#"), (NAME, "b"), (COMMENT, "#c")], id="a blank stands before a comment"
        ),
        pytest.param("ruby", "a\n=begin\nb\n=end\nc", [(NAME, "a"), (COMMENT, "\n=begin\nb\n=end"), (NAME, "c")], id="=begin"),
        pytest.param("go", "`\\`", [(STRING, "\\")], id="a backslash is an ordinary character"),
        pytest.param("rust", 'r#"a"b"#', [(STRING, 'a"b')], id="a raw string"),
        pytest.param("csharp", '$"{a}b"', [(STRING, "{a}b")], id="an interpolated string"),
        pytest.param("javascript", "$a @b c$", [(NAME, "$a"), (NAME, "@b"), (NAME, "c$")], id="signs belong to names"),
        pytest.param("javascript", "a??b", [(NAME, "a"), (MARK, "??"), (NAME, "b")], id="an operator is one mark"),
    ],
)
def test_tokens(name: str, text: str, expected: list[tuple[TokenKind, str]]) -> None:
    assert told(text, name) == expected


@given(TEXTS, st.sampled_from(EVERY))
@settings(max_examples=400)
def test_tokens_follow_each_other_and_stand_where_they_say(text: str, language: Lexicon) -> None:
    position = 0
    for token in tokens(text, language):
        assert position <= token.start < token.end <= len(text)
        if token.kind is not STRING and token.text != "/":
            assert text[token.start : token.end] == token.text
        position = token.end


@given(TEXTS, st.sampled_from(EVERY))
@settings(max_examples=400)
def test_a_string_read_at_once_is_what_looking_into_it_gives(text: str, language: Lexicon) -> None:
    quotes = sorted(language.quotes, key=lambda quote: len(quote.open), reverse=True)
    for token in tokens(text, language):
        if token.kind is STRING:
            quote = next(quote for quote in quotes if text.startswith(quote.open, token.start))
            assert lexicon._string(text, language, quote, token.start, len(text), 0) == token


@given(TEXTS, st.sampled_from(EVERY))
@settings(max_examples=200)
def test_comments_are_those_among_the_tokens(text: str, language: Lexicon) -> None:
    of_tokens: list[Token] = [token for token in tokens(text, language) if token.kind is COMMENT]
    assert list(lexicon.comments(text, language)) == of_tokens
