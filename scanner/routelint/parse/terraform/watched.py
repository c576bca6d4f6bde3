"""What a resource that rules ask about says: budgets, anomaly monitors, alarms, logging; after resolution, JSON-like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from routelint.model import Stated
from routelint.parse.stated import document, stated
from routelint.parse.terraform import sections
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Block

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

_META = frozenset(("lifecycle", "provider", "depends_on", "provisioner", "connection", "timeouts", "for_each", "count"))
# Arguments that hold JSON as a text.
_DOCUMENTS = frozenset(("monitor_specification",))


def attributes(evaluator: Evaluator, block: Block, scope: Scope) -> Mapping[str, Stated]:
    """Every argument and block of a resource, in order of their names; a block is a list, as there may be several."""
    names = set(block.body.attributes)
    names.update(inner.labels[0] if inner.type == "dynamic" and inner.labels else inner.type for inner in block.body.blocks)
    found: dict[str, Stated] = {}
    for name in sorted(names - _META):
        value = sections.value(evaluator, block.body, name, scope)
        if value is not None:
            told = stated(value[1])
            found[name] = document(told) if name in _DOCUMENTS else told
    return found
