"""The tags of a resource after everything that adds to them: its own, `merge()`, the provider's `default_tags`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from routelint.model import Tags, Unknown
from routelint.parse.terraform import providers, sections
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Block
from routelint.parse.terraform.values import Failure, entries, rest_of
from routelint.possible import Content, Hole, Items, Possible, Record, Template, text_of

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

Entries = dict[str, "str | Unknown"]


def of_resource(evaluator: Evaluator, block: Block, scope: Scope, shape: str) -> Tags:
    """The tags of one instance of a resource; `shape` is `map`, or `list` for key and value objects."""
    found, rest = _provider_tags(evaluator, block, scope.instance)
    own = sections.value(evaluator, block.body, "tags", scope)
    if own is not None:
        mine, open_end = _entries(own[1], shape)
        found.update(mine)
        rest = open_end or rest
    return Tags(found, rest)


def together(tags: Iterable[Tags]) -> Tags:
    """The tags that hold for every instance and configuration; a value that differs among them cannot be told."""
    several = list(tags)
    if len(several) == 1:
        return several[0]
    shared: Entries = {}
    rest = next((each.rest for each in several if each.rest is not None), None)
    for key in several[0].entries:
        if all(key in each.entries for each in several):
            values = list(dict.fromkeys(each.entries[key] for each in several))
            texts = [value for value in values if isinstance(value, str)]
            if len(values) == 1:
                shared[key] = values[0]
            elif len(texts) == len(values):
                shared[key] = Unknown("differs: " + ", ".join(f"'{text}'" for text in texts[:4]), one_of=tuple(texts))
            else:
                shared[key] = next(value for value in values if isinstance(value, Unknown))
    return Tags(shared, rest)


def _entries(possible: Possible, shape: str) -> tuple[Entries, Unknown | None]:
    """Key -> value of every possibility that agrees, and why there may be more."""
    several: list[Tags] = []
    for possibility in possible:
        content = possibility.content
        if content is None or isinstance(content, Failure):
            several.append(Tags())
            continue
        rest = rest_of(content)
        pairs: dict[str, Possible] = {}
        if isinstance(content, Items) or shape == "list":
            for _, item in entries(possibility):
                for each in item:
                    if not isinstance(each.content, Record):
                        rest = rest or rest_of(each.content)
                        continue
                    key, value = _pair(each.content)
                    if isinstance(key, str) and value is not None:
                        pairs[key] = value
                    else:
                        rest = rest or (key if isinstance(key, Hole) else None)
        if isinstance(content, Record):
            pairs.update({key: value for key, value in entries(possibility) if key is not None})
        values = {key: _text(value) for key, value in pairs.items()}
        several.append(
            Tags({k: v for k, v in values.items() if v is not None}, Unknown(rest.reason) if rest is not None else None)
        )
    merged = together(several)
    return dict(merged.entries), merged.rest


def _pair(record: Record) -> tuple[Content, Possible | None]:
    names = {name.lower(): value for name, value in record.entries.items()}
    key = names.get("key")
    return (key[0].content if key else None), names.get("value")


def _text(possible: Possible) -> str | Unknown | None:
    """A tag's value; None where it is null, which sets no tag."""
    contents = list(dict.fromkeys(_shown(each.content) for each in possible))
    if len(contents) == 1:
        return contents[0]
    texts = [content for content in contents if isinstance(content, str)]
    if len(texts) == len(contents):
        return Unknown("one of " + ", ".join(f"'{text}'" for text in texts[:4]))
    return next((content for content in contents if isinstance(content, Unknown)), None)


def _shown(content: Content) -> str | Unknown | None:
    match content:
        case None:
            return None
        case Hole(reason):
            return Unknown(reason)
        case Template():
            return Unknown(content.reason)
        case Items() | Record():
            return Unknown("a list or map stands where a text is expected")
        case _:
            return text_of(content)


def _provider_tags(evaluator: Evaluator, block: Block, instance: Instance) -> tuple[Entries, Unknown | None]:
    found = providers.holding(instance, block, "default_tags")
    if found is None:
        return {}, None
    owner, provider = found
    merged: Entries = {}
    rest: Unknown | None = None
    scope = Scope(owner)
    for leaf in sections.leaves(evaluator, provider.body, "default_tags.tags", scope):
        more, open_end = _entries(leaf.value, "map")
        merged.update(more)
        rest = rest or open_end
    return merged, rest
