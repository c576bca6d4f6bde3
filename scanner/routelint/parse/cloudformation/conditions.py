"""Whether a condition of a template holds: yes, no, or not to be told."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from enum import Enum
from typing import TYPE_CHECKING

from routelint.parse.cloudformation import contents
from routelint.parse.cloudformation.nodes import Node, Scalar, Sequence, function, text_at
from routelint.possible import Content, Hole, Items, Record, text_of
from routelint.possible import Template as PartText

if TYPE_CHECKING:
    from routelint.parse.cloudformation.evaluate import Evaluator

DEEPEST = 60


class Truth(Enum):
    """What a condition comes to; `OPEN` where it cannot be told."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


def truth(evaluator: Evaluator, node: Node) -> Truth:
    """What a condition comes to in the scenario of an evaluator."""
    budget = evaluator.budget
    call = function(node)
    if call is None or budget.depth >= DEEPEST or not budget.spend():
        return Truth.OPEN
    name, argument = call
    budget.depth += 1
    try:
        match name, argument:
            case "Condition", Scalar(text):
                return evaluator.condition(text)
            case "Equals", Sequence((left, right)):
                return _equals(evaluator, left, right)
            case "Not", Sequence((single,)):
                return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(truth(evaluator, single), Truth.OPEN)
            case "And", Sequence(items):
                return _all([truth(evaluator, item) for item in items], Truth.NO, Truth.YES)
            case "Or", Sequence(items):
                return _all([truth(evaluator, item) for item in items], Truth.YES, Truth.NO)
            case _:
                return Truth.OPEN
    finally:
        budget.depth -= 1


def _equals(evaluator: Evaluator, left: Node, right: Node) -> Truth:
    outcomes = set()
    for one in evaluator.evaluate(left):
        for other in evaluator.evaluate(right):
            outcomes.add(
                _same(evaluator, left, one.content, other.content) or _same(evaluator, right, other.content, one.content)
            )
    if outcomes == {Truth.YES}:
        return Truth.YES
    return Truth.NO if outcomes == {Truth.NO} else Truth.OPEN


def _same(evaluator: Evaluator, node: Node, content: Content, other: Content) -> Truth | None:
    """Whether the content of `node` is `other`; None where that cannot be told."""
    if isinstance(content, Hole):
        call = function(node)
        excluded = evaluator.scenario.excluded.get(text_at(call[1]) or "", ()) if call is not None and call[0] == "Ref" else ()
        return Truth.NO if isinstance(other, str) and other in excluded else None
    if isinstance(content, PartText) and isinstance(other, str):
        return None if contents.may_be(content, other) else Truth.NO
    if isinstance(content, (PartText, Items, Record)) or isinstance(other, (Hole, PartText, Items, Record)):
        return None
    return Truth.YES if text_of(content) == text_of(other) else Truth.NO


def _all(truths: SequenceOf[Truth], decisive: Truth, other: Truth) -> Truth:
    if decisive in truths:
        return decisive
    return Truth.OPEN if Truth.OPEN in truths else other
