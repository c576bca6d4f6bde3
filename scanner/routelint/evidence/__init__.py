"""Evaluation records: what was measured about the models of a workload, whether it still counts, and what it shows."""

from __future__ import annotations

from routelint.evidence.load import load, without_records
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
