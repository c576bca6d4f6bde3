"""What an HCL expression may hold beyond the shared value domain, and how values are looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice, product
from typing import TYPE_CHECKING

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Resolution
from routelint.possible import (
    MOST_POSSIBILITIES,
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Scalar,
    Template,
    agree,
    known,
    unite,
)

if TYPE_CHECKING:
    from routelint.parse.terraform.module import Instance
    from routelint.parse.terraform.nodes import Block

_LONE_SURROGATE = lazy_regex("[\ud800-\udfff]")

# Python values a decoded JSON or YAML text may hold.
Plain = Scalar | Sequence["Plain"] | Mapping[str, "Plain"]
MOST_DECODED = 20_000
MOST_NESTED = 60
MOST_HOPS = 24


@dataclass(frozen=True, slots=True)
class Failure(Hole):
    """Terraform itself would stop here: `try` and `lookup` go on with what comes next."""


@dataclass(frozen=True, slots=True)
class Computed(Hole):
    """A value that exists only after apply; it is never null."""


@dataclass(frozen=True, slots=True)
class Symbol(Hole):
    """The workspace, or a root's environment variable, while it stands for any name but those `excluded`."""

    name: str = ""
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Thing(Hole):
    """A resource or data source; its attributes are looked up when they are asked for.

    `key` is the count index or for_each key it was reached by; None where it was not.
    """

    block: Block | None = None
    instance: Instance | None = None
    key: Possible | None = None

    def __repr__(self) -> str:
        """Short: the whole configuration hangs on it."""
        return f"Thing({self.label}, {self.instance.address if self.instance else ''}, {self.key!r})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Called(Hole):
    """A module call; its attributes are the outputs of the instances it made."""

    name: str = ""
    instances: tuple[Instance, ...] = ()

    def __repr__(self) -> str:
        """Short: the whole configuration hangs on it."""
        return f"Called({self.label}, {[instance.address for instance in self.instances]})"


def through(possible: Possible, hop: Hop, resolution: Resolution | None = None) -> Possible:
    """Every possibility one hop further away; `resolution` names the step for what was a literal until here."""
    return tuple(
        replace(
            each,
            trail=(hop, *each.trail),
            resolution=resolution if resolution and each.resolution is Resolution.LITERAL else each.resolution,
        )
        for each in possible
    )


def united(alternatives: Iterable[Possible]) -> Possible:
    """`unite`, but at once for a single possibility, which is nearly always."""
    several = [alternative for alternative in alternatives if alternative]
    if len(several) == 1 and len(several[0]) == 1:
        return several[0]
    return unite(several)


def trimmed(possible: Possible) -> Possible:
    """The possibilities with each hop once, and no more hops than anybody reads: `"${a}${a}"` would double them."""
    if all(len(each.trail) <= MOST_HOPS for each in possible):
        return possible
    return tuple(replace(each, trail=tuple(dict.fromkeys(each.trail))[:MOST_HOPS]) for each in possible)


def skipped(trail: Sequence[Hop]) -> tuple[Hop, ...]:
    """The nearest hop of a value that was passed over because it is null or empty: why what follows is taken."""
    return tuple(Hop(hop.location, f"{hop.note} is not set") for hop in trail[:1])


def inside(outer: Possibility, possible: Possible) -> Possible:
    """`possible` as found inside `outer`: reached by the outer trail first, in environments of both."""
    if not outer.trail and not outer.environments and outer.resolution is Resolution.LITERAL:
        return possible
    found = []
    for each in possible:
        environments = agree(outer.environments, each.environments)
        if environments is None:
            continue
        resolution = outer.resolution if each.resolution is Resolution.LITERAL else each.resolution
        found.append(Possibility(each.content, (*outer.trail, *each.trail), environments, resolution))
    return tuple(found)


def bind(operands: Sequence[Possible], apply: Callable[[tuple[Possibility, ...]], Possible]) -> Possible:
    """`apply` on every combination of operands whose environments agree; the results hold where the operands do.

    `apply` decides which operands' trails its result keeps.
    """
    results: list[Possible] = []
    for combination in islice(product(*operands), MOST_POSSIBILITIES):
        environments: tuple[str, ...] | None = ()
        for operand in combination:
            environments = agree(environments, operand.environments) if environments is not None else None
        if environments is None:
            continue
        narrowed = []
        for each in apply(combination):
            both = agree(each.environments, environments)
            if both is not None:
                narrowed.append(replace(each, environments=both))
        results.append(tuple(narrowed))
    return united(results) or known(Failure("no combination of environments holds"))


def entries(possibility: Possibility) -> Iterator[tuple[str | None, Possible]]:
    """The items of a list or the entries of a map, each reached through the collection; keys are None for a list."""
    match possibility.content:
        case Items(items):
            for item in items:
                yield None, inside(possibility, item)
        case Record(pairs):
            # Terraform runs over maps in the order of their keys.
            for key in sorted(pairs):
                yield key, inside(possibility, pairs[key])


def rest_of(content: Content) -> Hole | None:
    """Why a collection may hold more than is known, if it may."""
    match content:
        case Items(_, rest) | Record(_, rest):
            return rest
        case Hole():
            return content
    return None


