"""What developers and CI install: the pinned versions, what installs them, and what asks for advisories."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKED = (ROOT / "tools" / "requirements.txt").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INSTALL, AUDIT = tool("install"), tool("audit")


def pinned() -> dict[str, list[tuple[Requirement, int]]]:
    """Name -> its pins, one for each environment that needs another, with the number of their hashes."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for block in re.split(r"\n(?=[a-z])", re.sub(r"(?m)^ *#.*\n", "", LOCKED)):
        requirement = Requirement(block.partition("\\")[0].strip())
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block)
        found.setdefault(canonicalize_name(requirement.name), []).append((requirement, len(hashes)))
    return found


def group(name: str) -> list[str]:
    """The requirements of a dependency group, with those of the groups it includes."""
    wanted: list[str] = []
    for each in GROUPS[name]:
        wanted += group(each["include-group"]) if isinstance(each, dict) else [each]
    return wanted


def test_every_requirement_is_one_version_with_hashes() -> None:
    for name, pins in pinned().items():
        for requirement, hashes in pins:
            assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), name
            assert hashes, name


def test_no_place_is_named_from_which_they_came() -> None:
    assert re.findall(r"(?i)\w+://\S*|--[a-z-]*(?:index|links|host)\S*|\bfile:", LOCKED) == []


@pytest.mark.parametrize("source", ["dependencies", "extras", "dev"])
def test_what_the_project_asks_for_is_pinned_to_a_version_it_takes(source: str) -> None:
    asked = {
        "dependencies": PROJECT["project"]["dependencies"],
        "extras": [each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra],
        "dev": group("dev"),
    }[source]
    pins = pinned()
    for each in map(Requirement, asked):
        of_name = pins.get(canonicalize_name(each.name), [])
        assert of_name, f"run make lock: {each} is not pinned"
        for requirement, _ in of_name:
            (version,) = requirement.specifier
            assert each.specifier.contains(version.version, prereleases=True), f"run make lock: {requirement} is not {each}"


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        pytest.param("ERROR: No matching distribution found for click==8.5.1", True, id="an index without the version"),
        pytest.param("ERROR: Could not find a version that satisfies the requirement click", True, id="an index without it"),
        pytest.param("ERROR: Failed building wheel for google-re2", True, id="no wheel and no compiler"),
        pytest.param("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", False, id="another file"),
        pytest.param(
            "ERROR: No matching distribution found for x\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES", False, id="both"
        ),
        pytest.param(
            "ERROR: Hashes are required in --require-hashes mode, but they are missing", False, id="a file unheard of"
        ),
        pytest.param("OSError: No space left on device", False, id="a full disk"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_another_version_is_taken_only_where_one_is_not_to_be_had(said: str, absent: bool) -> None:
    assert INSTALL.is_absent(said) is absent


def audited(*advisories: str) -> dict[str, Any]:
    return {"name": "a", "version": "1", "vulns": [{"id": each, "fix_versions": ["2"]} for each in advisories]}


SKIPPED = {"name": "b", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "told"),
    [
        pytest.param([audited()], 0, ["1 of 1 packages audited, 0 advisories"], id="nothing known"),
        pytest.param(
            [audited("X-1", "X-2")],
            1,
            ["a 1: X-1, mended in 2", "a 1: X-2, mended in 2", "1 of 1 packages audited, 2 advisories"],
            id="two known",
        ),
        pytest.param(
            [audited("X-1"), SKIPPED],
            1,
            ["a 1: X-1, mended in 2", "1 of 2 packages audited, 1 advisories", "not audited: b; not found"],
            id="one known, one not audited",
        ),
        pytest.param([SKIPPED], 0, ["0 of 1 packages audited, 0 advisories", "not audited: b; not found"], id="none audited"),
    ],
)
def test_an_advisory_fails_and_a_package_that_was_not_audited_is_told(
    dependencies: list[dict[str, Any]], status: int, told: list[str]
) -> None:
    assert AUDIT.judge(json.dumps({"dependencies": dependencies, "fixes": []}), "") == (status, told)


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("Traceback\nrequests.exceptions.ConnectionError: Max retries exceeded", 0),
        ("no answer in 300 seconds", 0),
        ("error: unrecognized arguments: --x", 2),
        ("", 2),
    ],
)
def test_only_the_network_may_fail(why: str, status: int) -> None:
    found, told = AUDIT.judge("", why)
    assert found == status
    assert told == [f"nothing was audited: {why.splitlines()[-1] if why else 'pip-audit printed nothing'}"]
