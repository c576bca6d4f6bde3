"""A scan as a SARIF 2.1.0 log, within what GitHub code scanning accepts.

The full profile holds everything. The GitHub profile leaves out suppressed results, which GitHub would show as open alerts,
and is cut at GitHub's limits; each cut is said in a notification.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from routelint.deferred import dataclass
from routelint.model import START, Edit, Finding, Fix, Location, Report, ScanError, Severity, Span, Suppressed
from routelint.output import fingerprints
from routelint.output.escape import json_text, plain, uri
from routelint.output.layout import counted
from routelint.output.pages import plain_page, plain_paragraph, section
from routelint.output.printing import Printing, RuleInfo

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
FINGERPRINT = "routelint/v1"

MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
MOST_FLOW_STEPS = 10_000
MOST_TAGS = 20
# Log, runs, run, results: each result is a line.
_RESULT_DEPTH = 4
# GitHub refuses longer descriptions of a rule.
MOST_DESCRIPTION = 1_000

Json = Mapping[str, object]
T = TypeVar("T")


class Profile(StrEnum):
    """For whom the log is: GitHub code scanning, or a reader that wants all of it."""

    GITHUB = "github"
    FULL = "full"


def scan(report: Report, printing: Printing, profile: Profile = Profile.GITHUB) -> str:
    """The report as one SARIF run."""
    suppressed = report.suppressed if profile is Profile.FULL else ()
    judged: list[tuple[Finding, Suppressed | None]] = [(finding, None) for finding in report.findings]
    judged.extend((each.finding, each) for each in suppressed)
    states: dict[int, str] = {}
    if report.diff is not None:
        # What a directive or the baseline silences was not compared, and has no state.
        states.update(dict.fromkeys(range(len(report.findings)), "new"))
        if profile is Profile.FULL:
            states.update(dict.fromkeys(range(len(judged), len(judged) + len(report.diff.fixed)), "absent"))
            judged.extend((finding, None) for finding in report.diff.fixed)
    prints = fingerprints.unique([finding for finding, _ in judged])
    worst_first = sorted(range(len(judged)), key=lambda index: (judged[index][0].severity.rank, judged[index][0].location))
    rules = _rules(printing, [finding for finding, _ in judged])
    places = {str(rule["id"]): index for index, rule in enumerate(rules)}
    printer = _Printer(printing, profile, places)
    kept = worst_first if profile is Profile.FULL else worst_first[:MOST_RESULTS]
    results = [printer.result(*judged[index], prints[index], states.get(index)) for index in kept]
    left_out = [] if profile is Profile.FULL else _left_out(len(judged), [judged[index][0] for index in kept])
    run = {
        "tool": {"driver": _driver(printing, rules)},
        "automationDetails": {"id": _category(printing)},
        "language": "en-US",
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, printer, left_out)],
        "results": results,
        "properties": {
            "routes": report.coverage.routes,
            "resolvedRoutes": report.coverage.resolved,
            "suppressedFindings": len(report.suppressed),
            "files": report.files,
            "policy": report.policy,
            **_compared(report),
        },
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, _RESULT_DEPTH)


def _compared(report: Report) -> Json:
    """What the results are new against; nothing where nothing was compared."""
    diff = report.diff
    if diff is None:
        return {}
    counts = {"new": len(report.findings), "fixed": len(diff.fixed), "unchanged": diff.unchanged}
    return {"diff": {"ref": plain(diff.ref), "base": diff.base, **counts}}


@dataclass(frozen=True)
class _Printer:
    """Parts of a run that need to know where the rules stand and where the repository's root is."""

    printing: Printing
    profile: Profile
    rules: Mapping[str, int]

    def result(self, finding: Finding, suppressed: Suppressed | None, fingerprint: str, state: str | None = None) -> Json:
        """One finding; `state` says whether it is new or absent where revisions were compared."""
        related = self._cut(list(_related(finding)), MOST_LOCATIONS)
        result: dict[str, object] = {
            "ruleId": finding.rule,
            "ruleIndex": self.rules[finding.rule],
            "level": _level(finding.severity),
            "message": {"text": "\n".join(_sentence(text) for text in (finding.message, *finding.notes))},
            "locations": [self.location(finding.location)],
            "partialFingerprints": {FINGERPRINT: fingerprint},
        }
        if related:
            result["relatedLocations"] = [
                {"id": number, **self.location(location, note)} for number, (location, note) in enumerate(related, 1)
            ]
        if finding.trail:
            result["codeFlows"] = [{"threadFlows": [{"locations": self._flow(finding)}]}]
        fixes: list[Json] = []
        for fix in finding.fixes:
            written = self._fix(fix)
            if written is not None and written not in fixes:
                fixes.append(written)
        if fixes:
            result["fixes"] = fixes
        if state is not None:
            result["baselineState"] = state
        if suppressed is not None:
            result["suppressions"] = [_suppression(suppressed)]
        result["properties"] = {"model": finding.model, "environments": finding.environments, "roots": finding.roots}
        return result

    def location(self, location: Location, note: str | None = None) -> dict[str, object]:
        """A place, with what is there; a place outside the repository has no address and is named in the note."""
        address = uri(self.printing.in_repository(location.path))
        written: dict[str, object] = {}
        if address is not None:
            written["physicalLocation"] = {
                "artifactLocation": {"uri": address, "uriBaseId": ROOT},
                "region": {"startLine": 1} if location.span == START else _region(location.span),
            }
        elif note is not None:
            note = f"{note} ({location.path})"
        if location.symbol:
            written["logicalLocations"] = [{"fullyQualifiedName": plain(location.symbol)}]
        if note is not None:
            written["message"] = {"text": _text(note)}
        return written

    def notification(self, error: ScanError) -> Json:
        """A file that could not be read, or a fault of the program."""
        written: dict[str, object] = {
            "descriptor": {"id": "internal-error" if error.internal else "unread-file"},
            "level": "error" if error.internal else "warning",
            "message": {"text": _sentence(f"{error.path}: {error.message}")},
        }
        place = self.location(Location(error.path, Span(error.line, error.column, error.line, error.column + 1)))
        if place:
            written["locations"] = [place]
        return written

    def _flow(self, finding: Finding) -> list[Json]:
        """The trail in the order the value travels: from where it was written to the place that uses it."""
        steps = [{"location": self.location(hop.location, hop.note)} for hop in reversed(finding.trail)]
        sink = {"location": self.location(finding.location, "the route takes it here")}
        return [*self._cut(steps, MOST_FLOW_STEPS - 1), sink]

    def _fix(self, fix: Fix) -> Json | None:
        """A change, each file once; None where a file lies outside the repository."""
        by_address: dict[str, list[Json]] = {}
        for edit in fix.edits:
            address = uri(self.printing.in_repository(edit.path))
            if address is None:
                return None
            by_address.setdefault(address, []).append(_replacement(edit))
        if not by_address:
            return None
        changes = [
            {"artifactLocation": {"uri": address, "uriBaseId": ROOT}, "replacements": replacements}
            for address, replacements in by_address.items()
        ]
        return {
            "description": {"text": _sentence(fix.description)},
            "artifactChanges": changes,
            "properties": {"safe": fix.safe},
        }

    def _cut(self, items: list[T], most: int) -> list[T]:
        return items if self.profile is Profile.FULL else items[:most]


