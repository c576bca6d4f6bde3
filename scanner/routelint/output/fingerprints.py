"""Fingerprints as code scanners want them: one per finding, unique in the report."""

from __future__ import annotations

from collections.abc import Sequence

from routelint.model import Finding
from routelint.output.escape import plain


def unique(findings: Sequence[Finding]) -> list[str]:
    """A fingerprint per finding, each unique: equal ones are numbered in the order of the report."""
    taken: set[str] = set()
    fingerprints = []
    for finding in findings:
        own = plain(finding.fingerprint or finding.rule) or "finding"
        fingerprint, ordinal = own, 1
        while fingerprint in taken:
            ordinal += 1
            fingerprint = f"{own}:{ordinal}"
        taken.add(fingerprint)
        fingerprints.append(fingerprint)
    return fingerprints
