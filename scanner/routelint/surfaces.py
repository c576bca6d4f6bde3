"""The places where a model can be chosen, per language and framework: rows of `surfaces/*.yaml`, read from their index."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cache, wraps
from pathlib import Path
from typing import TypeVar

from routelint.deferred import dataclass
from routelint.model import Kind

Made = TypeVar("Made")
FOLDER = Path(__file__).parent / "surfaces"


@dataclass(frozen=True, slots=True)
class Surface:
    """One place that can carry a model.

    `symbol` is the callable, resource type or file; `carrier` the argument, attribute path (`a.b[].c`) or key that holds the
    model; `position` its 0-based place at a call, without self; `default` the model taken when it is omitted. `bedrock_only`
    is false where the same place takes other providers' models. `beats` names the carrier of the same symbol that this one
    overrides. `reads` says how the carrier holds the model where it is not the identifier itself: `variables` (environment
    variables), `states` (Amazon States Language), `properties` (whatever inside has a name that says model), `stored` (an
    identifier of the catalog, or such properties), `program` (text to search), `policy` (an IAM policy), `statements` (the
    resources of its statements), `object` (an object that others are given as their model),
    `stated` (everything a resource says is kept for rules). `when` is an argument that must be
    there for the place to be Bedrock's, `name~text` where its value must hold a text; of a key in a file, `value~text`. `tags`
    is the tag shape (`map`, `list`, `block`), None where it cannot be tagged. `outputs` are the attributes of the symbol that
    hand its model on: name -> text around `{model}`. `settings` says where the place states what else rules ask of a route: a
    name of `ModelReference.settings` -> its carrier. `open_ended` says that no cap applies where none of `caps` is given.
    """

    id: str
    framework: str
    symbol: str
    carrier: str
    kind: Kind | None
    position: int | None = None
    default: str | None = None
    bedrock_only: bool = True
    beats: str | None = None
    tags: str | None = None
    tag_carrier: str | None = None
    caps: tuple[str, ...] = ()
    role: str = "model"
    reads: str = "identifier"
    when: str | None = None
    note: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    open_ended: bool = False


@cache
def load(language: str) -> tuple[Surface, ...]:
    """The surfaces of a language, in file order; none where the language has no file."""
    path = FOLDER / f"{language}.json"
    if not path.exists():
        return ()
    index = json.loads(path.read_text("utf-8"))
    kind, caps = index["columns"].index("kind"), index["columns"].index("caps")
    kinds: Mapping[str | None, Kind | None] = {None: None, **{each.value: each for each in Kind}}
    found = []
    for row in index["rows"]:
        row[kind] = kinds[row[kind]]
        if len(row) > caps:
            row[caps] = tuple(row[caps])
        found.append(Surface(*row))
    return tuple(found)


def indexed(make: Callable[[Sequence[Surface]], Made]) -> Callable[[Sequence[Surface]], Made]:
    """An index over surfaces that is made anew only for another table of them; who asks leaves it as it is.

    A scan asks with the same table for each of its units. To compare tables takes as long as to make the index, so that they
    are told apart by what they are, not by what they hold.
    """
    last: tuple[Sequence[Surface], Made] | None = None

    @wraps(make)
    def made(rows: Sequence[Surface]) -> Made:
        nonlocal last
        kept = last
        if kept is None or kept[0] is not rows:
            kept = last = (rows, make(rows))
        return kept[1]

    return made
