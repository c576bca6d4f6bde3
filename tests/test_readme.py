"""The README says what the program does: captures are run again, examples are checked; `make readme` writes the captures."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CAPTURE = re.compile(
    r"(?P<head><!-- capture(?: (?P<first>\d+) first and (?P<last>\d+) last lines)?: (?P<command>routelint [^\n]*?) -->\n"
    r"```text\n)"
    r"(?P<shown>.*?)(?P<tail>```\n<!-- end -->)",
    re.S,
)
CUT = "[...]\n"


@dataclass(frozen=True)
class Capture:
    """A command in the README and what is printed below it: `first` and `last` lines of it, or all."""

    command: str
    shown: str
    first: int | None
    last: int

    def excerpt(self, printed: str) -> str:
        """What the README shows of what the command printed."""
        lines = [f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines()]
        if self.first is None or len(lines) <= self.first + self.last:
            return "".join(lines)
        return "".join([*lines[: self.first], CUT, *lines[len(lines) - self.last :]])


def capture(match: re.Match[str]) -> Capture:
    return Capture(match["command"], match["shown"], int(match["first"]) if match["first"] else None, int(match["last"] or 0))


def captures() -> list[Capture]:
    return [capture(match) for match in CAPTURE.finditer(README.read_text("utf-8"))]


# What a checkout without the repository's history adds.
WITHOUT_HISTORY = re.compile(r"^note: skipped: .*no git history is at hand\n", re.MULTILINE)


def run(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What the command prints where no terminal is."""
    program, *arguments = shlex.split(command)
    assert program == "routelint"
    environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-m", "routelint", *arguments],
        cwd=folder,
        env=environment | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def block(mark: str) -> str:
    """The YAML below `<!-- mark -->`."""
    found = re.search(rf"<!-- {mark} -->\n```yaml\n(.*?)```", README.read_text("utf-8"), re.S)
    assert found is not None, f"README.md has no block marked '{mark}'"
    return found[1]


def test_readme_has_the_captures_it_promises() -> None:
    commands = [each.command.split()[1] for each in captures()]
    assert commands == ["scan", "inventory", "fleet", "--help", "scan"]
    assert README.read_text("utf-8").count("<!-- capture") == len(commands)


@pytest.mark.parametrize("each", captures(), ids=lambda each: each.command)
def test_capture_is_what_the_command_prints(each: Capture, request: pytest.FixtureRequest) -> None:
    done = run(each.command)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = each.excerpt(WITHOUT_HISTORY.sub("", done.stdout))
    if request.config.getoption("--update-golden"):
        README.write_text(CAPTURE.sub(lambda match: filled(match, each, wanted), README.read_text("utf-8")), "utf-8")
        return
    difference = "".join(difflib.unified_diff(each.shown.splitlines(True), wanted.splitlines(True), "README.md", "printed"))
    assert not difference, f"run make readme and read the difference\n{difference}"


def filled(match: re.Match[str], each: Capture, wanted: str) -> str:
    return match["head"] + wanted + match["tail"] if match["command"] == each.command else match[0]


def test_policy_has_no_fault(tmp_path: Path) -> None:
    (tmp_path / "routelint.yaml").write_text(block("policy"), "utf-8")
    done = run("routelint policy check", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflow_uses_the_inputs_of_the_action() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    workflow = yaml.safe_load(block("workflow"))
    (step,) = (step for step in workflow["jobs"]["routelint"]["steps"] if "/routelint@" in step["uses"])
    assert set(step["with"]) <= set(inputs)
    assert workflow["permissions"]["security-events"] == "write"


def test_exit_codes_are_those_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "app.tf").write_text(
        'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "anthropic.claude-v2"\n}\n', "utf-8"
    )
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "main.tf").write_text('resource "aws_bedrockagent_agent" "a" {\n', "utf-8")
    assert run("routelint scan --fail-on never", tmp_path).returncode == 0
    assert run("routelint scan app.tf", tmp_path).returncode == 1
    assert run("routelint scan nowhere", tmp_path).returncode == 2
    assert run("routelint scan --strict broken", tmp_path).returncode == 3


def test_files_that_are_linked_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for document in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md"):
        named = set(re.findall(r"(?:^ {4}|`)make ([a-z-]+)", (ROOT / document).read_text("utf-8"), re.M))
        assert named <= targets, document
