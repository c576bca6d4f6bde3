"""Which declared workload a route belongs to."""

from __future__ import annotations

from dataclasses import replace

from routelint.model import ModelReference
from routelint.policy import Policy


def assign(reference: ModelReference, policy: Policy) -> ModelReference:
    """The reference with its workload: the first declared one whose patterns take it in."""
    for workload in policy.workloads_at(reference.location.path, reference.location.symbol):
        return replace(reference, workload=workload.name)
    return reference
