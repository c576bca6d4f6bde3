"""routelint: a policy-as-code linter for Amazon Bedrock model routes.

From Python:

    import routelint

    report = routelint.scan("services")
    worst = [finding for finding in report.findings if finding.severity is routelint.Severity.ERROR]

`scan` and `load_policy` do what the commands `scan` and `policy check` do, and return data instead of printing it. What they
return is made of the frozen types below. All else in this package may change without notice.
"""

from __future__ import annotations

__version__ = "0.1.0"

# Type checkers know the name; importing `typing` for it would take longer than all the rest here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from routelint.api import load_policy, scan
    from routelint.model import (
        Choice,
        Coverage,
        Finding,
        Fix,
        Hop,
        Known,
        Location,
        ModelId,
        ModelReference,
        OneOf,
        Related,
        Report,
        Resource,
        ScanError,
        Severity,
        Span,
        Suppressed,
        Tags,
        Unknown,
    )
    from routelint.policy import Policy, PolicyError

__all__ = [
    "Choice",
    "Coverage",
    "Finding",
    "Fix",
    "Hop",
    "Known",
    "Location",
    "ModelId",
    "ModelReference",
    "OneOf",
    "Policy",
    "PolicyError",
    "Related",
    "Report",
    "Resource",
    "ScanError",
    "Severity",
    "Span",
    "Suppressed",
    "Tags",
    "Unknown",
    "__version__",
    "load_policy",
    "scan",
]

_ELSEWHERE = {"load_policy": "api", "scan": "api", "Policy": "policy", "PolicyError": "policy"}


if not TYPE_CHECKING:  # a type checker would take any name for a public one

    def __getattr__(name: str) -> object:
        """A public name, imported when it is first asked for: `routelint --version` needs none of them."""
        if name not in __all__:
            raise AttributeError(f"module 'routelint' has no attribute '{name}'")
        from importlib import import_module

        value: object = getattr(import_module(f"routelint.{_ELSEWHERE.get(name, 'model')}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
