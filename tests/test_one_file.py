"""One changed file, as pre-commit runs it: what is reported of it is what the scan of the whole repository reports of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from routelint.cli.commands import program

CASES = Path(__file__).parent / "cases"
# Folders whose forms reach across files: callers, imports, modules, variables set elsewhere.
FOLDERS = sorted(
    folder for language in ("python", "terraform", "cloudformation", "text") for folder in (CASES / language).iterdir()
)
SAMPLE = [folder for number, folder in enumerate(FOLDERS) if number % 9 == 0 and folder.is_dir()]


def scanned(*arguments: str) -> Mapping[str, Any]:
    done = CliRunner().invoke(
        program, ["scan", *arguments, "--format", "json", "--today", "2026-11-24", "--fail-on", "never"], standalone_mode=False
    )
    assert done.exception is None, done.exception
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def concerned(finding: Mapping[str, Any]) -> Iterator[str]:
    """The files a finding is about: where it stands, what it comes from, and what it refers to."""
    yield finding["path"]
    yield from (each["path"] for part in ("trail", "related") for each in finding[part])


@pytest.mark.parametrize("folder", SAMPLE, ids=[f"{each.parent.name}-{each.name}" for each in SAMPLE])
def test_one_file_is_reported_as_the_whole_scan_reports_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    shutil.copytree(folder, root)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    whole = scanned(".")
    places = sorted({path for each in whole["findings"] for path in concerned(each)})
    others = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    for path in [*places[:4], *[other for other in others if other not in places][:1]]:
        expected = [each for each in whole["findings"] if path in concerned(each)]
        assert scanned(path)["findings"] == expected, path


def test_the_sample_has_findings_that_come_from_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)
    found = [each for folder in SAMPLE for each in scanned(str(folder))["findings"]]
    assert sum(len(set(concerned(each))) > 1 for each in found) >= 5
