"""One template in every scenario: what an expression comes to in each, joined into possibilities with their environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from routelint.model import Hop, Resolution
from routelint.parse.cloudformation.conditions import Truth
from routelint.parse.cloudformation.evaluate import Evaluator, allowed
from routelint.parse.cloudformation.naming import ENVIRONMENT_WORDS
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, function, location, names, text_at
from routelint.parse.cloudformation.scenario import MOST_SCENARIOS, Scenario
from routelint.parse.cloudformation.template import Declared, Parameter, Template
from routelint.possible import Items, Possibility, Possible, agree, known, unite, unknown


def join(cases: Iterable[tuple[Scenario, Possible]], total: int) -> Possible:
    """The possibilities of every case; one that holds in all `total` scenarios says no environment."""
    groups: dict[tuple[str, tuple[Hop, ...], tuple[str, ...]], tuple[Possibility, list[Scenario]]] = {}
    for scenario, possible in cases:
        for each in possible:
            key = (repr(each.content), each.trail, each.environments)
            groups.setdefault(key, (each, []))[1].append(scenario)
    joined: list[Possible] = []
    for each, held in groups.values():
        if len(held) >= total:
            joined.append((each,))
            continue
        named = list(dict.fromkeys(name for scenario in held for name in scenario.environments))
        if named and (both := agree(each.environments, tuple(named))) is not None:
            joined.append((replace(each, environments=both),))
        if any(not scenario.environments for scenario in held):
            joined.append((each,))
    return unite(joined) or unknown("no value in any deployment")


def spread(possible: Possible) -> Possible:
    """The possibilities with lists taken apart, and without absent values where others stand beside them."""
    flat = list(_flat(possible, 0))
    present = [each for each in flat if each.content is not None]
    return unite([tuple(present or flat)])


def _flat(possible: Possible, depth: int) -> Iterator[Possibility]:
    for each in possible:
        if not isinstance(each.content, Items) or depth > 4:
            yield each
            continue
        for item in each.content.items:
            for inner in _flat(item, depth + 1):
                environments = agree(each.environments, inner.environments)
                if environments is not None:
                    step = each.resolution if inner.resolution is Resolution.LITERAL else inner.resolution
                    yield replace(inner, trail=(*inner.trail, *each.trail), environments=environments, resolution=step)
        if each.content.rest is not None:
            yield replace(each, content=each.content.rest)


def variants(template: Template, scenarios: SequenceOf[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios, with one more for each environment that the template itself provides for, and each allowed value.

    Parameters that must be passed, and that conditions ask, are taken as each of their allowed values in turn.
    """
    return _chosen(template, _staged(template, scenarios))


