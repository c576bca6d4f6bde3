from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import golden as golden_cases
from routelint import catalog, surfaces
from routelint.collect.units import language_of, language_of_content
from routelint.parse import terraform
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import MemoryTree, SourceUnit

FOLDERS = [path for path in sorted((golden_cases.CASES / "terraform").iterdir()) if path.is_dir()]


def unit_of(tree: MemoryTree) -> SourceUnit:
    """The Terraform files of a tree, all of them marked."""
    paths = tuple(
        path
        for path in tree.paths()
        if language_of(path) == "terraform" or (path.endswith(".json") and language_of_content(tree.files[path]) == "terraform")
    )
    return SourceUnit("terraform", paths, paths)


def parsed(files: dict[str, str] | MemoryTree) -> Parsed:
    tree = files if isinstance(files, MemoryTree) else MemoryTree({path: text.encode() for path, text in files.items()})
    context = ParseContext(tree, surfaces.load("terraform"), catalog.load().knows)
    return terraform.parse(unit_of(tree), context)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_form(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", golden_cases.render(parsed(golden_cases.tree(folder))))
