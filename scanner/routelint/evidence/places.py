"""Where evaluation records lie in a tree, and which files are no source of routes because they are records."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace

from routelint.policy import Policy
from routelint.source import SourceUnit

SUFFIXES = (".json", ".yaml", ".yml")


def records_below(folder: str, paths: Iterable[str]) -> list[str]:
    """The paths that are records by their place and name."""
    prefix = "" if folder == "." else f"{folder}/"
    return [path for path in paths if path.startswith(prefix) and path.lower().endswith(SUFFIXES)]


def without_records(units: Sequence[SourceUnit], policy: Policy) -> Sequence[SourceUnit]:
    """The units without records: a record names models to say how they did; it takes none."""
    folder = in_tree(policy.evidence.folder, policy)
    if folder in (None, "."):
        return units
    left = []
    for unit in units:
        records = frozenset(records_below(folder, unit.paths))
        if records:
            unit = replace(
                unit,
                paths=tuple(path for path in unit.paths if path not in records),
                marked=tuple(path for path in unit.marked if path not in records),
            )
        left.append(unit)
    return left


def in_tree(path: str, policy: Policy) -> str | None:
    """A path of the policy as the tree names it; None where it lies outside the scanned root or is no path."""
    if "://" in path or path.startswith("/"):
        return None
    whole = posixpath.normpath(path)
    if not policy.base:
        return None if whole == ".." or whole.startswith("../") else whole
    if f"{whole}/" == policy.base:
        return "."
    return whole[len(policy.base) :] if whole.startswith(policy.base) else None