def _driver(printing: Printing, rules: Sequence[Json]) -> Json:
    return {
        "name": "routelint",
        "version": printing.version,
        "semanticVersion": printing.version,
        **({"informationUri": printing.home} if printing.home else {}),
        "rules": rules,
        "notifications": [
            _notification_kind("unread-file", "UnreadFile", "A file that could not be read completely."),
            _notification_kind("internal-error", "InternalError", "A fault of routelint itself."),
            _notification_kind("left-out", "LeftOut", "Something was left out because code scanning would not take it."),
            _notification_kind("run-remark", "RunRemark", "A remark about the run."),
        ],
    }


def _notification_kind(kind: str, name: str, description: str) -> Json:
    text = {"text": description}
    return {"id": kind, "name": name, "shortDescription": text, "fullDescription": text, "help": text}


def _rules(printing: Printing, findings: Iterable[Finding]) -> list[dict[str, object]]:
    """The rules sorted by id; one that is not built in is known by its findings alone."""
    written = {rule.id: _rule(rule, printing.manual) for rule in printing.rules}
    for finding in findings:
        if finding.rule not in written:
            written[finding.rule] = _unlisted_rule(finding.rule, finding.severity)
    return [written[rule_id] for rule_id in sorted(written)]


def _rule(rule: RuleInfo, manual: str) -> dict[str, object]:
    what = plain_paragraph(section(rule.page, "What it does")) or rule.summary
    enabled = {} if rule.severity is not Severity.OFF else {"enabled": False}
    level = "note" if rule.severity is Severity.OFF else _level(rule.severity)
    return {
        "id": rule.id,
        "name": _name(rule.id),
        "shortDescription": {"text": _ended(rule.summary)},
        "fullDescription": {"text": _ended(what.replace("`", "")[:MOST_DESCRIPTION])},
        "help": {"text": plain_page(rule.page), "markdown": rule.page.strip()},
        # The page itself is in `help`; an address only where the manual is published under one.
        **({"helpUri": f"{manual}#{rule.id}"} if manual and "custom" not in rule.tags else {}),
        "defaultConfiguration": {**enabled, "level": level},
        "properties": {
            "category": str(rule.category),
            "tags": sorted({*rule.tags, str(rule.category)})[:MOST_TAGS],
            "precision": "high",
            "problem.severity": "recommendation" if level == "note" else level,
        },
    }


