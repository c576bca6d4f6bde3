"""What a resource that rules ask about says: budgets, anomaly monitors, alarms; after resolution, JSON-like."""

from __future__ import annotations

from collections.abc import Mapping

from routelint.model import Stated
from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.stack import Stack
from routelint.parse.cloudformation.template import Declared
from routelint.parse.stated import agreeing, document, stated

# Properties that hold JSON as a text.
_DOCUMENTS = frozenset(("MonitorSpecification", "ThresholdExpression"))


def attributes(stack: Stack, declared: Declared) -> Mapping[str, Stated]:
    """The properties of a resource; empty where none of its type's rows asks for them."""
    if declared.properties is None or not any(row.reads == "stated" for row in stack.rows.of(declared.type)):
        return {}
    several = []
    for evaluator in cases.live(stack.base, declared):
        told = stated(evaluator.evaluate(declared.properties))
        if isinstance(told, Mapping):
            several.append({name: document(value) if name in _DOCUMENTS else value for name, value in told.items()})
    return agreeing(several)
