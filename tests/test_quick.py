"""The arguments of `scan` read without click: what is taken is what click takes, and what is not is left to click."""

from __future__ import annotations

import inspect
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
from routelint.cli.parameters import OutputFormat

COMMAND = scan.command()

WORDS = st.one_of(
    st.sampled_from([*quick.FLAGS, *quick.VALUES, *quick.REPEATED]),
    st.sampled_from(["a.py", "services/a.tf", "error", "never", "always", "2026-11-24", "20261124", "x=y", "-", "--", "-q"]),
    st.sampled_from(["--policy=p.yaml", "--today=2026-11-24", "--today=now", "--exclude=*.tf", "--quiet=1", "--fail-on=note"]),
    st.sampled_from(["json", "sarif=a.sarif", "json=", "xml", "-f=json", "-fjson", "-qv", "--jobs=2", "0", "3", " 4", "two"]),
    st.sampled_from(["--help", "-h", "--unknown", "--min-resolved", "90", "", "--polic", "--diff", "main", "full", "Full"]),
)


def quickly(arguments: list[str]) -> dict[str, Any] | None:
    """What `scan` is called with: what was read, and its own defaults for the rest; None where click is to read them."""
    found = quick.arguments(["scan", *arguments])
    parameters = inspect.signature(scan.scan).parameters.values()
    return None if found is None else {each.name: each.default for each in parameters} | found


def by_click(arguments: list[str]) -> dict[str, Any]:
    with COMMAND.make_context("scan", list(arguments)) as context:
        return context.params


@given(st.lists(WORDS, max_size=6))
@example(["a.py", "--policy", "p.yaml", "--policy", "q.yaml", "--select", "a", "--select", "b", "--strict", "--strict"])
@example(["--exclude", "-x", "a.py"])
def test_what_is_read_quickly_is_what_click_reads(arguments: list[str]) -> None:
    found = quickly(arguments)
    if found is not None:
        assert found == by_click(arguments)


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
        ["-q", "--jobs", "1", "--no-cache", "a.py"],
        [".", "--fail-on", "error", "--format", "github", "--format", "sarif=out/routelint.sarif"],
        [".", "-f", "json", "-o", "report.json", "-v", "--sarif-profile", "full", "--cache-dir=c", "--jobs=4"],
    ],
)
def test_what_hooks_and_ci_give_is_read_quickly(arguments: list[str]) -> None:
    found = quickly(arguments)
    assert found is not None
    assert found == by_click(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["--version"], ["--help"], ["inventory"], ["scam"]),
        *(
            ["scan", each]
            for each in ("--help", "-h", "-qv", "-fjson", "-", "--", "--unknown", "--quiet=1", "--policy", "--policy=")
        ),
        *(["scan", "--fail-on", each] for each in ("bad", "Error", "-x", "--quiet")),
        *(["scan", "--today", each] for each in ("now", "", "2026-13-01")),
        *(["scan", "--format", each] for each in ("xml", "json=", "JSON", "")),
        *(["scan", "--jobs", each] for each in ("0", "-1", "two", "1.0")),
        ["scan", "--min-resolved", "90"],
    ],
    ids=" ".join,
)
def test_everything_else_is_left_to_click(arguments: list[str]) -> None:
    assert quick.arguments(arguments) is None


def test_a_shell_that_completes_a_line_is_left_to_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_ROUTELINT_COMPLETE", "bash_complete")
    assert quick.arguments(["scan", "a.py"]) is None


def test_every_option_is_known_by_its_name_and_default() -> None:
    assert quickly([]) == by_click([])
    options = {option: each for each in COMMAND.params if isinstance(each, click.Option) for option in each.opts}
    for option, parameter in quick.FLAGS.items():
        assert (options[option].name, options[option].is_flag) == (parameter, True)
    for table, multiple in ((quick.VALUES, False), (quick.REPEATED, True)):
        for option, (parameter, _) in table.items():
            found = options[option]
            assert (found.name, found.is_flag, found.multiple, found.nargs) == (parameter, False, multiple, 1)
    for option, words in (("--fail-on", quick.GATES), ("--color", quick.COLORS), ("--sarif-profile", quick.SARIF_PROFILES)):
        kind = options[option].type
        assert isinstance(kind, click.Choice)
        assert tuple(kind.choices) == words
    formats = options["--format"].type
    assert isinstance(formats, OutputFormat)
    assert formats.formats == quick.FORMATS
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
