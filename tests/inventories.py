"""Inventories of trees in memory: every language, the links between them, and the built-in policy's environments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routelint import catalog, engine
from routelint import policy as policies
from routelint.collect import collect_tree
from routelint.parse.parsed import Parsed
from routelint.source import MemoryTree

CATALOG, POLICY = catalog.load(), policies.default()


@dataclass(frozen=True)
class StreamedMemory(MemoryTree):
    """A tree in memory that hands its files over as collecting wants them; paths come in the order given."""

    def paths(self) -> Sequence[str]:
        return list(self.files)

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        take(self.files[path])
        return True


def inventory(tree: MemoryTree) -> Parsed:
    """The routes of a whole scan over every language, placed by the built-in policy."""
    collected = collect_tree(StreamedMemory(tree.files))
    resolved = engine.resolve(collected.units, collected.tree, POLICY, CATALOG, errors=collected.errors)
    return Parsed(resolved.references, resolved.resources, errors=resolved.errors)
