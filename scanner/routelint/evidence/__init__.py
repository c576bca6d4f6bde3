"""Evaluation records: what was measured about the models of a workload, whether it still counts, and what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routelint.evidence.places import without_records

if TYPE_CHECKING:
    from routelint.evidence.reading import load
    from routelint.evidence.record import Arm, Content, Pinned, Record, Records, Score
    from routelint.evidence.standing import InUse, Rejected, Standing, compare, identity, in_use, margin_of, stand

__all__ = [
    "Arm",
    "Content",
    "InUse",
    "Pinned",
    "Record",
    "Records",
    "Rejected",
    "Score",
    "Standing",
    "compare",
    "identity",
    "in_use",
    "load",
    "margin_of",
    "stand",
    "without_records",
]

# Imported when first asked for: most repositories have no evidence, and their scans should not pay for it.
_MODULES = {
    "reading": ("load",),
    "record": ("Arm", "Content", "Pinned", "Record", "Records", "Score"),
    "standing": ("InUse", "Rejected", "Standing", "compare", "identity", "in_use", "margin_of", "stand"),
}


def __getattr__(name: str) -> object:
    """What is imported only when asked for."""
    import importlib

    for module, names in _MODULES.items():
        if name in names:
            found = getattr(importlib.import_module(f"{__name__}.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
