"""The surfaces of Python, found by the dotted path of a callee."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from routelint.parse.python.libraries import CLIENT
from routelint.surfaces import Surface, indexed

# What stands in a sink for an SDK client whose service cannot be told.
_SDK = "boto3"


class SurfaceIndex:
    """Rows by the last name of their symbol, matched by the whole path."""

    def __init__(self, surfaces: Sequence[Surface]) -> None:
        self._rows: dict[str, list[tuple[tuple[str, ...], Surface]]] = defaultdict(list)
        self._operations: dict[str, list[Surface]] = defaultdict(list)
        self._operations_of: dict[str, list[Surface]] = defaultdict(list)
        for surface in surfaces:
            if surface.role != "model":
                continue
            if surface.framework == _SDK:
                self._operations[surface.symbol.rpartition(".")[2]].append(surface)
                self._operations_of[surface.symbol].append(surface)
            else:
                parts = tuple(surface.symbol.split("."))
                self._rows[parts[-1]].append((parts, surface))
        self.operations = frozenset(self._operations)
        self.names = frozenset(self._rows) | self.operations
        # An operation that only Bedrock services have, under a name nobody else gives a method by chance.
        self.distinctive = frozenset(
            name
            for name, rows in self._operations.items()
            if all("bedrock" in row.symbol for row in rows) and name not in ("retrieve", "rerank", "count_tokens")
        )

    def rows(self, path: str) -> tuple[Surface, ...]:
        """The rows of a callable by its dotted path; several spellings of a path reach the same row."""
        if path.startswith(CLIENT):
            service, _, operation = path.removeprefix(CLIENT).partition(".")
            if service == "?":
                return self.untracked(operation)
            return tuple(self._operations_of.get(f"{service}.{operation}", ()))
        parts = tuple(path.split("."))
        fitting = [
            (row, surface)
            for row, surface in self._rows.get(parts[-1], ())
            if row[0] == parts[0] and (_within(row, parts) or _within(parts, row))
        ]
        if not fitting:
            return ()
        # The longest row that fits is the one meant: rows of shorter paths are re-exports of other things.
        exact = [(row, surface) for row, surface in fitting if row == parts]
        best = exact or [each for each in fitting if len(each[0]) == max(len(row) for row, _ in fitting)]
        first = best[0][0]
        return tuple(surface for row, surface in best if row == first)

    def untracked(self, operation: str) -> tuple[Surface, ...]:
        """The rows of an SDK operation by its name alone: of the first service that has it."""
        rows = self._operations.get(operation, [])
        return tuple(row for row in rows if row.symbol == rows[0].symbol) if rows else ()

    def named(self, name: str) -> tuple[Surface, ...]:
        """The rows of a class by its last name alone, for names that speak of Bedrock: of the first symbol that has it."""
        rows = [surface for _, surface in self._rows.get(name, ()) if surface.bedrock_only and surface.reads == "identifier"]
        if "bedrock" not in name.lower() or not rows:
            return ()
        return tuple(row for row in rows if row.symbol == rows[0].symbol)

    def inside(self, module: str, name: str) -> tuple[Surface, ...]:
        """The rows of a class or function that the repository itself defines: the library's own source."""
        parts = module.split(".")
        for row, _ in self._rows.get(name.rpartition(".")[2], ()):
            if row[0] in parts:
                start = parts.index(row[0])
                return self.rows(".".join([*parts[start:], name]))
        return ()


@indexed
def index(surfaces: Sequence[Surface]) -> SurfaceIndex:
    """The surfaces by the last name of their symbol."""
    return SurfaceIndex(surfaces)


def _within(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether one path has the parts of the other in order, perhaps with more between."""
    position = 0
    for part in long:
        if position < len(short) and part == short[position]:
            position += 1
    return position == len(short)
