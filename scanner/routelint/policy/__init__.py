"""The policy file of routelint: loading, merging, asking, printing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routelint.policy.entries import (
    Approval,
    Attribution,
    Audience,
    CustomRule,
    Directives,
    Environment,
    Evaluation,
    Evidence,
    FailOn,
    Justification,
    JustificationTerms,
    Limit,
    Mix,
    ModelPrice,
    Models,
    Pattern,
    PolicyWarning,
    Prices,
    RequiredTag,
    Role,
    RuleSetting,
    Tier,
    Verdict,
    Volume,
    Waiver,
    Workload,
)
from routelint.policy.fault import Fault, PolicyError, nearest
from routelint.policy.find import NAMES, TESTS, find, misspelt
from routelint.policy.glob import matches_path, matches_route
from routelint.policy.load import PROFILES, default, load
from routelint.policy.policy import UNNAMED, Policy

if TYPE_CHECKING:
    from routelint.policy.effective import document, show
    from routelint.policy.starting import FoundModel, starter

__all__ = [
    "NAMES",
    "PROFILES",
    "TESTS",
    "UNNAMED",
    "Approval",
    "Attribution",
    "Audience",
    "CustomRule",
    "Directives",
    "Environment",
    "Evaluation",
    "Evidence",
    "FailOn",
    "Fault",
    "FoundModel",
    "Justification",
    "JustificationTerms",
    "Limit",
    "Mix",
    "ModelPrice",
    "Models",
    "Pattern",
    "Policy",
    "PolicyError",
    "PolicyWarning",
    "Prices",
    "RequiredTag",
    "Role",
    "RuleSetting",
    "Tier",
    "Verdict",
    "Volume",
    "Waiver",
    "Workload",
    "default",
    "document",
    "find",
    "load",
    "matches_path",
    "matches_route",
    "misspelt",
    "nearest",
    "show",
    "starter",
]

# Printing is imported when first asked for: a scan never prints its policy.
_PRINTERS = {
    "FoundModel": "routelint.policy.starting",
    "show": "routelint.policy.effective",
    "document": "routelint.policy.effective",
    "starter": "routelint.policy.starting",
}


def __getattr__(name: str) -> object:
    """What is imported only when asked for."""
    import importlib

    if name not in _PRINTERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_PRINTERS[name]), name)
    globals()[name] = found
    return found
