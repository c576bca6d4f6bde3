"""Scans of small trees: what tests of rules, of the engine and of the command line share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from routelint import catalog, changes, engine
from routelint import policy as policies
from routelint.collect import collect
from routelint.model import Report
from routelint.policy import Policy
from routelint.rule import Rule
from routelint_rules import RULES

TODAY = date(2026, 11, 24)
RULE_IDS = [rule.id for rule in RULES]


def write_tree(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes the files below `folder` and returns it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def policy_of(text: str | None) -> Policy:
    """The policy in `text`, or the built-in one."""
    return policies.default() if text is None else policies.load(text, "routelint.yaml", read=lambda path: None, rules=RULE_IDS)


def scan(
    folder: Path,
    policy: str | None = None,
    rules: Sequence[Rule] = RULES,
    today: date = TODAY,
    before: Path | None = None,
) -> Report:
    """The report on the files below `folder`, compared with those below `before` where it is given."""
    governing = policy_of(policy)
    resolved = resolve(folder, governing)
    swaps = None if before is None else changes.swaps(resolve(before, governing).references, resolved.references)
    return engine.judge(resolved, rules, governing, catalog.load(), today, swaps=swaps)


def resolve(folder: Path, policy: Policy) -> engine.Resolved:
    """What the files below `folder` hold."""
    collected = collect(folder)
    return engine.resolve(collected.units, collected.tree, policy, catalog.load(), rule_ids=RULE_IDS, errors=collected.errors)
