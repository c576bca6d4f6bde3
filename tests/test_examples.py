"""The example company: what a scan of it prints, and that its own rules, records and owners are what its README says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import status

ROOT = Path(__file__).parent.parent
EXPECTED = Path(__file__).parent / "cases_output" / "examples"
DATED = ("--today", "2026-11-24")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy outside of any repository, so that what is printed does not depend on how this one was checked out."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "examples"


def test_a_scan_prints_what_it_printed(company: Path, golden: Callable[[Path, str], None]) -> None:
    code, printed = status("scan", "examples", *DATED, "--verbose")
    golden(EXPECTED / "scan.txt", printed)
    assert code == 1


def test_an_inventory_prints_what_it_printed(company: Path, golden: Callable[[Path, str], None]) -> None:
    code, printed = status("inventory", "examples", *DATED, "--explain-cost")
    golden(EXPECTED / "inventory.txt", printed)
    assert code == 0


def test_the_ledger_prints_what_it_printed(company: Path, golden: Callable[[Path, str], None]) -> None:
    code, printed = status("policy", "justifications", "examples", *DATED)
    golden(EXPECTED / "justifications.txt", printed)
    assert code == 0


def test_the_company_has_what_its_readme_says(company: Path) -> None:
    _, printed = status("scan", "examples", *DATED, "--format", "json")
    report = json.loads(printed)
    assert report["errors"] == []
    spoken = {finding["rule"] for finding in report["findings"]}
    assert {"expired-justification", "incomplete-justification", "broad-model-grant", "model-above-environment-tier"} <= spoken
    # What is in order says nothing: owners, evidence, budget, the justification that holds.
    assert not {"unprotected-policy", "stale-evidence", "missing-budget-alert", "unused-justification"} & spoken
    assert {each["suppressed_by"] for each in report["suppressed"]} == {"directive", "waiver"}
    languages = {Path(finding["path"]).suffix for finding in report["findings"]}
    assert {".py", ".tf", ".yaml", ".json"} <= languages


def test_no_amount_is_shown_without_a_declared_volume(company: Path) -> None:
    policy = company / "routelint.yaml"
    policy.write_text(re.sub(r"    volume: .*\n", "", policy.read_text("utf-8")), "utf-8")
    _, printed = status("inventory", "examples", *DATED)
    assert " a month" not in printed
