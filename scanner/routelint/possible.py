"""What an expression may evaluate to: the value domain every language evaluator shares.

A `Possible` is a non-empty tuple of possibilities. Each carries its content, the trail of hops it came by (nearest first),
the environments it holds in (empty: not said) and the step that supplied it. A text known in part is a `Template`; what
cannot be told is a `Hole` with a reason. Combining possibilities keeps only combinations whose environments agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution

# A product of alternatives beyond this is a value nobody can read; the surplus becomes a hole with that reason.
MOST_POSSIBILITIES = 64
# `a = b + b` sixty times over is a short program and a text of 10^18 characters.
LONGEST_TEXT = 1_000_000
MOST_PARTS = 1_000
MOST_HOPS = 64


@dataclass(frozen=True, slots=True)
class Hole:
    """A part that cannot be told: why, and how to show it (`${AWS::Region}`, `${var.model}`)."""

    reason: str
    label: str = "${...}"


@dataclass(frozen=True, slots=True)
class Template:
    """A text known in part: pieces in order, at least one of them a hole."""

    parts: tuple[str | Hole, ...]

    def __str__(self) -> str:
        """The text with each hole shown by its label."""
        return "".join(part if isinstance(part, str) else part.label for part in self.parts)

    @property
    def reason(self) -> str:
        """Why the first hole could not be filled."""
        return next(part.reason for part in self.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class Items:
    """A list: each item is itself possible values; `rest` is set where more items may follow that cannot be told."""

    items: tuple[Possible, ...] = ()
    rest: Hole | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A map: key -> possible values; `rest` is set where more keys may exist that cannot be told."""

    entries: Mapping[str, Possible] = field(default_factory=dict)
    rest: Hole | None = None


Scalar = str | int | float | bool | None
Content = Scalar | Template | Items | Record | Hole


@dataclass(frozen=True, slots=True)
class Possibility:
    """One content an expression may have, where it holds, and how it came here."""

    content: Content
    trail: tuple[Hop, ...] = ()
    environments: tuple[str, ...] = ()
    resolution: Resolution = Resolution.LITERAL

    def via(self, hop: Hop, resolution: Resolution | None = None) -> Possibility:
        """The same content one hop further away; `resolution` replaces the step only where one is given."""
        # `replace` takes three times as long, and this is done more often than anything else.
        return Possibility(self.content, (hop, *self.trail), self.environments, resolution or self.resolution)

    def having(self, content: Content) -> Possibility:
        """Another content that came the same way."""
        return Possibility(content, self.trail, self.environments, self.resolution)


Possible = tuple[Possibility, ...]


def known(content: Content, resolution: Resolution = Resolution.LITERAL, trail: Sequence[Hop] = ()) -> Possible:
    """Exactly one possibility."""
    return (Possibility(content, tuple(trail), (), resolution),)


def unknown(reason: str, label: str = "${...}", trail: Sequence[Hop] = ()) -> Possible:
    """A value that cannot be told, and why."""
    return (Possibility(Hole(reason, label), tuple(trail)),)


def via(possible: Possible, hop: Hop, resolution: Resolution | None = None) -> Possible:
    """Every possibility one hop further away."""
    return tuple(each.via(hop, resolution) for each in possible)


def in_environments(possible: Possible, environments: Sequence[str]) -> Possible:
    """The possibilities that can hold in `environments`, narrowed to them."""
    narrowed = []
    for each in possible:
        both = agree(each.environments, tuple(environments))
        if both is not None:
            narrowed.append(replace(each, environments=both))
    return tuple(narrowed)


def agree(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...] | None:
    """Environments in which both hold; empty means not said; None means never together."""
    if not left or not right:
        return left or right
    both = tuple(name for name in left if name in right)
    return both or None


