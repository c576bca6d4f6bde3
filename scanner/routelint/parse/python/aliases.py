"""Objects that have two names: a collection that is changed under one of them has changed under the other."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto

from routelint.parse.python.scopes import MUTATORS, Scope, blocks, dotted, subscripted
from routelint.parse.python.values import join
from routelint.possible import Hole, Items, Possibility, Possible, Record


class Relation(Enum):
    """What another name holds: the same object, a part of it, or a collection that it is in."""

    SAME = auto()
    PART = auto()
    AROUND = auto()


Aliases = dict[str, dict[str, Relation]]
"""Dotted name -> other names that share its object, and how."""


def of(scope: Scope) -> Aliases:
    """The names of a scope that share objects, by its plain assignments and loops."""
    found: defaultdict[str, dict[str, Relation]] = defaultdict(dict)
    work = [scope.block]
    while work:
        for statement in work.pop():
            match statement:
                case ast.Assign(targets=[target], value=value) | ast.For(target=target, iter=value):
                    name = dotted(target)
                    if name is not None:
                        for key, relation in _shared(value, loop=isinstance(statement, ast.For)):
                            found[key].setdefault(name, relation)
                            if relation is Relation.SAME:
                                found[name].setdefault(key, relation)
            work.extend(block for block, _ in blocks(statement))
    return dict(found)


def _shared(value: ast.expr, *, loop: bool) -> list[tuple[str, Relation]]:
    """The names whose object an expression gives, holds or is a part of; a loop over it gives what it holds."""
    name = dotted(value)
    if name is not None:
        owner = name.rpartition(".")[0]
        return [(name, Relation.PART if loop else Relation.SAME), *([(owner, Relation.PART)] if owner else [])]
    match value:
        case ast.Subscript() | ast.Attribute():
            base = dotted(subscripted(value)[0])
            return [(base, Relation.PART)] if base is not None else []
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Dict(values=parts):
            relation = Relation.SAME if loop and len(parts) == 1 else Relation.PART if loop else Relation.AROUND
            return [(key, relation) for part in parts if (key := dotted(part)) is not None]
    return []


def changed(statement: ast.stmt, calls: Sequence[ast.Call]) -> Iterator[tuple[str, bool]]:
    """The names through which a simple statement and its calls change objects, and whether it is what these hold that changes.

    A collection is changed itself by its first index or a method; what it holds, by a further one.
    """
    targets: list[ast.expr] = []
    match statement:
        case ast.Assign(targets=written) | ast.Delete(targets=written):
            targets = written
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            targets = [target]
    for each in targets:
        base, indexes = subscripted(each)
        if isinstance(each, ast.Attribute):
            base = each.value
        elif not indexes:
            continue
        if (name := dotted(base)) is not None:
            yield name, len(indexes) > 1
    for call in calls:
        match call.func:
            case ast.Attribute(value=holder, attr=method) if method in MUTATORS:
                base, indexes = subscripted(holder)
                if (name := dotted(base)) is not None:
                    yield name, bool(indexes)
            case ast.Name(called):
                yield called, False


def changes(name: str, relation: Relation, statement: ast.stmt, calls: Sequence[ast.Call]) -> bool:
    """Whether a simple statement changes the object of a name through another `name` it has."""
    return any(each == name and (inside or relation is not Relation.AROUND) for each, inside in changed(statement, calls))


def blurred(value: Possible | None, name: str) -> Possible | None:
    """A value that may have been changed under another name: what its collections hold may be something else by now."""
    if value is None:
        return None
    return tuple(_blurred(each, Hole(f"it may be changed as {name}"), 0) for each in value)


def _blurred(each: Possibility, gap: Hole, depth: int) -> Possibility:
    if depth > 3:
        return each

    def open_up(value: Possible) -> Possible:
        return join([tuple(_blurred(one, gap, depth + 1) for one in value), (Possibility(gap),)])

    match each.content:
        case Record(entries, rest):
            return replace(each, content=Record({key: open_up(value) for key, value in entries.items()}, rest or gap))
        case Items(items, rest):
            return replace(each, content=Items(tuple(open_up(value) for value in items), rest or gap))
    return each
