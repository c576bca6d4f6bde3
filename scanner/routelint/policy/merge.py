"""Layers of a policy laid over one another: mappings merge key by key, lists replace, `null` takes away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from routelint.model import Location
from routelint.policy.fault import Fault, shown
from routelint.policy.source import Entry, ListNode, MapNode, Node, ScalarNode

# Keys of a file that speak of the file itself.
_OWN_KEYS = ("version", "extends")


def merge(layers: Sequence[MapNode]) -> MapNode:
    """The layers merged, later over earlier; `version` and `extends` are left out."""
    merged = MapNode({}, layers[-1].location)
    for layer in layers:
        own = {key: entry for key, entry in layer.entries.items() if key not in _OWN_KEYS}
        over = _with(replace(layer, entries=own), "rules", _full_settings(layer.map("rules")))
        merged = _with(merged, "environments", _renamed(merged.map("environments"), over.map("environments")))
        merged = _over(merged, over, ())
    return merged


def _with(node: MapNode, key: str, child: MapNode) -> MapNode:
    """The mapping with another mapping below `key`, where there was one."""
    entry = node.entries.get(key)
    if entry is None or not isinstance(entry.node, MapNode):
        return node
    return replace(node, entries={**node.entries, key: replace(entry, node=child)})


def _over(base: MapNode, over: MapNode, keys: tuple[str, ...]) -> MapNode:
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        below = entries.get(key)
        match entry.node:
            case ScalarNode() as scalar if scalar.is_null:
                entries.pop(key, None)
                continue
            case ScalarNode() as scalar if scalar.is_empty and below is not None:
                continue
            case MapNode() as node:
                inherited = below.node if below is not None and isinstance(below.node, MapNode) else MapNode({}, node.location)
                entries[key] = replace(entry, node=_over(inherited, node, (*keys, key)))
            case _ if below is not None and isinstance(below.node, MapNode):
                continue  # a fault of the file, told by its validation; what is inherited stays for the checks that follow
            case _:
                entries[key] = entry
    if keys == ("tiers",):
        entries = {key: entries[key] for key in _order(list(base.entries), list(over.entries)) if key in entries}
    return MapNode(entries, over.location)


def _order(base: list[str], over: list[str]) -> list[str]:
    """Both orders in one: what `over` names follows its order; a new name stands after the one named before it, else before
    the known one named after it, else last."""
    order = list(base)
    previous: str | None = None
    for index, name in enumerate(over):
        known = name in order
        if known and (previous is None or order.index(name) > order.index(previous)):
            previous = name
            continue
        if known:
            order.remove(name)
        if previous is not None:
            order.insert(order.index(previous) + 1, name)
        else:
            after = next((each for each in over[index + 1 :] if each in order), None)
            order.insert(order.index(after) if after is not None else len(order), name)
        previous = name
    return order


def _full_settings(rules: MapNode) -> MapNode:
    """Rule settings with `rule: severity` written out, so that a severity does not drop an inherited `waivable: false`."""
    entries = {}
    for key, entry in rules.entries.items():
        node = entry.node
        if isinstance(node, ScalarNode) and not node.is_empty and not node.is_null:
            node = MapNode({"severity": Entry("severity", entry.location, node)}, node.location)
        entries[key] = replace(entry, node=node)
    return replace(rules, entries=entries)


def _renamed(base: MapNode, over: MapNode) -> MapNode:
    """Inherited environments, where the upper layer declares one by what is an alias so far, under that name.

    A policy that says `production` must not get a second environment beside the profile's `prod`.
    """
    names: dict[str, str] = {}
    for new in over.entries:
        if new not in base.entries:
            for old, aliases in _aliases(base).items():
                if new in aliases and old not in over.entries and old not in names:
                    names[old] = new
                    break
    entries: dict[str, Entry] = {}
    for key, entry in base.entries.items():
        new = names.get(key, key)
        node = entry.node
        if new != key and isinstance(node, MapNode):
            node = _with_alias_for(node, old=key, new=new)
        entries[new] = replace(entry, key=new, node=node)
    return replace(base, entries=entries)


def _with_alias_for(node: MapNode, *, old: str, new: str) -> MapNode:
    entry = node.entries["aliases"]
    kept = [item for item in node.items("aliases") if isinstance(item, ScalarNode) and item.text != new]
    aliases = ListNode((ScalarNode(old, False, entry.location), *kept), entry.node.location)
    return replace(node, entries={**node.entries, "aliases": replace(entry, node=aliases)})


def _aliases(environments: MapNode) -> Mapping[str, tuple[str, ...]]:
    return {
        name: tuple(item.text for item in environments.map(name).items("aliases") if isinstance(item, ScalarNode))
        for name in environments.entries
    }


def settle_aliases(tree: MapNode, order: Sequence[str]) -> tuple[MapNode, list[Fault]]:
    """The tree with every alias belonging to one environment, and the aliases that one file gives to two.

    `order` are the paths of the layers, lowest first: of two layers the upper one's claim holds, and a name wins over an alias.
    """
    environments = tree.map("environments")
    rank = {path: index for index, path in enumerate(order)}
    faults: list[Fault] = []
    claims: dict[str, tuple[str, Location]] = {}  # folded spelling -> who has it, and where it says so
    dropped: set[tuple[str, str]] = set()
    for name, entry in environments.entries.items():
        claims.setdefault(name.casefold(), (name, entry.location))
    for name in environments.entries:
        for item in environments.map(name).items("aliases"):
            if not isinstance(item, ScalarNode):
                continue
            spelling = item.text.casefold()
            owner, place = claims.get(spelling, (name, item.location))
            if owner == name:
                claims.setdefault(spelling, (name, item.location))
            elif place.path == item.location.path:
                line, column = item.location.span.start_line, item.location.span.start_column
                fact = f"alias {shown(item.text)} of environment '{name}' belongs to environment '{owner}' already"
                faults.append(Fault(item.location.path, line, column, fact, "each spelling once"))
            elif owner.casefold() == spelling or rank.get(place.path, 0) > rank.get(item.location.path, 0):
                dropped.add((name, item.text))
            else:
                dropped.add((owner, next(t for t in _aliases(environments)[owner] if t.casefold() == spelling)))
                claims[spelling] = (name, item.location)
    return _with(tree, "environments", _without_aliases(environments, dropped)), faults


def _without_aliases(environments: MapNode, dropped: set[tuple[str, str]]) -> MapNode:
    entries = {}
    for name, entry in environments.entries.items():
        node = environments.map(name)
        aliases = node.get("aliases")
        if isinstance(aliases, ListNode) and any((name, text) in dropped for text in _aliases(environments)[name]):
            kept = [each for each in aliases.items if isinstance(each, ScalarNode) and (name, each.text) not in dropped]
            held = replace(node.entries["aliases"], node=replace(aliases, items=tuple(kept)))
            entry = replace(entry, node=replace(node, entries={**node.entries, "aliases": held}))
        entries[name] = entry
    return replace(environments, entries=entries)


def names(tree: Node | None) -> tuple[str, ...]:
    """The keys of a mapping that are set; none where there is no mapping."""
    if not isinstance(tree, MapNode):
        return ()
    return tuple(key for key, entry in tree.entries.items() if not (isinstance(entry.node, ScalarNode) and entry.node.is_null))
