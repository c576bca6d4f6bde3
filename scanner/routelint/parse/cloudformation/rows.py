"""The surface rows of templates and state machines, found by resource type or operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cache

from routelint import surfaces
from routelint.deferred import dataclass
from routelint.surfaces import Surface


@dataclass(frozen=True)
class Rows:
    """Rows by symbol; a symbol that ends in `*` stands for every symbol it starts."""

    exact: Mapping[str, tuple[Surface, ...]] = field(default_factory=dict)
    prefixes: Mapping[str, tuple[Surface, ...]] = field(default_factory=dict)

    def of(self, symbol: str) -> Iterator[Surface]:
        """The rows of a symbol, those that name it first."""
        yield from self.exact.get(symbol, ())
        for prefix, rows in self.prefixes.items():
            if symbol.startswith(prefix):
                yield from rows

    def having(self, symbol: str, *roles: str) -> Iterator[Surface]:
        """The rows of a symbol that have one of `roles`."""
        return (row for row in self.of(symbol) if row.role in roles)

    def tag_shape(self, symbol: str) -> tuple[str, str] | None:
        """The shape of a type's tags and the property that holds them; None where the type cannot be tagged."""
        for row in self.exact.get(symbol, ()):
            if row.tags is not None:
                return row.tags, row.tag_carrier or "Tags"
        return None


def index(rows: Iterable[Surface]) -> Rows:
    """The rows by symbol."""
    exact: dict[str, list[Surface]] = {}
    prefixes: dict[str, list[Surface]] = {}
    for row in rows:
        if row.symbol.endswith("*"):
            prefixes.setdefault(row.symbol[:-1], []).append(row)
        else:
            exact.setdefault(row.symbol, []).append(row)
    return Rows({key: tuple(each) for key, each in exact.items()}, {key: tuple(each) for key, each in prefixes.items()})


@cache
def of_states() -> Rows:
    """The rows of Amazon States Language, by operation."""
    return index(surfaces.load("asl"))


@cache
def steps(carrier: str) -> tuple[str, ...]:
    """The steps of a carrier's path; `[]` stands for every item of a list, `*` for every value of a map."""
    return tuple(
        step for part in carrier.split(".") for step in ((part[:-2], "[]") if part.endswith("[]") else (part,)) if step
    )
