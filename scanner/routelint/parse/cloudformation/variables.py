"""Environment variables that a template sets for a function, container or job: routes, and what the code that runs may read."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import dataclass
from routelint.model import ModelReference, Tags, Unknown
from routelint.parse.cloudformation import contents
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.naming import certainly_model, kind_of, maybe_model
from routelint.parse.cloudformation.nodes import Mapping, Node, Sequence, function, text_at
from routelint.parse.cloudformation.routes import listed, models_of, names_model, reference
from routelint.parse.cloudformation.stack import Found, Stack, place
from routelint.parse.cloudformation.template import Declared
from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.route import to_value
from routelint.possible import Possible
from routelint.surfaces import Surface

# Branches of conditions that set one variable.
MOST_BRANCHES = 32
_NAMES = (("Name", "Value"), ("name", "value"), ("OptionName", "Value"))


@dataclass(frozen=True, eq=False)
class Variable:
    """One variable of a resource: where its value is written and what it may come to."""

    name: str
    node: Node
    possible: Possible
    row: Surface
    evaluators: tuple[Evaluator, ...]


def of(stack: Stack, declared: Declared) -> tuple[Variable, ...]:
    """The variables of a resource; of a name written twice the last one, as a deployment would take it.

    Branches of one condition that set the same name give a variable each.
    """
    found: dict[str, list[tuple[_Branches, Variable]]] = {}
    for row in stack.rows.having(declared.type, "indirect"):
        if row.reads != "variables":
            continue
        for carrier in stack.find(declared, row.carrier):
            for name, node, branches, evaluators in _pairs(carrier):
                possible = contents.present(stack.evaluate(node, evaluators))
                if possible:
                    others = [each for each in found.get(name, []) if _excludes(each[0], branches)][:MOST_BRANCHES]
                    found[name] = [*others, (branches, Variable(name, node, possible, row, evaluators))]
    return tuple(variable for each in found.values() for _, variable in each)


# The conditions on the way to a node: where each stands, and which branch of it was taken.
_Branches = tuple[tuple[int, int], ...]


def _excludes(one: _Branches, other: _Branches) -> bool:
    """Whether two places are on different branches of one condition."""
    taken = dict(one)
    return any(taken.get(condition, index) != index for condition, index in other)


def _pairs(found: Found) -> Iterator[tuple[str, Node, _Branches, tuple[Evaluator, ...]]]:
    """Name, value, the branches on the way and the evaluators in whose scenario the pair is taken."""
    pairs: dict[int, tuple[str, Node, _Branches, list[Evaluator]]] = {}
    for evaluator in found.evaluators:
        waiting: list[tuple[Node, _Branches]] = [(found.node, found.leaf.branches)]
        while waiting:
            current, taken = waiting.pop(0)
            call = function(current)
            if call is not None:
                if call[0] == "If":
                    branches = enumerate(evaluator.branches(call[1]))
                    waiting[:0] = [(branch, (*taken, (call[1].start, index))) for index, (branch, open_) in branches if open_]
                continue
            match current:
                case Sequence(items):
                    waiting[:0] = [(item, taken) for item in items]
                case Mapping() if (pair := _pair(current)) is not None:
                    pairs.setdefault(id(pair[1]), (*pair, taken, []))[3].append(evaluator)
                case Mapping():
                    for name, value in current.items():
                        pairs.setdefault(id(value), (name, value, taken, []))[3].append(evaluator)
    for name, node, taken, evaluators in pairs.values():
        yield name, node, taken, tuple(evaluators)


def _pair(node: Mapping) -> tuple[str, Node] | None:
    for name_key, value_key in _NAMES:
        name, value = text_at(node.get(name_key)), node.get(value_key)
        if name is not None and value is not None:
            return name, value
    return None


def routes(stack: Stack, declared: Declared, variables: tuple[Variable, ...], tags: Tags | None) -> Iterator[ModelReference]:
    """The variables that hold models."""
    for variable in variables:
        possible = listed(variable.possible)
        named = names_model(stack, possible)
        if not named and not certainly_model(variable.name):
            continue
        if named and not maybe_model(variable.name) and not _all_models(stack, possible):
            continue
        value = to_value(possible, bedrock_only=False)
        if value is None or (not named and not isinstance(value, Unknown)) or variable.row.kind is None:
            continue
        if isinstance(value, Unknown) and value.reason.startswith("no model is set"):
            continue
        carrier = variable.row.carrier.removesuffix(".Variables")
        yield reference(
            stack,
            declared,
            node=variable.node,
            sink=f"{declared.type}.{carrier}.{variable.name}",
            carrier=f"{carrier}.{variable.name}",
            kind=kind_of(variable.row.kind, variable.name, models=models_of(value)),
            value=value,
            tags=tags,
            evaluators=variable.evaluators,
        )


def _all_models(stack: Stack, possible: Possible) -> bool:
    return all(names_model(stack, (each,)) for each in possible)


def settings(declared: Declared, variables: tuple[Variable, ...], code: tuple[str, ...]) -> Iterator[EnvironmentSetting]:
    """What each variable says to the code of the resource."""
    for variable in variables:
        where = place(variable.node, f"{declared.symbol}/{variable.row.carrier}.{variable.name}")
        yield EnvironmentSetting(variable.name, variable.possible, declared.symbol, where, code)
