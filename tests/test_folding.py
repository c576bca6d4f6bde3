"""What one decision comes to: one finding, with the other places that follow from it."""

from __future__ import annotations

from pathlib import Path

from routelint.model import Finding
from routelint_rules import low_complexity_on_premium, unjustified_premium_model
from scans import scan, write_tree

HEAD = 'import boto3\n\nclient = boto3.client("bedrock-runtime")\nMODEL = "anthropic.claude-opus-5-5"\n'
CALL = 'client.converse(modelId=MODEL, messages=[], inferenceConfig={"maxTokens": 900})\n'
QUIET = CALL.rstrip() + "  # routelint: ignore[unjustified-premium-model] -- OPS-7 measures it\n"


def findings(folder: Path, files: dict[str, str], policy: str | None = None) -> tuple[Finding, ...]:
    return scan(write_tree(folder, files), policy, [unjustified_premium_model.RULE]).findings


def places(finding: Finding) -> list[tuple[int, str]]:
    return [(each.location.span.start_line, each.note) for each in finding.related]


def test_calls_that_take_one_constant_of_their_file_are_one_finding(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"triage.py": HEAD + CALL * 3})
    assert found.location.span.start_line == 5
    assert places(found) == [(6, "takes its model from the same place"), (7, "takes its model from the same place")]


def test_calls_that_write_their_model_themselves_are_a_finding_each(tmp_path: Path) -> None:
    call = CALL.replace("MODEL", '"anthropic.claude-opus-5-5"')
    assert len(findings(tmp_path, {"triage.py": HEAD + call * 3})) == 3


def test_each_file_that_takes_a_shared_constant_is_a_finding(tmp_path: Path) -> None:
    shared = HEAD.replace("MODEL =", "from settings import MODEL\nOTHER =") + CALL * 2
    found = findings(tmp_path, {"settings.py": 'MODEL = "anthropic.claude-opus-5-5"\n', "a.py": shared, "b.py": shared})
    assert [(each.location.path, len(each.related)) for each in found] == [("a.py", 1), ("b.py", 1)]


def test_a_directive_at_the_first_call_silences_no_other(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"triage.py": HEAD + QUIET + CALL * 2})
    assert (found.location.span.start_line, len(found.related)) == (6, 1)


def test_a_waiver_of_one_symbol_silences_no_other(tmp_path: Path) -> None:
    calls = f"def a():\n    {CALL}\ndef b():\n    {CALL}\ndef c():\n    {CALL}"
    policy = (
        "version: 1\nwaivers:\n"
        '  - {rule: unjustified-premium-model, routes: ["*:a/*"], reason: OPS-7 measures it, expires: 2027-01-31}\n'
    )
    (found,) = findings(tmp_path, {"triage.py": HEAD + calls}, policy)
    assert found.location.symbol.startswith("triage:b/")
    assert len(found.related) == 1


def test_calls_that_differ_in_what_is_said_of_them_are_told_apart(tmp_path: Path) -> None:
    small = CALL.replace("900", 'SIZE, "temperature": 0')
    files = {"triage.py": HEAD + "".join(small.replace("SIZE", size) for size in ("5", "5", "7"))}
    found = scan(write_tree(tmp_path, files), None, [low_complexity_on_premium.RULE]).findings
    assert [(each.location.span.start_line, len(each.related)) for each in found] == [(5, 1), (7, 0)]
