"""Inputs to begin with: the fixtures of the tests, the examples, and real files where a folder of them is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from fuzzing import bundles

TESTS = Path(__file__).parents[1]
EXAMPLES = TESTS.parent / "examples"
_EXPECTED = frozenset(("expected.txt",))
LONGEST = 16_000
MOST_REAL = 400


@lru_cache(maxsize=64)
def cases(*folders: str) -> tuple[bytes, ...]:
    """The golden folders below `tests/cases`, each as one bundle."""
    found = []
    for folder in folders:
        for case in sorted(path for path in (TESTS / "cases" / folder).iterdir() if path.is_dir()):
            packed = bundles.of_folder(case, _EXPECTED)
            if len(packed) <= LONGEST:
                found.append(packed)
    return tuple(found)


@lru_cache(maxsize=64)
def files(*suffixes: str) -> tuple[bytes, ...]:
    """Single files of the golden folders and examples with names that end so, each as one bundle."""
    found = []
    for root in (TESTS / "cases", EXAMPLES):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.name.lower().endswith(suffixes) and path.name not in _EXPECTED:
                data = path.read_bytes()
                if len(data) <= LONGEST:
                    found.append(bundles.pack({path.name: data}))
    return tuple(found)


def real(folder: Path, fits: Callable[[str], bool]) -> Iterable[bytes]:
    """Files below a folder that a target reads, each as one bundle: evenly from all of the tree, up to a number."""
    found = [path for path in sorted(folder.rglob("*")) if fits(path.name) and path.is_file() and not path.is_symlink()]
    for path in found[:: max(1, len(found) // MOST_REAL)][:MOST_REAL]:
        data = path.read_bytes()
        if len(data) <= LONGEST:
            yield bundles.pack({path.name: data})