def _chosen(template: Template, scenarios: SequenceOf[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios, with one for each combination of allowed values that a condition may tell apart."""
    asked = {name for node in template.conditions.values() for name in names(node)}
    for name, parameter in template.parameters.items():
        if name not in asked or parameter.default is not None or parameter.is_stored or len(parameter.allowed) < 2:
            continue
        open_in = [each for each in scenarios if name not in each.parameters]
        if len(scenarios) + len(open_in) * (len(parameter.allowed) - 1) > MOST_SCENARIOS:
            continue
        found: list[Scenario] = []
        for scenario in scenarios:
            if name in scenario.parameters:
                found.append(scenario)
                continue
            found.extend(
                replace(scenario, parameters={**scenario.parameters, name: value}, provided=scenario.provided | {name})
                for value in allowed(parameter)
            )
        scenarios = found
    return tuple(scenarios)


def _staged(template: Template, scenarios: SequenceOf[Scenario]) -> tuple[Scenario, ...]:
    """The scenarios, with one more for each environment that the template itself provides for.

    A parameter that names the environment, and that a deployment does not pass, may take each of its allowed values, of the
    keys of a mapping by environment and of the values that conditions compare it with.
    """
    parameter = next((each for each in template.parameters.values() if each.names_environment), None)
    if parameter is None:
        return tuple(scenarios)
    values, exhaustive = _environments_of(template, parameter)
    if len(values) < (2 if exhaustive else 1):
        return tuple(scenarios)
    found: list[Scenario] = []
    for scenario in scenarios:
        if scenario.environments or parameter.name in scenario.parameters:
            found.append(scenario)
            continue
        for value, node in values.items():
            hop = Hop(location(node), f"parameter {parameter.name} is '{value}'")
            parameters = {**scenario.parameters, parameter.name: known(value, Resolution.CONDITIONAL, (hop,))}
            found.append(replace(scenario, environments=(value,), parameters=parameters, provided=frozenset((parameter.name,))))
        if not exhaustive:
            reason = f"parameter {parameter.name} has no default and no parameter file in the scanned files sets it"
            passed = unknown(reason, f"${{{parameter.name}}}")
            parameters = {**scenario.parameters, parameter.name: passed}
            excluded = {parameter.name: frozenset(values)}
            found.append(replace(scenario, parameters=parameters, excluded=excluded, provided=frozenset((parameter.name,))))
    return tuple(found[:MOST_SCENARIOS])


def _environments_of(template: Template, parameter: Parameter) -> tuple[dict[str, Node], bool]:
    """The values an environment parameter may take and where each is written; whether there can be no others."""
    if parameter.allowed:
        return {each.text: each for each in parameter.allowed}, True
    values: dict[str, Node] = {}
    if isinstance(parameter.default, Scalar) and parameter.default.text:
        values[parameter.default.text] = parameter.default
    keyed = {
        key: entry.key
        for mapping in template.mappings.values()
        if mapping.entries and all(key.lower() in ENVIRONMENT_WORDS | {"default"} for key in mapping.entries)
        for key, entry in mapping.entries.items()
        if key.lower() != "default"
    }
    if keyed:
        return {**values, **keyed}, True
    compared = dict(_compared(template, parameter.name))
    if not compared:
        return {}, False
    return {**values, **compared}, bool(values)


def _compared(template: Template, name: str) -> Iterator[tuple[str, Node]]:
    waiting: list[Node] = list(template.conditions.values())
    steps = 0
    while waiting and steps < 5_000:
        steps += 1
        node = waiting.pop()
        call = function(node)
        if call is not None and call[0] == "Equals" and isinstance(call[1], Sequence) and len(call[1].items) == 2:
            left, right = call[1].items
            for one, other in ((left, right), (right, left)):
                reference = function(one)
                text = text_at(other)
                if reference is not None and reference[0] == "Ref" and text_at(reference[1]) == name and text:
                    yield text, other
        match node:
            case Sequence(items):
                waiting.extend(items)
            case Mapping():
                waiting.extend(value for _, value in node.items())


def live(evaluators: SequenceOf[Evaluator], declared: Declared) -> tuple[Evaluator, ...]:
    """The evaluators in whose scenario a resource exists.

    Where it exists in none, one that takes the parameters its condition asks as not known: they must be passed for the
    resource to exist.
    """
    bound = [each.bound(declared.bindings) for each in evaluators]
    name = declared.condition
    if name is None:
        return tuple(bound)
    existing = [each for each in bound if each.condition(name) is not Truth.NO]
    if existing:
        return tuple(existing)
    template = bound[0].template
    reason = f"{declared.name} exists only where condition {name} holds, which needs another value of parameter "
    withheld = {parameter: reason + parameter for parameter in _asked(template, name)}
    return tuple(each.withholding(withheld) for each in bound)


def _asked(template: Template, condition: str) -> MappingOf[str, None]:
    """The parameters a condition depends on, through other conditions."""
    asked: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current in template.parameters:
            asked[current] = None
        elif (node := template.conditions.get(current)) is not None:
            waiting.extend(names(node))
    return asked
