"""Looks into values: `.name` and `[key]`, also where the key or the collection cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.terraform.values import Called, Failure, Symbol, Thing, bind, inside, label_with, rest_of, united
from routelint.possible import Content, Hole, Items, Possibility, Possible, Record, Template, known, text_of

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator


def attribute(evaluator: Evaluator, possible: Possible, name: str) -> Possible:
    """`.name` of every possibility."""
    return united(_attribute(evaluator, each, name) for each in possible)


def _attribute(evaluator: Evaluator, possibility: Possibility, name: str) -> Possible:
    match possibility.content:
        case Record(pairs, rest):
            if name in pairs:
                return inside(possibility, pairs[name])
            return inside(possibility, known(_missing(f"there is no attribute '{name}'", rest)))
        case Thing() | Called() as referred:
            return inside(possibility, evaluator.references.attribute(evaluator, referred, name))
        case Items(items) if name.isdigit() and len(name) < 10:
            return _item(possibility, items, int(name))
        case Items(items, rest):
            # Terraform before 0.12 let `.name` on a list of one mean the item's.
            if len(items) == 1 and rest is None:
                return inside(possibility, attribute(evaluator, items[0], name))
            return inside(possibility, known(_missing(f"a list has no attribute '{name}'", rest)))
        case Failure():
            return (possibility,)
        case Hole() as hole:
            return (replace(possibility, content=Hole(hole.reason, label_with(hole, f".{name}"))),)
        case None:
            return (replace(possibility, content=Failure(f"'{name}' is asked of null")),)
    return (replace(possibility, content=Failure(f"a text has no attribute '{name}'")),)


def index(evaluator: Evaluator, possible: Possible, key: Possible) -> Possible:
    """`[key]` of every possibility; where the key cannot be told, every item is possible."""
    return bind([possible, key], lambda pair: _index(evaluator, pair[0], pair[1]))


def _index(evaluator: Evaluator, possibility: Possibility, key: Possibility) -> Possible:
    content, chosen = possibility.content, key.content
    if evaluator.is_strict and isinstance(content, Thing | Called) and isinstance(chosen, str | int):
        made = evaluator.references.repeated(evaluator, content)
        if made is not None and rest_of(made) is None and not _holds(made, chosen):
            return (replace(possibility, content=Failure(f"there is no instance [{shown(chosen)}]")),)
    match content:
        case Thing() if content.key is None:
            keyed = replace(content, key=(replace(key, trail=()),), label=label_with(content, f"[{shown(chosen)}]"))
            return (replace(possibility, content=keyed),)
        case Called():
            return (replace(possibility, content=evaluator.references.called_by(content, chosen)),)
        case Record(pairs, rest):
            return _entry(evaluator, possibility, pairs, rest, key)
        case Items(items, rest):
            if isinstance(chosen, Hole | Template):
                return _any(possibility, items, rest, chosen)
            number = _whole(chosen)
            if number is None:
                return (replace(possibility, content=Failure("a list is indexed by a number")),)
            return _item(possibility, items, number, rest)
        case Failure():
            return (possibility,)
        case Hole() as hole:
            return (replace(possibility, content=Hole(hole.reason, label_with(hole, f"[{shown(chosen)}]"))),)
        case None:
            return (replace(possibility, content=Failure("an item is asked of null")),)
    return (replace(possibility, content=Failure("a text has no items")),)


def _holds(made: Items | Record, key: str | int) -> bool:
    if isinstance(made, Record):
        return str(key) in made.entries
    number = _whole(key)
    return number is not None and 0 <= number < len(made.items)


def _entry(
    evaluator: Evaluator, outer: Possibility, entries: Mapping[str, Possible], rest: Hole | None, key: Possibility
) -> Possible:
    chosen = key.content
    evaluator.note_names(chosen, entries)
    if isinstance(chosen, Symbol) and rest is None and all(name in chosen.excluded for name in entries):
        return (replace(outer, content=Failure("no entry for any other name")),)
    if isinstance(chosen, Hole | Template):
        return _any(outer, entries.values(), rest, chosen)
    name = "" if isinstance(chosen, Items | Record) else text_of(chosen)
    if name not in entries:
        return inside(outer, known(_missing(f"there is no entry '{name}'", rest)))
    found = inside(outer, entries[name])
    return found if not key.trail else tuple(replace(each, trail=(*key.trail, *each.trail)) for each in found)


def _item(outer: Possibility, items: tuple[Possible, ...], number: int, rest: Hole | None = None) -> Possible:
    if 0 <= number < len(items):
        return inside(outer, items[number])
    return inside(outer, known(_missing(f"the list has no item {number}", rest)))


def _any(outer: Possibility, values: Iterable[Possible], rest: Hole | None, key: Hole | Template) -> Possible:
    choices = [inside(outer, value) for value in values]
    if rest is not None or not choices:
        choices.append(known(rest or Hole(key.reason)))
    return united(choices)


def _missing(reason: str, rest: Hole | None) -> Hole:
    return Failure(reason) if rest is None else Hole(rest.reason, rest.label)


def shown(key: Content) -> str:
    """A key as it reads inside square brackets."""
    match key:
        case Hole():
            return key.label.removeprefix("${").removesuffix("}")
        case Template():
            return str(key)
        case str():
            return f'"{key}"'
        case Items() | Record():
            return "..."
        case _:
            return text_of(key)


def _whole(content: Content) -> int | None:
    if isinstance(content, bool):
        return None
    if isinstance(content, int):
        return content
    if isinstance(content, float) and content.is_integer():
        return int(content)
    if isinstance(content, str) and content.lstrip("-").isdigit() and len(content) < 10:
        return int(content)
    return None
