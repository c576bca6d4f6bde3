"""The ledger of justifications, and what a new policy would change, as the command line prints them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from routelint.cli import main
from routelint.cli.commands import program
from scans import write_tree

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="global.anthropic.claude-opus-5-5", messages=[])
"""
POLICY = """\
version: 1
workloads:
  review: {routes: ["review/**"], owner: legal-tech}
  other: {routes: ["other/**"]}
justification:
  roles:
    product: {approvers: [product@example.com]}
    finance: {approvers: [finance@example.com]}
justifications:
"""
PRODUCT, FINANCE = "product: {by: product@example.com, on: 2026-09-01}", "finance: {by: finance@example.com, on: 2026-09-03}"


def entry(name: str, where: str, expires: str, *approvals: str, models: str = "anthropic.claude-opus-5-5") -> str:
    given = ", ".join(approvals or (PRODUCT, FINANCE))
    return (
        f'  - {{id: {name}, models: ["{models}"], {where}, reason: "=measured", expires: {expires}, approvals: {{{given}}}}}\n'
    )


LEDGER = POLICY + "".join(
    [
        entry("FIN-1", "workloads: [review]", "2027-01-31"),
        entry("FIN-2", "routes: [other/**]", "2026-12-01"),
        entry("FIN-3", "workloads: [review]", "2026-11-01"),
        entry("FIN-4", "workloads: [review]", "2027-03-31", PRODUCT),
        entry("FIN-5", "routes: [gone/**]", "2027-01-01"),
    ]
)
FILES = {"review/app.py": CALL, "other/app.py": CALL}


def printed(*arguments: str | Path) -> str:
    result = CliRunner().invoke(program, ["policy", *map(str, arguments)], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {**FILES, "routelint.yaml": LEDGER})


def rows(folder: Path, *arguments: str) -> Mapping[str, Mapping[str, object]]:
    text = printed("justifications", folder, "--today", "2026-11-24", "--format", "json", *arguments)
    return {row["id"]: row for row in json.loads(text)["justifications"]}


def test_the_ledger_lists_what_needs_a_decision_first(folder: Path) -> None:
    found = rows(folder)
    assert {name: row["state"] for name, row in found.items()} == {
        "FIN-3": "expired",
        "FIN-4": "incomplete",
        "FIN-2": "expiring",
        "FIN-1": "valid",
        "FIN-5": "unused",
    }
    assert list(found) == ["FIN-3", "FIN-4", "FIN-2", "FIN-1", "FIN-5"]


def test_a_line_of_the_ledger_holds_owner_approvals_days_routes_and_ratio(folder: Path) -> None:
    row = rows(folder)["FIN-1"]
    assert row["owners"] == ["legal-tech"]
    assert row["approvals"] == {
        "product": {"by": "product@example.com", "on": "2026-09-01"},
        "finance": {"by": "finance@example.com", "on": "2026-09-03"},
    }
    assert row["days_left"] == 68
    routes = row["routes"]
    assert isinstance(routes, list)
    assert [(each["path"], each["line"]) for each in routes] == [("review/app.py", 4)]
    assert row["models"] == [
        {"model": "anthropic.claude-opus-5-5", "cheapest_substitute": "anthropic.claude-haiku-5-5", "price_ratio": 40.0}
    ]
    assert row["does_not_count"] == []


def test_what_is_missing_is_told(folder: Path) -> None:
    found = rows(folder)
    assert found["FIN-4"]["approvals"] == {"product": {"by": "product@example.com", "on": "2026-09-01"}, "finance": None}
    assert found["FIN-4"]["does_not_count"] == ["the approval of role 'finance' is missing"]
    assert found["FIN-3"]["days_left"] == -23
    assert found["FIN-2"]["owners"] == ["other"]


def test_a_substitute_that_the_policy_does_not_allow_carries_no_ratio(folder: Path) -> None:
    write_tree(folder, {"routelint.yaml": LEDGER + 'models: {allow: ["anthropic.claude-opus-5-5"]}\n'})
    assert rows(folder)["FIN-1"]["models"] == [
        {"model": "anthropic.claude-opus-5-5", "cheapest_substitute": None, "price_ratio": None}
    ]


def test_nothing_is_called_unused_where_a_part_is_listed(folder: Path) -> None:
    write_tree(folder, {".git/HEAD": "ref: refs/heads/main\n"})
    for name, path in (("a file", "review/app.py"), ("a folder", "review")):
        found = rows(folder / path)
        assert found["FIN-5"]["state"] == "valid", name
        assert found["FIN-1"]["routes"], name


