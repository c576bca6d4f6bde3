from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import golden as harness
from routelint import catalog
from routelint.model import ModelReference
from routelint.parse import text
from routelint.parse.parsed import ParseContext, Parsed
from routelint.source import MemoryTree, SourceUnit

CATALOG = catalog.load()
CASES = sorted(path for path in (harness.CASES / "text").iterdir() if path.is_dir())


def parse(tree: MemoryTree) -> Parsed:
    paths = tuple(tree.paths())
    return text.parse(SourceUnit("text", paths, paths), ParseContext(tree, (), CATALOG.knows, cdk=CATALOG.cdk))


def routes(content: str, path: str = "app.ts") -> tuple[ModelReference, ...]:
    return parse(MemoryTree({path: content.encode()})).references


def models(content: str, path: str = "app.ts") -> list[str]:
    return [choice.model.id for route in routes(content, path) for choice in route.choices]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_golden(folder: Path, golden: Callable[[Path, str], None]) -> None:
    golden(folder / "expected.txt", harness.render(parse(harness.tree(folder))))
