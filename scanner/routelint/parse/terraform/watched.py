"""What a resource that rules ask about says: budgets, anomaly monitors, alarms, logging; after resolution, JSON-like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from routelint.model import Stated
from routelint.parse.stated import document, stated
from routelint.parse.terraform import sections
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Block
from routelint.parse.terraform.project import folder_of
from routelint.source import SourceTree

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

_META = frozenset(("lifecycle", "provider", "depends_on", "provisioner", "connection", "timeouts", "for_each", "count"))
# Arguments that hold JSON as a text.
_DOCUMENTS = frozenset(("monitor_specification",))
# Resources that concern Bedrock without naming it: a budget of the whole account lies in a root of its own.
_ANYWHERE = (b'"aws_budgets_budget"', b'"aws_ce_anomaly_')
MOST_FILES = 5_000


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


def folders(tree: SourceTree, paths: Iterable[str]) -> set[str]:
    """The folders whose files declare a budget or an anomaly monitor, whether or not anything there speaks of Bedrock."""
    found: set[str] = set()
    for path in islice((path for path in paths if path.endswith((".tf", ".tofu"))), MOST_FILES):
        folder = folder_of(path)
        if folder not in found:
            data = tree.read(path)
            if data is not None and any(word in data for word in _ANYWHERE):
                found.add(folder)
    return found
