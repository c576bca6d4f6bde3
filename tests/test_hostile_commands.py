"""Every command in a repository whose names, policy and policy tests are hostile: nothing but text reaches the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from printed import plain_lines
from routelint.cli import main
from scans import write_tree

HOSTILE = "\x1b[31mred\x9b2J\u202e\n::error::owned\r##[error]o ##vso[task]x\x07"
NAME = "a\x1b[31m\n::error::b ##[x]\u202e.py"
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="us.anthropic.claude-opus-5-5", messages=[])
"""
TEXT = json.dumps(HOSTILE)
POLICY = f"""\
version: 1
extends: [recommended]
environments:
  prod: {{aliases: [{TEXT}], max_tier: premium}}
tags:
  required: {{{TEXT}: {{keys: [{TEXT}]}}}}
tasks:
  sorting: {{max_tier: economy}}
workloads:
  desk:
    routes: ["**"]
    owner: {TEXT}
    task: sorting
    volume: {{requests_per_month: 300000, input_tokens: 900, output_tokens: 40}}
    budget_usd_per_month: 1
    evaluation: {{dataset: {TEXT}, metric: accuracy, minimum: 0.95, margin: 0.05}}
justification:
  roles: {{product: {{approvers: ["a@b.example"]}}}}
justifications:
  - id: {TEXT}
    models: ["anthropic.claude-opus-5-5"]
    workloads: [desk]
    reason: {TEXT}
    approvals: {{product: {{by: "a@b.example", on: 2026-09-01}}}}
    expires: 2027-02-26
waivers:
  - {{rule: missing-required-tag, routes: [{TEXT}], reason: {TEXT}, expires: 2027-01-31}}
custom_rules:
  - {{id: ours, when: "true", severity: error, message: {TEXT}, help: {TEXT}}}
"""
FAULTY = f"""\
version: 1
{TEXT}: 1
workloads: {{{TEXT}: {{ownr: {TEXT}}}}}
justification: {{roles: {{{TEXT}: {{approvers: [{TEXT}]}}}}}}
"""
TESTS = f"""\
version: 1
today: 2026-11-24
tests:
  - {{name: {TEXT}, files: {{a.py: {TEXT}}}, expect: [{{rule: ours, path: {TEXT}}}]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = write_tree(
        tmp_path / "repository",
        {
            ".git/HEAD": "ref: refs/heads/main\n",
            "routelint.yaml": POLICY,
            "faulty.yaml": FAULTY,
            "x.routelint-test.yaml": TESTS,
            NAME: CALL,
            "broken\x1b[2J\n::error::.py": "import boto3 bedrock anthropic.claude-3(\n",
            "repositories.txt": f"absent{NAME.partition(chr(10))[0]}\n.\n",
        },
    )
    monkeypatch.chdir(root)
    return root


COMMANDS = (
    ("scan", "."),
    ("scan", ".", "--verbose", "--show-suppressed"),
    ("scan", NAME),
    ("scan", f"absent{NAME}"),
    ("scan", ".", "--select", HOSTILE),
    ("scan", ".", "--format", HOSTILE),
    ("scan", ".", "--output", f"absent{HOSTILE}/x"),
    ("scan", ".", "--policy", "faulty.yaml"),
    ("scan", ".", "--policy", f"absent{NAME}"),
    ("scan", ".", "--baseline", f"absent{NAME}"),
    ("scan", ".", "--environment", HOSTILE),
    ("scan", ".", "--diff", HOSTILE),
    ("scan", ".", f"--{HOSTILE}"),
    (HOSTILE,),
    ("inventory", "."),
    ("explain", "ours"),
    ("explain", HOSTILE),
    ("rules",),
    ("rules", "--format", "json"),
    ("catalog",),
    ("catalog", HOSTILE),
    ("policy", "check"),
    ("policy", "check", "faulty.yaml", f"absent{NAME}"),
    ("policy", "show"),
    ("policy", "show", "--format", "json"),
    ("policy", "test"),
    ("policy", "justifications"),
    ("policy", "justifications", "--format", "json"),
    ("policy", "impact", "faulty.yaml"),
    ("policy", "init", "--stdout"),
    ("policy", "init", HOSTILE),
    ("policy", "init", "--output", f"made{NAME}"),
    ("baseline", "--output", f"accepted{NAME}"),
    ("baseline", "--output", f"absent/{NAME}"),
    ("fleet", "repositories.txt"),
    ("fleet", f"absent{NAME}"),
)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda each: " ".join(map(ascii, each))[:60])
def test_nothing_but_text_reaches_the_terminal(arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    status = main([*arguments, *(["--today", "2026-11-24"] if arguments[0] in ("scan", "inventory", "baseline") else [])])
    written = capfd.readouterr()
    assert status in (0, 1, 2, 3)
    assert written.out or written.err
    for stream in (written.out, written.err):
        plain_lines(stream)
        assert "Traceback" not in stream


@pytest.mark.usefixtures("folder")
def test_the_policy_that_is_shown_is_still_the_policy(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show", "--format", "json"]) == 0
    shown = json.loads(capfd.readouterr().out)["policy"]
    assert shown["justifications"][0]["reason"] == HOSTILE
    assert main(["policy", "show", "--output", "again.yaml"]) == 0
    assert main(["policy", "show", "--policy", "again.yaml", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["policy"] == shown
