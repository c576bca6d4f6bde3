"""What Python programs may rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import routelint
from scans import write_tree

TODAY = date(2026, 11, 24)
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="us.anthropic.claude-opus-5-5", messages=[])
"""
POLICY = """\
version: 1
models:
  allow: ["amazon.*"]
"""
FAULTY = "version: 1\nmodles: {}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {"app.py": CALL, "other/app.py": CALL, "strict.yml": POLICY, "faulty.yml": FAULTY})


def test_a_scan_gives_what_the_command_line_prints(folder: Path) -> None:
    report = routelint.scan(folder, today=TODAY)
    assert report.coverage == routelint.Coverage(2, 2)
    done = subprocess.run(
        [sys.executable, "-m", "routelint", "scan", "--today", "2026-11-24", "--format", "json", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = json.loads(done.stdout)
    assert [(each.rule, each.location.path, each.message, each.fingerprint) for each in report.findings] == [
        (each["rule"], each["path"], each["message"], each["fingerprint"]) for each in printed["findings"]
    ]
    assert list(report.notices) == printed["notices"]


def test_files_choose_what_is_reported(folder: Path) -> None:
    report = routelint.scan(folder / "other", str(folder / "app.py"), today=TODAY, select=["unjustified-premium-model"])
    assert [each.location.path for each in report.findings] == ["app.py", "other/app.py"]
    report = routelint.scan(str(folder / "app.py"), today=TODAY, select=["unjustified-premium-model"])
    assert [each.location.path for each in report.findings] == ["app.py"]


def test_a_policy_may_be_a_path_or_loaded_before(folder: Path) -> None:
    policy = routelint.load_policy(folder / "strict.yml", folder)
    assert isinstance(policy, routelint.Policy)
    loaded = routelint.scan(folder, policy=policy, today=TODAY, select=["model-not-allowed"])
    named = routelint.scan(folder, policy=folder / "strict.yml", today=TODAY, select=["model-not-allowed"])
    assert loaded.findings == named.findings
    assert {each.rule for each in loaded.findings} == {"model-not-allowed"}
    assert routelint.scan(folder, today=TODAY, select=["model-not-allowed"]).findings == ()


def test_the_policy_that_governs_a_folder_is_found(folder: Path) -> None:
    assert routelint.load_policy(root=folder).path is None
    (folder / "routelint.yaml").write_text(POLICY, "utf-8")
    assert routelint.load_policy(root=folder).path == "routelint.yaml"
    assert {each.rule for each in routelint.scan(folder, today=TODAY).findings} >= {"model-not-allowed"}


def test_faults_of_a_policy_are_listed(folder: Path) -> None:
    with pytest.raises(routelint.PolicyError, match="modles"):
        routelint.load_policy(folder / "faulty.yml", folder)
    with pytest.raises(routelint.PolicyError, match="modles"):
        routelint.scan(folder, policy=folder / "faulty.yml")


def test_errors_are_those_of_python(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match="path 'gone' does not exist"):
        routelint.scan("gone")
    with pytest.raises(FileNotFoundError):
        routelint.load_policy(folder / "gone.yml")
    with pytest.raises(ValueError, match="no rule 'legacy-modell', did you mean 'legacy-model'"):
        routelint.scan(folder, select=["legacy-modell"])
    with pytest.raises(AttributeError, match="module 'routelint' has no attribute 'scna'"):
        routelint.scna  # type: ignore[attr-defined]  # noqa: B018


def test_nothing_is_printed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    routelint.scan(folder, today=TODAY)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", routelint.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    value = getattr(routelint, name)
    assert name == "__version__" or (value.__doc__ or "").strip()
    assert name in dir(routelint)


def test_importing_the_package_imports_nothing_else() -> None:
    script = (
        "import sys; before = set(sys.modules); import routelint, json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    # Of ours; `typing` may be there already.
    assert [name for name in json.loads(done.stdout) if name.startswith(("routelint", "click", "yaml"))] == ["routelint"]