def unite(alternatives: Iterable[Possible]) -> Possible:
    """Every possibility of every alternative, without repeats, in order; the surplus beyond the bound becomes a hole."""
    united: dict[tuple[object, ...], Possibility] = {}
    for possibility in itertools.chain.from_iterable(alternatives):
        key = (*_identity(possibility.content), possibility.environments, possibility.trail)
        united.setdefault(key, possibility)
        if len(united) > MOST_POSSIBILITIES:
            kept = tuple(united.values())[:MOST_POSSIBILITIES]
            return (*kept, Possibility(Hole(f"more than {MOST_POSSIBILITIES} possible values")))
    return tuple(united.values())


def _identity(content: Content) -> tuple[object, ...]:
    """What tells contents apart: their value, or for a list or map the object itself, whose parts may be shared many times."""
    return (id(content),) if isinstance(content, Items | Record) else (type(content), content)


def combine(
    operands: Sequence[Possible],
    apply: Callable[[tuple[Content, ...]], Content],
    resolution: Resolution | None = None,
) -> Possible:
    """`apply` on every combination of the operands whose environments agree.

    A result's trail is the operands' trails one after the other; its resolution is the last one that is not a literal,
    or `resolution` where given. Of an operand that is nothing, as what is never reached is, nothing is made.
    """
    if not all(operands):
        return ()
    results: list[Possibility] = []
    for combination in itertools.islice(itertools.product(*operands), MOST_POSSIBILITIES + 1):
        if len(results) >= MOST_POSSIBILITIES:
            results.append(Possibility(Hole(f"more than {MOST_POSSIBILITIES} possible values")))
            break
        environments: tuple[str, ...] | None = ()
        for operand in combination:
            environments = agree(environments, operand.environments) if environments is not None else None
        if environments is None:
            continue
        steps = [operand.resolution for operand in combination if operand.resolution is not Resolution.LITERAL]
        results.append(
            Possibility(
                apply(tuple(operand.content for operand in combination)),
                _joined(combination),
                environments,
                resolution or (steps[-1] if steps else Resolution.LITERAL),
            )
        )
    return tuple(results) or unknown("no combination of environments holds")


def _joined(combination: Sequence[Possibility]) -> tuple[Hop, ...]:
    """The trails one after the other, each hop once, as many as anybody reads."""
    hops = dict.fromkeys(itertools.chain.from_iterable(operand.trail for operand in combination))
    return tuple(itertools.islice(hops, MOST_HOPS))


def concatenate(contents: Sequence[Content]) -> Content:
    """The text of contents one after the other; a `Template` where a part cannot be told; a hole where one is no text."""
    parts: list[str | Hole] = []
    for content in contents:
        match content:
            case Template(inner):
                parts.extend(inner)
            case Hole():
                parts.append(content)
            case Items() | Record():
                return Hole("a list or map stands where a text is expected")
            case _:
                parts.append(text_of(content))
    merged: list[str | Hole] = []
    # A run of texts is joined once: adding each to what stands before takes the square of their number.
    run: list[str] = []
    size = 0
    for part in parts:
        if isinstance(part, str):
            run.append(part)
            size += len(part)
        else:
            merged.extend(_joined_text(run))
            merged.append(part)
            run = []
        if size > LONGEST_TEXT or len(merged) >= MOST_PARTS:
            return Hole(f"the text grows beyond {LONGEST_TEXT:,} characters or {MOST_PARTS:,} parts")
    merged.extend(_joined_text(run))
    if not merged:
        return ""
    if len(merged) == 1:
        return merged[0]
    return Template(tuple(merged)) if any(isinstance(part, Hole) for part in merged) else "".join(map(str, merged))


def _joined_text(run: Sequence[str]) -> tuple[str, ...]:
    """A run of texts as one; nothing where it is empty."""
    text = "".join(run)
    return (text,) if text else ()


def text_of(scalar: Scalar) -> str:
    """A scalar as configuration languages print it: `true`, `false`, empty for null."""
    if scalar is None:
        return ""
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return str(scalar)
