"""The arguments of `scan` read without click: what is taken is what click takes, and what is not is left to click."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routelint.cli import quick, scan
from routelint.cli.commands import program

COMMAND = scan.command()

WORDS = st.one_of(
    st.sampled_from([*quick.FLAGS, *quick.VALUES, *quick.REPEATED]),
    st.sampled_from(["a.py", "services/a.tf", "error", "never", "always", "2026-11-24", "20261124", "x=y", "-", "--", "-q"]),
    st.sampled_from(["--policy=p.yaml", "--today=2026-11-24", "--today=now", "--exclude=*.tf", "--quiet=1", "--fail-on=note"]),
    st.sampled_from(["--format", "json", "--help", "-h", "--unknown", "--min-resolved", "90", "", "--polic", "--diff", "main"]),
)


def by_click(arguments: list[str]) -> dict[str, Any]:
    with COMMAND.make_context("scan", list(arguments)) as context:
        return context.params


@given(st.lists(WORDS, max_size=6))
@example(["a.py", "--policy", "p.yaml", "--policy", "q.yaml", "--select", "a", "--select", "b", "--strict", "--strict"])
@example(["--exclude", "-x", "a.py"])
def test_what_is_read_quickly_is_what_click_reads(arguments: list[str]) -> None:
    quickly = quick.arguments(["scan", *arguments])
    if quickly is not None:
        assert quickly == by_click(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.py"],
        ["--quiet", "a.py", "b/c.tf"],
        ["--policy", "p.yaml", "--fail-on", "warning", "a.py"],
        ["--policy=p.yaml", "--fail-on=warning", "--today=2026-11-24", "a.py"],
        ["--strict", "--no-repo-config", "--color", "never", "--select", "a", "--ignore", "b", "--environment", "prod", "."],
        ["--diff", "origin/main", "--baseline", "b.json", "--exclude", "*.tf"],
    ],
)
def test_what_hooks_and_ci_give_is_read_quickly(arguments: list[str]) -> None:
    assert quick.arguments(["scan", *arguments]) == by_click(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["--version"], ["--help"], ["inventory"], ["scam"]),
        *(["scan", each] for each in ("--help", "-h", "-q", "-", "--", "--unknown", "--quiet=1", "--policy", "--policy=")),
        *(["scan", "--fail-on", each] for each in ("bad", "Error", "-x", "--quiet")),
        *(["scan", "--today", each] for each in ("now", "", "2026-13-01")),
        ["scan", "--format", "json"],
    ],
    ids=" ".join,
)
def test_everything_else_is_left_to_click(arguments: list[str]) -> None:
    assert quick.arguments(arguments) is None


def test_a_shell_that_completes_a_line_is_left_to_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ROUTELINT_COMPLETE", "bash_complete")
    assert quick.arguments(["scan", "a.py"]) is None


def test_every_option_is_known_by_its_name_and_default() -> None:
    assert quick.arguments(["scan"]) == by_click([])
    options = {option: each for each in COMMAND.params if isinstance(each, click.Option) for option in each.opts}
    for names, multiple in ((quick.FLAGS, False), (quick.REPEATED, True)):
        for option, parameter in names.items():
            assert (options[option].name, options[option].multiple) == (parameter, multiple)
            assert options[option].is_flag is (names is quick.FLAGS)
    for option, (parameter, _) in quick.VALUES.items():
        assert (options[option].name, options[option].multiple, options[option].nargs) == (parameter, False, 1)
    for option, words in (("--fail-on", quick.GATES), ("--color", quick.COLORS)):
        kind = options[option].type
        assert isinstance(kind, click.Choice)
        assert tuple(kind.choices) == words
    assert date(2026, 11, 24) == quick.VALUES["--today"][1]("2026-11-24")


def run(*arguments: str, way: str, folder: Path) -> tuple[int, str, str]:
    """What the program does in a process of its own; `way` says who reads the arguments."""
    code = "import sys; from routelint import cli; from routelint.cli import quick\n"
    code += "sys.exit(cli.main())" if way == "quick" else "quick.arguments = lambda given: None; sys.exit(cli.main())"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["scan", "app.py"], 0),
        (["scan", "--fail-on", "note", "app.py"], 1),
        (["scan", "absent.py"], 2),
        (["scan", "--select", "absent-rule", "app.py"], 2),
        (["scan", "--policy", "faulty.yaml", "app.py"], 2),
        (["scan", "--policy", "absent.yaml", "app.py"], 2),
        (["scan", "--baseline", "absent.json", "app.py"], 2),
        (["scan", "--diff", "main", "app.py"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_both_ways_end_alike(arguments: list[str], status: int, tmp_path: Path) -> None:
    call = "boto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0')"
    (tmp_path / "app.py").write_text(f"import boto3\n{call}\n")
    (tmp_path / "faulty.yaml").write_text("version: 1\nmodles: {}\n")
    quickly = run(*arguments, "--today", "2026-11-24", way="quick", folder=tmp_path)
    assert quickly == run(*arguments, "--today", "2026-11-24", way="click", folder=tmp_path)
    assert quickly[0] == status
    assert program.name == "program"