def test_the_table_is_for_people(folder: Path) -> None:
    lines = printed("justifications", folder, "--today", "2026-11-24").splitlines()
    assert lines[0].split() == ["id", "state", "expires", "days", "left", "routes", "ratio", "owner", "approvals"]
    assert lines[1].startswith("FIN-3  expired     2026-11-01        -23       1    40x  legal-tech")
    assert "    does not count: it expired on 2026-11-01" in lines
    assert lines[-1] == "5 justifications: 1 valid, 1 expiring, 1 expired, 1 incomplete and 1 unused"


def test_csv_is_read_back_and_no_cell_is_a_formula(folder: Path) -> None:
    text = printed("justifications", folder, "--today", "2026-11-24", "--format", "csv")
    found = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert found["FIN-3"]["days_left"] == "-23"
    assert found["FIN-1"]["price_ratio"] == "40.0"
    assert found["FIN-1"]["reason"] == "'=measured"


def test_an_empty_ledger_says_so(tmp_path: Path) -> None:
    write_tree(tmp_path, {"routelint.yaml": "version: 1\n"})
    assert printed("justifications", tmp_path) == "the policy holds no justifications\n"


def impact(folder: Path, new: str, *arguments: str | Path) -> Mapping[str, list[tuple[str, str, str]]]:
    file = folder.parent / "new.yaml"
    file.write_text(new, "utf-8")
    text = printed("impact", file, folder, "--today", "2026-11-24", "--format", "json", *arguments)
    document = json.loads(text)
    return {
        side: [(each["rule"], each["severity"], each["path"]) for each in document[side]] for side in ("appearing", "vanishing")
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "repository", {**FILES, "routelint.yaml": LEDGER})


def test_the_same_policy_elsewhere_changes_nothing(repository: Path) -> None:
    assert impact(repository, LEDGER) == {"appearing": [], "vanishing": []}
    assert impact(repository, "# a comment moves every line\n" + LEDGER) == {"appearing": [], "vanishing": []}


def test_what_a_new_policy_brings_and_takes_away_is_listed(repository: Path) -> None:
    new = LEDGER.replace("FIN-1", "FIN-9").replace("2027-01-31", "2026-11-23") + 'models: {deny: ["*opus*"]}\n'
    found = impact(repository, new)
    assert ("model-not-allowed", "error", "review/app.py") in found["appearing"]
    assert ("unjustified-premium-model", "error", "review/app.py") in found["appearing"]
    assert ("expired-justification", "error", "routelint.yaml") in found["appearing"]
    assert not [each for each in found["vanishing"] if each[0] == "unjustified-premium-model"]


def test_another_severity_is_one_finding_less_and_one_more(repository: Path) -> None:
    found = impact(repository, LEDGER + "rules: {expired-justification: warning}\n")
    assert found == {
        "appearing": [("expired-justification", "warning", "routelint.yaml")],
        "vanishing": [("expired-justification", "error", "routelint.yaml")],
    }


def test_environments_are_placed_anew_under_the_new_policy(repository: Path) -> None:
    new = LEDGER + 'environments: {dev: {paths: ["review/**"], max_tier: economy}}\n'
    assert ("model-above-environment-tier", "error", "review/app.py") not in impact(repository, LEDGER)["appearing"]
    assert ("expired-justification", "error", "routelint.yaml") not in impact(repository, new)["vanishing"]
    found = impact(repository, new.replace('["anthropic.claude-opus-5-5"]', '["amazon.*"]'))
    assert ("model-above-environment-tier", "error", "review/app.py") in found["appearing"]


def test_what_the_new_policy_extends_may_lie_beside_either(repository: Path) -> None:
    write_tree(repository, {"base.yaml": "version: 1\nmodels: {deny: ['*opus*']}\n"})
    found = impact(repository, LEDGER + "extends: [base.yaml]\n")
    assert ("model-not-allowed", "error", "other/app.py") in found["appearing"]


def test_the_text_is_for_people(repository: Path) -> None:
    file = repository.parent / "new.yaml"
    file.write_text(LEDGER + "rules: {expired-justification: warning}\n", "utf-8")
    lines = printed("impact", file, repository, "--today", "2026-11-24").splitlines()
    assert lines[0] == f"1 finding more with '{file}'"
    assert any(line.startswith("  + ") and "warning[expired-justification]" in line for line in lines)
    assert any(line.startswith("  - ") and "error[expired-justification]" in line for line in lines)
    assert lines[-1].split()[1:4] == ["findings", "the", "same"]


@pytest.mark.parametrize(("text", "told"), [("version: 3\n", "new.yaml:1:10: version is 3"), (None, "cannot read the policy")])
def test_a_new_policy_with_faults_exits_with_2(
    text: str | None, told: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository.parent / "new.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    assert main(["policy", "impact", str(file), str(repository)]) == 2
    assert told in capsys.readouterr().err
