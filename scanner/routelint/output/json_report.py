"""Reports as JSON documents of version 1: the contract is `scan.schema.json` and `inventory.schema.json`; additions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routelint.inventory import Row, RowModel
from routelint.model import (
    Accepted,
    Coverage,
    Finding,
    Fix,
    Hop,
    Location,
    Related,
    Report,
    Resource,
    ScanError,
    Suppressed,
    Tags,
    Unknown,
)
from routelint.output.escape import json_text
from routelint.output.prices import rounded
from routelint.spend import Estimate, Spend

VERSION = 1
# Document and list: each finding and each route is a line.
_ROW_DEPTH = 2

Json = Mapping[str, object]


def scan(report: Report) -> str:
    """The findings of a scan, the suppressed ones, coverage and errors."""
    return json_text(
        {
            "version": VERSION,
            "findings": map(_finding, report.findings),
            "suppressed": map(_suppressed, report.suppressed),
            "coverage": coverage(report.coverage),
            "errors": [_error(error) for error in report.errors],
            "policy": report.policy,
            "files": report.files,
            "notices": list(report.notices),
            **_compared(report),
            **({"stale": [_accepted(each) for each in report.stale]} if report.stale else {}),
        },
        _ROW_DEPTH,
    )


def _compared(report: Report) -> Json:
    """What the findings are new against; nothing where nothing was compared."""
    diff = report.diff
    if diff is None:
        return {}
    return {
        "diff": {
            "ref": diff.ref,
            "base": diff.base,
            "new": len(report.findings),
            "fixed": [_finding(finding) for finding in diff.fixed],
            "unchanged": diff.unchanged,
        }
    }


def _accepted(entry: Accepted) -> Json:
    return {"rule": entry.rule, "path": entry.path, "symbol": entry.symbol, "model": entry.model, "count": entry.count}


def inventory(
    rows: Sequence[Row], resources: Sequence[Resource], errors: Sequence[ScanError], estimates: Sequence[Estimate] = ()
) -> str:
    """Every route with its models, every resource that rules ask about, what declared workloads cost, coverage and errors."""
    resolved = sum(1 for row in rows if row.reference.unknown is None)
    return json_text(
        {
            "version": VERSION,
            "root": ".",
            "routes": map(_route, rows),
            "resources": map(_resource, resources),
            "costs": map(_estimate, estimates),
            "coverage": coverage(Coverage(len(rows), resolved)),
            "errors": [_error(error) for error in errors],
        },
        _ROW_DEPTH,
    )


def coverage(counts: Coverage) -> Json:
    """Routes found, resolved completely, and not."""
    return {"routes": counts.routes, "resolved": counts.resolved, "unresolved": counts.unresolved}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        **_place(finding.location),
        "symbol": finding.location.symbol,
        "root": finding.root,
        "roots": list(finding.roots),
        "model": finding.model,
        "environments": list(finding.environments),
        "trail": [_step(hop) for hop in finding.trail],
        "related": [_step(related) for related in finding.related],
        "notes": list(finding.notes),
        "fingerprint": finding.fingerprint,
        "fixes": [_fix(fix) for fix in finding.fixes],
    }


def _suppressed(suppressed: Suppressed) -> Json:
    return {**_finding(suppressed.finding), "suppressed_by": suppressed.by, "reason": suppressed.reason}


def _fix(fix: Fix) -> Json:
    edits = [{**_place(Location(edit.path, edit.span)), "text": edit.text} for edit in fix.edits]
    return {"description": fix.description, "safe": fix.safe, "edits": edits}


def _route(row: Row) -> Json:
    reference = row.reference
    unknown = reference.unknown
    return {
        **_place(reference.location),
        "language": reference.language,
        "kind": str(reference.kind),
        "sink": reference.sink,
        "symbol": reference.location.symbol,
        "root": reference.root,
        "models": [_model(model) for model in row.models],
        "unresolved": None if unknown is None else unknown.reason,
        "taggable": reference.tags is not None,
        "tags": _tags(reference.tags),
        "environments": list(reference.environments),
        "workload": reference.workload,
    }


def _model(model: RowModel) -> Json:
    choice = model.choice
    return {
        "id": choice.model.id,
        "catalog_id": model.catalog_id,
        "scope": choice.model.scope,
        "tier": model.tier,
        "environments": list(choice.environments),
        "resolution": str(choice.resolution),
        "trail": [_step(hop) for hop in choice.trail],
        "input_usd_per_million_tokens": rounded(model.input_usd_per_million_tokens),
        "output_usd_per_million_tokens": rounded(model.output_usd_per_million_tokens),
    }


def _resource(resource: Resource) -> Json:
    return {
        "path": resource.location.path,
        "line": resource.location.span.start_line,
        "language": resource.language,
        "type": resource.type,
        "name": resource.name,
        "root": resource.root,
        "taggable": resource.tags is not None,
        "tags": _tags(resource.tags),
    }


def _estimate(estimate: Estimate) -> Json:
    return {
        "workload": estimate.workload.name,
        "environment": estimate.environment,
        "least_usd_per_month": _cents(estimate.least),
        "most_usd_per_month": _cents(estimate.most),
        "budget_usd_per_month": estimate.workload.budget_usd_per_month,
        "models": [
            {
                "id": option.identifier,
                "unpriced": option.unpriced or None,
                "cost": _spend(option.spend),
                "substitute": _spend(option.substitute),
                "saving_usd_per_month": _cents(option.saving_usd_per_month),
            }
            for option in estimate.options
        ],
    }


def _spend(spend: Spend | None) -> Json | None:
    if spend is None:
        return None
    return {
        "id": spend.identifier,
        "catalog_id": spend.model.id,
        "usd_per_month": _cents(spend.usd_per_month),
        "usd_per_request": rounded(spend.usd_per_request),
        "usd_per_million_tokens": rounded(spend.usd_per_million_tokens),
        "arithmetic": list(spend.arithmetic),
    }


def _cents(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)


def _tags(tags: Tags | None) -> Json | None:
    if tags is None:
        return None
    return {key: None if isinstance(value, Unknown) else value for key, value in sorted(tags.entries.items())}


def _place(location: Location) -> dict[str, object]:
    span = location.span
    return {
        "path": location.path,
        "line": span.start_line,
        "column": span.start_column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _step(step: Hop | Related) -> Json:
    span = step.location.span
    return {"path": step.location.path, "line": span.start_line, "column": span.start_column, "note": step.note}


def _error(error: ScanError) -> Json:
    return {"path": error.path, "line": error.line, "message": error.message}
