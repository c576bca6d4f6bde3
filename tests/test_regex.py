"""Regular expressions from untrusted files, against Python's `re` and against expressions made to stall a matcher."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
import re2
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routelint.regex import RegexError, compile_regex, search

SLOWEST_SECONDS = 1.0


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("^CC-[0-9]{4}$", "CC-1234", True),
        ("^CC-[0-9]{4}$", "CC-12345", False),
        ("^FIN-[0-9]+$", "FIN-2291\n", False),
        ("[0-9]+", "team 7", True),
        ("^(prod|dev)-(eu|us)$", "dev-us", True),
        ("^(prod|dev)-(eu|us)$", "dev-ap", False),
        ("(?i)^team-", "TEAM-search", True),
        (r"\bops\b", "the ops team", True),
        (r"\bops\b", "devops", False),
        ("^.$", "\n", False),
        ("", "anything", True),
        ("^(?P<team>[a-z]+)$", "search", True),
        ("a", "\ud800", False),
    ],
)
def test_a_regular_expression_is_searched_for(expression: str, text: str, expected: bool) -> None:
    assert search(expression, text) is expected


@pytest.mark.parametrize(
    "expression",
    ["(a", "a)", "[a", "[b-a]", "*a", "a**", "a{3,2}", "a{60000}", "(?!a)", r"(a)\1", "a\\", "a" * 3000, "\ud800"],
)
def test_an_expression_that_cannot_be_read_says_what_was_expected(expression: str) -> None:
    with pytest.raises(RegexError, match="an expression"):
        compile_regex(expression)


PLAIN_PIECES = st.sampled_from(
    ["F", "-", " ", "[0-9]", "[A-Za-z_]", "[a-c]", "[a-z0-9]{3}", "[A-Z]+", "[0-9]*", "x+", "$", "{2}", "?"]
)


@given(
    st.lists(PLAIN_PIECES, max_size=6).map(lambda pieces: f"^{''.join(pieces)}$"),
    st.text(alphabet="F- 09aAzZx_\n\u00e9\ud800", max_size=12),
)
def test_a_plain_expression_says_what_re2_says(expression: str, text: str) -> None:
    try:
        expected = re2.compile(expression).search(text) is not None
    except (re2.error, UnicodeError):
        assume(False)
    assert search(expression, text) is expected


@pytest.mark.parametrize("expression", ["^FIN-[0-9]+$", "^[A-Z]{3}-[0-9]{1}$", "^CC [a-z_]*x$"])
def test_a_plain_expression_does_without_re2(expression: str) -> None:
    code = f"import sys; from routelint.regex import search; search({expression!r}, 'x'); print('re2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "$", "", r"\."]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.text("ab1. ", max_size=7))
@settings(max_examples=300, deadline=None)
def test_expressions_agree_with_re(expression: str, text: str) -> None:
    expected = re.search(expression.replace("$", r"\Z"), text, re.ASCII) is not None
    assert search(expression, text) is expected


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_expression_can_be_read_or_is_refused(expression: str, text: str) -> None:
    try:
        compile_regex(expression)
    except RegexError:
        assume(False)
    assert search(expression, text) in (True, False)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("^(a+)+$", "a" * 100_000 + "b"),
        ("^(a|a)*$", "a" * 100_000 + "b"),
        ("^(a*)*(a*)*(a*)*$", "a" * 100_000 + "b"),
        ("(.*){1,30}x", "a" * 100_000),
    ],
)
def test_no_expression_stalls(expression: str, text: str) -> None:
    start = time.process_time()
    assert search(expression, text) is False
    assert time.process_time() - start < SLOWEST_SECONDS