def fails(content: Content, depth: int = 0) -> bool:
    """Whether a value, or something inside it, is what Terraform would stop at."""
    match content:
        case Failure():
            return True
        case Items(items) if depth < 20:
            return any(fails(each.content, depth + 1) for item in items for each in item)
        case Record(pairs) if depth < 20:
            return any(fails(each.content, depth + 1) for value in pairs.values() for each in value)
    return False


def from_plain(value: object, budget: list[int] | None = None, depth: int = 0) -> Content:
    """A decoded JSON value; what is larger or nested deeper than anybody writes becomes a hole."""
    left = budget if budget is not None else [MOST_DECODED]
    left[0] -= 1
    if left[0] < 0 or depth > MOST_NESTED:
        return Hole("the decoded document is too large")
    if isinstance(value, str):
        return value if value.isprintable() else _LONE_SURROGATE.sub("\ufffd", value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return Record({str(key): known(from_plain(inner, left, depth + 1)) for key, inner in value.items()})
    if isinstance(value, Sequence):
        return Items(tuple(known(from_plain(inner, left, depth + 1)) for inner in value))
    return str(value)


def identity(possible: Possible, depth: int = 0) -> tuple[object, ...]:
    """What tells values apart, however they came."""
    return tuple(_identity(each.content, depth) for each in possible)


def _identity(content: Content, depth: int) -> tuple[object, ...]:
    if depth > MOST_NESTED:
        return (id(content),)
    match content:
        case Items(items, rest):
            return ("list", rest is None, *(identity(item, depth + 1) for item in items))
        case Record(pairs, rest):
            return ("map", rest is None, *((key, identity(pairs[key], depth + 1)) for key in sorted(pairs)))
        case bool() | int() | float():
            return (isinstance(content, bool), content)
        case Thing() | Called():
            return (id(content),)
    return (str(type(content)), repr(content))


def set_of(items: Iterable[Possible]) -> tuple[Possible, ...]:
    """The items of a set, each once, in Terraform's order: numbers by size, texts by letters, false before true."""
    unique: dict[tuple[object, ...], Possible] = {}
    for item in items:
        unique.setdefault(identity(item), item)
    return tuple(sorted(unique.values(), key=_order))


def _order(item: Possible) -> tuple[int, float, str]:
    content = item[0].content
    match content:
        case bool() | int() | float():
            return (0, content, "")
        case str():
            return (1, 0, content)
    return (2, 0, "")


def label_with(hole: Hole, step: str) -> str:
    """The label of a hole one step further in: `${data.x.y}` and `.name` give `${data.x.y.name}`."""
    if hole.label.startswith("${") and hole.label != "${...}":
        return hole.label[:-1] + step + "}"
    return hole.label


def alternatives(possible: Possible, most: int = MOST_POSSIBILITIES) -> Iterator[Possibility]:
    """The possibilities with every nested alternative spread out, so that each collection holds single values only."""
    return islice(_spread(possible), most)


def _spread(possible: Possible, depth: int = 0) -> Iterator[Possibility]:
    for each in possible:
        match each.content:
            case Items(items, rest) if depth < 20 and any(not _single(item) for item in items):
                yield from _recombined(each, items, depth, partial(_items, rest))
            case Record(pairs, rest) if depth < 20 and any(not _single(value) for value in pairs.values()):
                yield from _recombined(each, tuple(pairs.values()), depth, partial(_record, tuple(pairs), rest))
            case _:
                yield each


def _items(rest: Hole | None, chosen: tuple[Possible, ...]) -> Content:
    return Items(chosen, rest)


def _record(keys: tuple[str, ...], rest: Hole | None, chosen: tuple[Possible, ...]) -> Content:
    return Record(dict(zip(keys, chosen, strict=True)), rest)


def _recombined(
    outer: Possibility, parts: Iterable[Possible], depth: int, rebuild: Callable[[tuple[Possible, ...]], Content]
) -> Iterator[Possibility]:
    spread = [tuple(islice(_spread(part, depth + 1), MOST_POSSIBILITIES)) for part in parts]
    for combination in islice(product(*spread), MOST_POSSIBILITIES):
        environments: tuple[str, ...] | None = outer.environments
        for chosen in combination:
            environments = agree(environments, chosen.environments) if environments is not None else None
        if environments is not None:
            yield replace(outer, content=rebuild(tuple((chosen,) for chosen in combination)), environments=environments)


def _single(possible: Possible, depth: int = 0) -> bool:
    """Whether a value has no alternatives, not even nested ones."""
    if len(possible) != 1 or depth > 20:
        return len(possible) == 1
    match possible[0].content:
        case Items(items):
            return all(_single(item, depth + 1) for item in items)
        case Record(pairs):
            return all(_single(value, depth + 1) for value in pairs.values())
    return True


def literal_parts(content: Content) -> tuple[str | Hole, ...] | None:
    """A text, known in part or not at all, as its parts; None for what is no text."""
    match content:
        case Template(parts):
            return parts
        case Hole():
            return (content,)
        case Items() | Record() | None:
            return None
        case bool():
            return ("true" if content else "false",)
        case _:
            return (str(content),)
