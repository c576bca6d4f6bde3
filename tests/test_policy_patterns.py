"""Patterns of a policy against the tools whose syntax they share, and against input made to stall a matcher."""

from __future__ import annotations

import fnmatch
import itertools
import time

import pathspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routelint.policy import matches_path, matches_route
from routelint.policy.glob import GlobError, check_route, compile_path, compile_text, matches, matches_name

SLOWEST_SECONDS = 1.0


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("anthropic.*", "anthropic.claude-opus-5-5", True),
        ("anthropic.*", "us.anthropic.claude-opus-5-5", False),
        ("*preview*", "anthropic.claude-preview-1", True),
        ("anthropic.claude-*opus*", "anthropic.claude-3-opus-20240229-v1:0", True),
        ("anthropic.claude-*opus*", "anthropic.claude-haiku-4-5", False),
        ("amazon.nova-pro-*", "amazon.nova-pro-v1:0", True),
        ("amazon.nova-pro-*", "amazon.nova-pro", False),
        ("*", "", True),
        ("", "", True),
        ("", "x", False),
        ("?", "é", True),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[]]", "]", True),
        ("[a-]", "-", True),
        ("\\*", "*", True),
        ("\\*", "x", False),
        ("a**b", "axyzb", True),
        ("Anthropic.*", "anthropic.x", False),
    ],
)
def test_a_glob_matches_the_whole_of_a_text(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("services/triage/**", "services/triage/app.py", True),
        ("services/triage/**", "services/triage/a/b/c.py", True),
        ("services/triage/**", "services/triage", False),
        ("services/triage", "services/triage/app.py", True),
        ("services/triage", "x/services/triage/app.py", False),
        ("services/triage/", "services/triage/app.py", True),
        ("legacy", "a/legacy/b.tf", True),
        ("legacy", "legacy", True),
        ("legacy/", "legacy", False),
        ("legacy/", "a/legacy/b.tf", True),
        ("/legacy", "a/legacy/b.tf", False),
        ("*.tf", "a/b/main.tf", True),
        ("/*.tf", "a/main.tf", False),
        ("./main.tf", "main.tf", True),
        ("**/dev/**", "envs/dev/main.tf", True),
        ("**/dev/**", "dev/main.tf", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/x/y/c", False),
        ("a/*/b", "a/x/y/b", False),
        ("**", "anything/at/all", True),
        ("*", "anything/at/all", True),
        ("a/b*", "a/bc/d.py", True),
    ],
)
def test_a_path_pattern_is_read_as_gitignore_reads_it(pattern: str, path: str, expected: bool) -> None:
    assert matches_path([pattern], path) is expected


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["aws_bedrockagent_agent.triage*"], True),
        (["aws_bedrockagent_agent.triage"], False),
        (["modules/**"], True),
        (["modules/**", "!*.triage.*"], False),
        (["!modules/agent/**", "modules/**"], True),
        (["modules/**", "!modules/agent/**", "aws_bedrockagent_agent.*"], True),
        (["!other/**"], False),
        ([], False),
    ],
)
def test_a_route_is_taken_in_by_path_or_symbol_and_the_last_match_decides(patterns: list[str], expected: bool) -> None:
    path, symbol = "modules/agent/main.tf", "aws_bedrockagent_agent.triage.foundation_model"
    assert matches_route(patterns, path, symbol) is expected


def test_a_star_in_a_symbol_passes_over_slashes() -> None:
    assert matches_route(["app.triage:*"], "src/app/triage.py", "app.triage:classify/converse.modelId")


def test_names_are_excluded_by_a_later_entry() -> None:
    assert matches_name(["*", "!dev"], "prod")
    assert not matches_name(["*", "!dev"], "dev")
    assert matches_name(["!dev", "*"], "dev")


GLOBS = st.text("ab*?[]!^-.", max_size=8)


@given(GLOBS, st.text("ab-.]", max_size=8))
@settings(max_examples=500, deadline=None)
def test_globs_agree_with_fnmatch(pattern: str, text: str) -> None:
    try:
        compile_text(pattern)
    except GlobError:
        return
    # fnmatch takes '^' for a character, an inverted range for nothing, and a '[' that nothing closes for itself.
    assume("^" not in pattern)
    assert matches(pattern, text) is fnmatch.fnmatchcase(text, pattern)


SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "**"])
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "abb", "c"]), min_size=1, max_size=5).map("/".join)


@given(st.sampled_from(["", "/"]), st.lists(SEGMENTS, min_size=1, max_size=4), st.sampled_from(["", "/"]), PATHS)
@settings(max_examples=800, deadline=None)
def test_path_patterns_agree_with_another_reader_of_gitignore(before: str, parts: list[str], after: str, path: str) -> None:
    # Other readers disagree among themselves on '**' that ends a pattern of nothing else and on a repeated '**'.
    assume(parts[-1] != "**" or not after)
    assume(not any(left == right == "**" for left, right in itertools.pairwise(parts)))
    assume(parts != ["**"])
    pattern = before + "/".join(parts) + after
    other = pathspec.GitIgnoreSpec.from_lines([pattern])
    assert matches_path([pattern], path) is other.match_file(path)


@given(st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_pattern_can_be_read_or_is_refused(pattern: str) -> None:
    try:
        check_route(pattern)
    except GlobError:
        return
    assert matches_route([pattern], "a/b.py", "a.b") in (True, False)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 50 + "b", "a" * 1000),
        ("**/a/" * 50 + "b", "/".join(["a"] * 1000)),
        ("/".join(["*a*a*a*"] * 30), "/".join(["a" * 30] * 30)),
        ("**/" * 2000 + "x", "/".join(["a"] * 1000)),
    ],
)
def test_no_pattern_stalls(pattern: str, path: str) -> None:
    start = time.process_time()
    compile_path(pattern)
    matches_path([pattern], path)
    matches(pattern, path)
    assert time.process_time() - start < SLOWEST_SECONDS
