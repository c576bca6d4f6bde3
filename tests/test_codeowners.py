"""CODEOWNERS as GitHub documents it: places, patterns, what it skips, how large a file may be."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from routelint.cli.commands import program
from routelint.codeowners import MOST_BYTES, CodeOwners, find, is_owner, read
from routelint.source import MemoryTree
from scans import write_tree


def owners_of(text: str, path: str) -> tuple[str, ...] | None:
    """Who owns a file by a CODEOWNERS text; None where no line matches it."""
    line = read(text.encode(), "CODEOWNERS").deciding(path)
    return None if line is None else line.owners


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("*", "routelint.yaml", True),
        ("*", "a/b/routelint.yaml", True),
        ("*.yaml", "a/b/routelint.yaml", True),
        ("*.yaml", "routelint.yml", False),
        ("routelint.yaml", "policies/routelint.yaml", True),
        ("/routelint.yaml", "policies/routelint.yaml", False),
        ("/routelint.yaml", "routelint.yaml", True),
        ("Routelint.yaml", "routelint.yaml", False),
        ("/*", "routelint.yaml", True),
        ("/*", ".github/routelint.yaml", False),
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/sub/a.md", False),
        ("docs/*", "x/docs/a.md", False),
        ("docs/*.md", "docs/a.md", True),
        ("docs/**", "docs/sub/a.md", True),
        ("docs/", "x/docs/sub/a.md", True),
        ("/docs/", "x/docs/a.md", False),
        ("/docs/", "docs/sub/a.md", True),
        ("docs/", "docs", False),
        ("docs", "docs/sub/a.md", True),
        ("/apps/github", "apps/github/a.py", True),
        ("/apps/github", "apps/github2/a.py", False),
        ("**/logs", "build/logs/a.log", True),
        ("**/logs", "logs/a.log", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b/c", True),
        ("a/**/b", "x/a/b", False),
        ("**", "a/b", True),
        ("/", "a", False),
        ("file?.py", "file1.py", True),
        ("file?.py", "file.py", False),
        ("with\\ space/", "with space/a", True),
        ("star\\*", "star*", True),
        ("star\\*", "stars", False),
        ("{a,b}.yaml", "a.yaml", False),
    ],
)
def test_a_pattern_matches_as_on_github(pattern: str, path: str, owned: bool) -> None:
    assert owners_of(f"{pattern} @acme/finops\n", path) == (("@acme/finops",) if owned else None)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("* @a\n/routelint.yaml @b @c/d e@f.example\n", ("@b", "@c/d", "e@f.example")),
        ("/routelint.yaml @b\n* @a\n", ("@a",)),
        ("* @a\n*.yaml\n", ()),
        ("* @a\n*.yaml # nobody\n", ()),
        ("*.yaml @a # and @b\n", ("@a",)),
        ("# *.yaml @a\n", None),
        ("   *.yaml\t@a   \r\n", ("@a",)),
        ("*.yaml @a\n*.yaml finance\n", ("@a",)),
        ("*.yaml @a\n!*.yaml @b\n", ("@a",)),
    ],
    ids=[
        "the last line that matches decides",
        "also where it is the general one",
        "a line without owners takes ownership away",
        "a comment is no owner",
        "a comment ends the line",
        "a comment is no line",
        "blanks around do not matter",
        "a line with what is no owner is skipped",
        "a negation is skipped",
    ],
)
def test_the_last_line_that_counts_decides(text: str, owners: tuple[str, ...] | None) -> None:
    assert owners_of(text, "routelint.yaml") == owners


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("!docs/ @a", "'!' does not take files out here; a later line without owners does"),
        ("\\#note @a", "a '#' at the start cannot be escaped here"),
        ("[Dd]ocs/ @a", "'[ ]' is no range here; one line for each alternative"),
        ("docs/***/a @a", "'***' is no pattern; '**' stands for any folders"),
        ("docs/ finance", "'finance' is no owner; expected @user, @organisation/team or an e-mail address"),
        ("docs/ @acme/", "'@acme/' is no owner; expected @user, @organisation/team or an e-mail address"),
    ],
)
def test_a_line_that_github_skips_is_told_with_its_place(line: str, reason: str) -> None:
    found = read(f"# owners\n  {line}  \n".encode(), "CODEOWNERS")
    assert not found.lines
    [skipped] = found.skipped
    assert skipped.reason == reason
    assert (skipped.location.span.start_line, skipped.location.span.start_column) == (2, 3)


def test_the_first_place_that_has_a_file_counts() -> None:
    files = {"docs/CODEOWNERS": b"* @docs\n", "CODEOWNERS": b"* @root\n", ".github/CODEOWNERS": b""}
    for gone, expected in ((None, None), (".github/CODEOWNERS", "@root"), ("CODEOWNERS", "@docs")):
        if gone is not None:
            del files[gone]
        found = find(MemoryTree(files))
        assert found is not None
        line = found.deciding("routelint.yaml")
        assert (None if line is None else line.owners[0]) == expected
    assert find(MemoryTree({"codeowners": b"* @a\n"})) is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"* @a\n" + b"#" * MOST_BYTES, "it is not smaller than 3 MB"),
        (b"* @a\0\n", "it is binary: it holds a null byte"),
        (b"* @a\n\xff\n", "it is not UTF-8 text: byte 0xff on line 2"),
    ],
)
def test_a_file_that_github_does_not_read_owns_nothing(data: bytes, fault: str) -> None:
    found = read(data, "CODEOWNERS")
    assert found.fault == fault
    assert found.deciding("routelint.yaml") is None


def test_paths_are_seen_from_the_root_of_the_repository() -> None:
    found = read(b"/services/triage/routelint.yaml @a\n/routelint.yaml @b\n", "../../CODEOWNERS", "services/triage/")

    def owner(path: str) -> str | None:
        line = found.deciding(path)
        return None if line is None else line.owners[0]

    assert owner("routelint.yaml") == "@a"
    assert owner("../../routelint.yaml") == "@b"
    assert found.in_repository("../../../routelint.yaml") is None
    assert found.in_repository("/etc/routelint.yaml") is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [("@a", True), ("@acme/finops", True), ("finops@acme.example", True), ("finops", False), ("@", False), ("a@b", False)],
)
def test_owners_are_told_from_other_names(name: str, owner: bool) -> None:
    assert is_owner(name) is owner


@given(st.text(alphabet="*?/\\[]!#a b@.\n", max_size=60), st.text(alphabet="*?/ab.", min_size=1, max_size=20))
def test_any_text_is_read(text: str, path: str) -> None:
    found: CodeOwners = read(text.encode(), "CODEOWNERS")
    found.deciding(path)
    assert len(found.lines) + len(found.skipped) <= text.count("\n") + 1


POLICY = 'version: 1\njustification: {roles: {finance: {approvers: ["@acme/finops"]}}}\n'


@pytest.mark.parametrize(
    ("owners", "scanned", "places"),
    [
        ({"CODEOWNERS": "/services/routelint.yaml @acme/finops\n"}, "services", []),
        ({"CODEOWNERS": "/routelint.yaml @acme/finops\n"}, "services", ["routelint.yaml:2"]),
        ({"CODEOWNERS": "* @acme/devs\n"}, "services", ["../CODEOWNERS:1"]),
        ({"CODEOWNERS": "* @acme/devs\n", "services/CODEOWNERS": "* @acme/finops\n"}, "services", ["../CODEOWNERS:1"]),
        ({"services/CODEOWNERS": "/routelint.yaml @acme/finops\n"}, "services", []),
        ({}, "services", ["routelint.yaml:2"]),
        ({"CODEOWNERS": "/services/routelint.yaml @acme/finops\n"}, "services/triage", []),
        ({"CODEOWNERS": "/services/routelint.yaml @acme/devs\n"}, "services/triage", ["../../CODEOWNERS:1"]),
    ],
    ids=[
        "the root's file names it",
        "the root's file names another",
        "the root's file names others",
        "the root's file wins over the folder's",
        "the folder's file where the root has none",
        "no file",
        "a folder below the policy",
        "a folder below the policy, others",
    ],
)
def test_the_file_at_the_root_of_the_repository_counts(
    owners: dict[str, str], scanned: str, places: list[str], tmp_path: Path
) -> None:
    files = {
        ".git/HEAD": "ref: refs/heads/main\n",
        "services/routelint.yaml": POLICY,
        "services/triage/app.py": "import boto3\n",
    }
    write_tree(tmp_path, {**files, **owners})
    arguments = ["scan", str(tmp_path / scanned), "--select", "unprotected-policy", "--format", "json"]
    result = CliRunner().invoke(program, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    found = json.loads(result.output)["findings"]
    assert [f"{each['path']}:{each['line']}" for each in found] == places


def test_a_pattern_of_many_stars_takes_no_exponential_time() -> None:
    text = "/".join(["**", "a*" * 30] * 30) + " @a\n" + "*a" * 1000 + "b @a\n"
    started = time.process_time()
    owners_of(text, "/".join(["a" * 100] * 40))
    assert time.process_time() - started < 5
