"""The wheel: what is in it, and that it works where the source tree is not."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"scanner": "routelint", "rules": "routelint_rules", "schemas": "routelint_schemas"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, expect: int = 0) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, and the wheel that was built from it and not from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment that holds the wheel and what it asks for, nothing else."""
    environment = tmp_path_factory.mktemp("installed") / "environment"
    run(sys.executable, "-m", "venv", environment, cwd=wheel.parent)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=wheel.parent)
    return programs


def sources() -> set[str]:
    """Every file of the three packages, as the wheel names it."""
    return {
        path.relative_to(ROOT / root).as_posix()
        for root, package in PACKAGES.items()
        for path in (ROOT / root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = {name for name in names if name.split("/", 1)[0].endswith(".dist-info")}
    assert names - metadata == sources()
    assert {name.split("/", 1)[1] for name in metadata} == {
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(path).decode("utf-8"))
    assert metadata["Name"] == "routelint"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    required = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert len(required) == len(PROJECT["dependencies"])
    assert metadata.get_all("Provides-Extra", []) == list(PROJECT["optional-dependencies"])


def test_source_distribution_can_be_built_and_tested_again(dist: Path) -> None:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    wanted = {
        "pyproject.toml",
        "Makefile",
        "LICENSE",
        "README.md",
        "tests/conftest.py",
        "tools/build_data.py",
        "examples/routelint.yaml",
    }
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", "build/", "dist/"))]


def test_installed_program_gives_its_version(installed: Path, tmp_path: Path) -> None:
    version = PROJECT["version"]
    assert version in run(installed / "routelint", "--version", cwd=tmp_path)
    assert version in run(installed / "python", "-m", "routelint", "--version", cwd=tmp_path)


def test_installed_program_judges_a_repository(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "us.anthropic.claude-opus-5-5"\n}\n', "utf-8"
    )
    found = run(installed / "routelint", "scan", ".", "--today", "2026-11-24", cwd=tmp_path, expect=1)
    assert "unjustified-premium-model" in found
    assert "main.tf:2" in found


def test_installed_program_has_every_page_and_model(installed: Path, tmp_path: Path) -> None:
    assert "Why" in run(installed / "routelint", "explain", "unjustified-premium-model", cwd=tmp_path)
    assert "amazon.nova-lite-v1:0" in run(installed / "routelint", "catalog", "amazon.nova-lite-v1:0", cwd=tmp_path)
    run(installed / "routelint", "policy", "init", ".", cwd=tmp_path)
    run(installed / "routelint", "policy", "check", cwd=tmp_path)


def test_installed_program_needs_only_what_it_declares(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "python", "-m", "pip", "--disable-pip-version-check", "check", cwd=tmp_path)
    assert "No broken requirements found" in listed