def _unlisted_rule(rule_id: str, severity: Severity) -> dict[str, object]:
    text = {"text": f"The policy's own rule '{_text(rule_id)}'."}
    return {
        "id": rule_id,
        "shortDescription": text,
        "fullDescription": text,
        "help": text,
        "defaultConfiguration": {"level": _level(severity)},
        "properties": {"tags": ["bedrock", "policy"], "precision": "high"},
    }


def _invocation(report: Report, printer: _Printer, left_out: Sequence[str]) -> Json:
    printing = printer.printing
    execution = [printer.notification(error) for error in report.errors]
    execution.extend({"descriptor": {"id": "left-out"}, "level": "warning", "message": {"text": text}} for text in left_out)
    remarks = [
        {"descriptor": {"id": "run-remark"}, "level": "note", "message": {"text": _sentence(notice)}}
        for notice in report.notices
    ]
    return {
        "executionSuccessful": printing.exit_code in (0, 1),
        "exitCode": printing.exit_code,
        "toolExecutionNotifications": execution,
        "toolConfigurationNotifications": remarks,
    }


def _left_out(results: int, kept: Sequence[Finding]) -> list[str]:
    """What the limits of code scanning cost, one sentence each."""
    surplus = {
        "result": results - len(kept),
        "related location": sum(max(0, len(list(_related(finding))) - MOST_LOCATIONS) for finding in kept),
        "flow step": sum(max(0, len(finding.trail) - (MOST_FLOW_STEPS - 1)) for finding in kept),
    }
    limits = {"result": MOST_RESULTS, "related location": MOST_LOCATIONS, "flow step": MOST_FLOW_STEPS}
    return [
        f"{counted(number, noun)} left out: code scanning takes at most {limits[noun]:,}, the worst come first."
        for noun, number in surplus.items()
        if number > 0
    ]


def _related(finding: Finding) -> Iterable[tuple[Location, str]]:
    """The further places of a finding, then those its value came by, each once."""
    steps = [(each.location, each.note) for each in finding.related]
    steps.extend((hop.location, hop.note) for hop in finding.trail)
    return dict.fromkeys(steps)


def _suppression(suppressed: Suppressed) -> Json:
    kind = "inSource" if suppressed.by == "directive" else "external"
    return {"kind": kind, "status": "accepted", "justification": plain(suppressed.reason), "properties": {"by": suppressed.by}}


def _replacement(edit: Edit) -> Json:
    replacement: dict[str, object] = {"deletedRegion": _region(edit.span)}
    if edit.text:
        replacement["insertedContent"] = {"text": edit.text}
    return replacement


def _region(span: Span) -> Json:
    return {
        "startLine": span.start_line,
        "startColumn": span.start_column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _level(severity: Severity) -> str:
    return "none" if severity is Severity.OFF else str(severity)


def _category(printing: Printing) -> str:
    """What separates this run from others of the same commit: scans of two folders do not overwrite each other."""
    folder = uri(printing.repository_prefix)
    return "routelint/" if folder is None else f"routelint/{folder}/"


def _name(rule_id: str) -> str:
    """The rule's friendly name: `UnjustifiedPremiumModel`."""
    return "".join(word.capitalize() for word in rule_id.split("-"))


def _sentence(text: str) -> str:
    return _ended(_text(text))


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _text(text: str) -> str:
    """Text in which nothing is a link: SARIF reads `[...](...)` in plain text as one."""
    return plain(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
