"""The arguments of a call, and which parameter each of them is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Hop
from routelint.parse.python import changes, holding
from routelint.parse.python.scopes import Scope, shown
from routelint.parse.python.values import Argument, Gathered, Passed, Site, join, step
from routelint.possible import Hole, Items, Possibility, Possible, Record, known

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


# What the object a method belongs to is called among the arguments of a wrapper.
_RECEIVER = "<receiver>"


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The arguments of one call as they are written, and where; `shift` parameters are filled already."""

    call: ast.Call
    site: Site
    positional: tuple[ast.expr, ...]
    keywords: tuple[ast.keyword, ...]
    shift: int = 0
    instance: Possible | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments by parameter name; `rest` says why others may have been passed too."""

    arguments: Mapping[str, Passed]
    rest: str | None = None


def given(node: ast.Call, site: Site) -> Given:
    """The arguments of a plain call."""
    return Given(node, site, tuple(node.args), tuple(node.keywords))


def with_receiver(arguments: Given, receiver: Possible) -> Given:
    """The arguments with an object before them."""
    name = ast.copy_location(ast.Name(_RECEIVER, ast.Load()), arguments.call)
    site = arguments.site.binding({_RECEIVER: receiver})
    return replace(arguments, site=site, positional=(name, *arguments.positional))


def bind(evaluator: Evaluator, scope: Scope, arguments: Given, skip: int) -> Bound:
    """Which parameter each argument of a call is."""
    node = scope.node
    assert not isinstance(node, ast.Module | ast.ClassDef)
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)][skip + arguments.shift :]
    keyword_names = set(names) | {each.arg for each in node.args.kwonlyargs}
    label = scope.owner.name if scope.name == "__init__" and scope.owner is not None else scope.name
    passed: dict[str, Passed] = {}
    extra: list[Callable[[], Possible]] = []
    others: list[Callable[[], Possible]] = []
    rest: str | None = None
    position = 0
    for argument in arguments.positional:
        if isinstance(argument, ast.Starred):
            spread = evaluator.expression(argument.value, arguments.site)
            content = spread[0].content if len(spread) == 1 else None
            if isinstance(content, Items) and content.rest is None:
                for item in content.items:
                    if position < len(names):
                        passed[names[position]] = item
                    else:
                        extra.append(_same(item))
                    position += 1
                continue
            rest = f"'*{shown(argument.value)}' passes arguments that cannot be told"
            break
        if position < len(names):
            passed[names[position]] = Argument(argument, arguments.site, f"argument {names[position]} of {label}()")
        else:
            extra.append(lambda argument=argument: evaluator.expression(argument, arguments.site))  # type: ignore[misc]
        position += 1
    for keyword in arguments.keywords:
        if keyword.arg is not None and keyword.arg in keyword_names:
            passed[keyword.arg] = Argument(keyword.value, arguments.site, f"argument {keyword.arg} of {label}()")
        elif keyword.arg is not None:
            others.append(lambda keyword=keyword: _entry(evaluator, keyword, arguments.site, label))  # type: ignore[misc]
        else:
            spread = evaluator.expression(keyword.value, arguments.site)
            taken, left, reason = _split(spread, keyword_names, shown(keyword.value))
            passed.update({name: value for name, value in taken.items() if name not in passed})
            others.append(_same(left))
            rest = rest or reason
    if node.args.kwarg:
        passed[node.args.kwarg.arg] = Gathered(lambda: _merged(others))
    if node.args.vararg:
        more = Hole(rest) if rest else None
        passed[node.args.vararg.arg] = Gathered(lambda: known(Items(tuple(each() for each in extra), more)))
    return Bound(passed, rest)


def _same(value: Possible) -> Callable[[], Possible]:
    return lambda: value


def _merged(parts: Sequence[Callable[[], Possible]]) -> Possible:
    whole: Possible = known(Record({}))
    for part in parts:
        whole = changes.merged(whole, part())
    return whole


def _entry(evaluator: Evaluator, keyword: ast.keyword, site: Site, label: str) -> Possible:
    assert keyword.arg is not None
    hop = Hop(site.scope.module.location(keyword.value), f"argument {keyword.arg} of {label}()")
    return known(Record({keyword.arg: step(evaluator.entry_within(lambda: evaluator.expression(keyword.value, site)), hop)}))


def _split(spread: Possible, names: set[str], text: str) -> tuple[dict[str, Possible], Possible, str | None]:
    """The entries of a `**` that are parameters, the dict of the others, and why more may be passed."""
    taken: dict[str, list[Possible]] = {}
    left: list[Possibility] = []
    reason: str | None = None
    for each in spread:
        match each.content:
            case Record(entries, rest):
                for name in entries:
                    if name in names:
                        taken.setdefault(name, []).append(holding.carried(each, entries[name]))
                left.append(Possibility(Record({k: v for k, v in entries.items() if k not in names}, rest), each.trail))
                reason = reason or (rest.reason if rest is not None else None)
            case Hole(why):
                reason = reason or why or f"'**{text}' cannot be told"
                left.append(Possibility(Record({}, Hole(why)), each.trail))
    return {name: join(values) for name, values in taken.items()}, tuple(left) or known(Record({})), reason
