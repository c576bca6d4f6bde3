"""Golden folders of whole scans: what Python reads and infrastructure sets, and one row per function where they share code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import golden as harness
from routelint.model import ModelReference
from routelint.parse.parsed import Parsed
from scans import policy_of, resolve

FOLDERS = sorted(path.parent for path in (harness.CASES / "python" / "across").glob("*/expected.txt"))


def routes(folder: Path) -> tuple[ModelReference, ...]:
    return tuple(resolve(folder, policy_of(None)).references)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", harness.render(Parsed(routes(folder))))


@pytest.mark.parametrize("name", ["sam", "terraform", "profile"])
def test_the_trail_crosses_from_code_to_infrastructure(name: str) -> None:
    code = [each for each in routes(harness.CASES / "python" / "across" / name) if each.language == "python"]
    assert code
    for each in code:
        for choice in each.choices:
            assert {hop.location.path.rpartition(".")[2] for hop in choice.trail} & {"yaml", "tf", "tfvars"}
