"""Ways through the properties of a resource: along a carrier's path, or to everything inside."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import replace

from routelint.deferred import dataclass
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, function, text_at

MOST_NODES = 50_000
# An alias may make a small file large when it is followed everywhere.
DEEPEST = 100


@dataclass(slots=True, eq=False)
class Leaf:
    """A node found at the end of a path: the keys that led there, and whether the branches on the way are taken.

    `branches` are the conditions on the way: where each stands, and which branch it was.
    """

    node: Node
    path: tuple[str, ...]
    live: bool = True
    branches: tuple[tuple[int, int], ...] = ()


def leaves(node: Node, steps: SequenceOf[str], evaluator: Evaluator) -> Iterator[Leaf]:
    """The nodes at the end of `steps`, through lists, maps and the branches of conditions."""
    waiting: list[tuple[Node, int, Leaf]] = [(node, 0, Leaf(node, ()))]
    taken = 0
    while waiting and taken < MOST_NODES:
        taken += 1
        current, done, way = waiting.pop()
        if done == len(steps):
            if not _is_absent(current):
                yield replace(way, node=current)
            continue
        call = function(current)
        if call is not None:
            if call[0] == "If":
                branches = [
                    (branch, done, replace(way, live=way.live and open_, branches=(*way.branches, (call[1].start, index))))
                    for index, (branch, open_) in enumerate(evaluator.branches(call[1]))
                ]
                waiting.extend(reversed(branches))
            continue
        step = steps[done]
        match current:
            case Sequence(items) if step == "[]":
                waiting.extend((item, done + 1, way) for item in reversed(items))
            case Mapping() if step == "*":
                inner = [(value, done + 1, replace(way, path=(*way.path, key))) for key, value in current.items()]
                waiting.extend(reversed(inner))
            case Mapping() if (value := current.get(step)) is not None:
                waiting.append((value, done + 1, replace(way, path=(*way.path, step))))


def everything(node: Node, evaluator: Evaluator) -> Iterator[Leaf]:
    """Every node inside, `node` first, with the keys that led there; of a condition only the branches that can be taken."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ())]
    taken = 0
    while waiting and taken < MOST_NODES:
        taken += 1
        current, path = waiting.pop()
        call = function(current)
        if call is not None and call[0] == "If":
            waiting.extend(reversed([(branch, path) for branch, open_ in evaluator.branches(call[1]) if open_]))
            continue
        yield Leaf(current, path)
        if call is not None or len(path) > DEEPEST:
            continue
        match current:
            case Sequence(items):
                waiting.extend((item, path) for item in reversed(items))
            case Mapping():
                waiting.extend(reversed([(value, (*path, key)) for key, value in current.items()]))


def _is_absent(node: Node) -> bool:
    call = function(node)
    if call is not None:
        return call[0] == "Ref" and text_at(call[1]) == "AWS::NoValue"
    return isinstance(node, Scalar) and node.is_null
