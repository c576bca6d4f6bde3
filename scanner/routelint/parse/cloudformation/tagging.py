"""The tags of a resource: map or list, whatever shape is written, with those of the stack."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Resolution, Tags, Unknown
from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.nodes import Mapping, Node, Sequence, function
from routelint.parse.cloudformation.stack import Stack
from routelint.parse.cloudformation.template import Declared
from routelint.possible import Hole, Items, Possibility, Possible, Record, text_of
from routelint.possible import Template as PartText

# Keys whose value says where a thing runs: there a parameter's default is no evidence.
ENVIRONMENT_KEYS = frozenset(("environment", "env", "stage"))


def tags(stack: Stack, declared: Declared) -> Tags | None:
    """The tags of a resource after every deployment's own; None where its type cannot be tagged."""
    shape = stack.rows.tag_shape(declared.type)
    if shape is None:
        return None
    evaluators = cases.live(stack.base, declared)
    values: dict[str, list[Possible]] = {}
    rest: Unknown | None = None
    for evaluator in evaluators:
        own, hole = _own(evaluator, declared, shape[1])
        rest = rest or hole
        for key, value in {**evaluator.scenario.tags, **own}.items():
            values.setdefault(key, []).append(value)
    return Tags({key: _told(key, each, len(evaluators)) for key, each in values.items()}, rest)


def own(stack: Stack, evaluator: Evaluator, declared: Declared) -> dict[str, Possible]:
    """The tags a resource itself sets, in the scenario of `evaluator`."""
    shape = stack.rows.tag_shape(declared.type)
    return _own(evaluator, declared, shape[1])[0] if shape is not None else {}


def _own(evaluator: Evaluator, declared: Declared, carrier: str) -> tuple[dict[str, Possible], Unknown | None]:
    node = declared.properties.get(carrier) if isinstance(declared.properties, Mapping) else None
    if node is None:
        return {}, None
    found: dict[str, Possible] = {}
    rest: Unknown | None = None
    for key, value in _entries(evaluator, node):
        if isinstance(key, Unknown):
            rest = rest or key
        else:
            found[key] = value
    return found, rest


def _entries(evaluator: Evaluator, node: Node) -> Iterator[tuple[str | Unknown, Possible]]:
    """Each key and its value, of a map, of a list of `Key` and `Value`, and of the branches of a condition."""
    waiting: list[Node] = [node]
    while waiting:
        current = waiting.pop(0)
        call = function(current)
        if call is not None and call[0] == "If":
            waiting[:0] = [branch for branch, open_ in evaluator.branches(call[1]) if open_]
            continue
        if call is not None:
            yield from _evaluated(evaluator.evaluate(current))
            continue
        match current:
            case Sequence(items):
                waiting[:0] = items
            case Mapping() if (pair := _pair(current)) is not None:
                for each in evaluator.evaluate(pair[0]):
                    yield (
                        (text_of(each.content) if isinstance(each.content, str) else _unknown(each)),
                        evaluator.evaluate(pair[1]),
                    )
            case Mapping():
                for name, value in current.items():
                    yield name, evaluator.evaluate(value)


def _pair(node: Mapping) -> tuple[Node, Node] | None:
    for key_name, value_name in (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue")):
        key, value = node.get(key_name), node.get(value_name)
        if key is not None and value is not None:
            return key, value
    return None


def _evaluated(possible: Possible) -> Iterator[tuple[str | Unknown, Possible]]:
    for each in possible:
        match each.content:
            case Record(entries):
                yield from entries.items()
            case Items(items):
                for item in items:
                    yield from _evaluated(item)
            case None:
                continue
            case _:
                yield _unknown(each), (each,)


def _unknown(each: Possibility) -> Unknown:
    match each.content:
        case Hole(reason):
            return Unknown(reason, each.trail)
        case PartText() as template:
            return Unknown(template.reason, each.trail)
        case _:
            return Unknown("it is no text", each.trail)


def _told(key: str, values: list[Possible], deployments: int) -> str | Unknown:
    """One text where every deployment gives the same one; else why it cannot be told."""
    each = [possibility for possible in values for possibility in possible]
    texts = {text_of(one.content) for one in each if not isinstance(one.content, (Hole, PartText, Items, Record))}
    unclear = next((one for one in each if isinstance(one.content, (Hole, PartText, Items, Record))), None)
    if unclear is not None:
        return _unknown(unclear)
    if len(values) < deployments:
        return Unknown("only some of the deployments in the scanned files set it", each[0].trail if each else ())
    if len(texts) != 1:
        trail = each[0].trail if each else ()
        return Unknown(f"it differs between deployments: {', '.join(sorted(texts))}", trail, tuple(sorted(texts)))
    if key.lower() in ENVIRONMENT_KEYS and each[0].resolution is Resolution.PARAMETER_DEFAULT:
        return Unknown(f"'{next(iter(texts))}' is the default of a parameter; a deployment may pass another", each[0].trail)
    return next(iter(texts))
