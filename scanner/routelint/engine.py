"""The whole product on one page: source units and rules in, a report out. Pure: no disk, no clock, no environment."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from routelint import codeowners, environments, evidence, folding, link, surfaces, testcode, workloads
from routelint.catalog import Catalog
from routelint.changes import Swap
from routelint.codeowners import CodeOwners
from routelint.deferred import dataclass
from routelint.model import (
    Directive,
    Finding,
    Location,
    ModelReference,
    PolicyStatement,
    Principal,
    Report,
    Resource,
    ScanError,
    Severity,
)
from routelint.parse import LANGUAGES, parse
from routelint.parse import directives as inline
from routelint.parse.parsed import ParseContext, Parsed, merge
from routelint.parse.steps import OUT_OF_MEMORY, Runner, here
from routelint.policy import Policy
from routelint.rule import Breach, Category, Context, Place, Rule
from routelint.source import NotTextError, SourceText, SourceTree, SourceUnit, decode
from routelint.suppress import Aims, Outcome, suppress

if TYPE_CHECKING:
    from routelint.evidence import Records

DIRECTIVE_MARKER = b"routelint:"
# What a parser knew of so many files is let go of before the next language is read. It stands in circles, so that Python has to
# look for it: half a second of 18 for 30,000 files, and 360 MB become 280. In a scan of few files the search is not worth it.
MOST_FILES_IN_CIRCLES = 1_000
# What is said of a model and its money; evidence and an organisation's own rules hold in test code as elsewhere, and so do
# permissions that somebody gets, which their rule tells from others.
LESS_IN_TESTS = frozenset((Category.ROUTE, Category.ATTRIBUTION, Category.BUDGET))


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the units hold, resolved and placed: the input of judging and of the inventory."""

    references: tuple[ModelReference, ...] = ()
    resources: tuple[Resource, ...] = ()
    errors: tuple[ScanError, ...] = ()
    directives: tuple[Directive, ...] = ()
    texts: Mapping[str, SourceText] | None = None
    files: int = 0
    statements: tuple[PolicyStatement, ...] = ()
    principals: tuple[Principal, ...] = ()
    code_owners: CodeOwners | None = None
    evidence: Records | None = None


def resolve(
    units: Sequence[SourceUnit],
    tree: SourceTree,
    policy: Policy,
    catalog: Catalog,
    *,
    rule_ids: Iterable[str] = (),
    errors: Sequence[ScanError] = (),
    files: int = 0,
    on_unit: Callable[[SourceUnit], None] = lambda unit: None,
    obeys_directives: bool = True,
    run: Runner = here,
) -> Resolved:
    """Every route of the units with its models, environments and workload, sorted by place and root.

    `errors` and `files` are what collecting came to: what it could not read, and how many files it looked at. `run` does the
    steps of parsing: in this process where nothing else is said.
    """
    units = evidence.without_records(units, policy)
    parsed: list[Parsed] = []
    looked_at = 0
    for language in LANGUAGES:
        if looked_at > MOST_FILES_IN_CIRCLES:
            gc.collect()
            looked_at = 0
        settings = link.settings(parsed)
        for unit in (unit for unit in units if unit.language == language and unit.marked):
            on_unit(unit)
            looked_at += len(unit.marked)
            parsed.append(_parse(unit, ParseContext(tree, surfaces.load(language), catalog.knows, settings, catalog.cdk), run))
    whole = merge(parsed)
    # Whoever takes no configuration from the tree takes none from its comments either.
    texts = _texts_with_directives(units, whole, tree) if obeys_directives else {}
    found = (each for text in texts.values() for each in inline.find(text, frozenset(rule_ids)))
    directives = tuple(_required_until(each) for each in found) if policy.directives.until_required else tuple(found)
    told, too_many = link.bounded(link.without_repeats(whole.references))
    aims = Aims(directives, texts)
    references = (_place(reference, policy, aims) for reference in told)
    faults = dict.fromkeys((*errors, *whole.errors, *too_many))
    records = evidence.load(tree, policy, catalog) if policy.workloads else None
    return Resolved(
        tuple(sorted(references, key=_reference_order)),
        tuple(sorted((environments.place_resource(each, policy) for each in whole.resources), key=_resource_order)),
        tuple(sorted(faults, key=lambda error: (error.path, error.line, error.message))),
        directives,
        texts,
        files,
        tuple(sorted((environments.place_statement(each, policy) for each in whole.statements), key=_statement_order)),
        tuple(sorted((environments.place_principal(each, policy) for each in whole.principals), key=_statement_order)),
        codeowners.find(tree),
        records,
    )


def _parse(unit: SourceUnit, context: ParseContext, run: Runner) -> Parsed:
    """What the unit holds; a fault of ours that no single file is to blame for costs the unit, not the scan."""
    try:
        return parse(unit, context, run)
    except MemoryError:
        said = OUT_OF_MEMORY
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    if said is OUT_OF_MEMORY:
        gc.collect()
    return Parsed(errors=(ScanError(".", f"routelint failed on the {unit.language} files: {said}", internal=True),))


def _texts_with_directives(units: Sequence[SourceUnit], parsed: Parsed, tree: SourceTree) -> dict[str, SourceText]:
    paths = {reference.location.path for reference in parsed.references}
    paths.update(resource.location.path for resource in parsed.resources)
    paths.update(path for unit in units for path in unit.marked)
    texts = {}
    for path in sorted(paths):
        data = tree.read(path)
        if data is not None and DIRECTIVE_MARKER in data:
            try:
                texts[path] = decode(path, data)
            except NotTextError:
                continue
    return texts


def _required_until(directive: Directive) -> Directive:
    """A directive as a policy sees it that asks every exception for its last day."""
    endless = directive.name == "ignore" and directive.until is None and directive.fault is None
    return replace(directive, fault="the policy requires 'until=YYYY-MM-DD'") if endless else directive


def _place(reference: ModelReference, policy: Policy, aims: Aims) -> ModelReference:
    placed = workloads.assign(environments.place_reference(reference, policy), policy)
    for directive in aims.at(placed.location.path, placed.location.span, placed.statement):
        if not directive.arguments:
            continue
        match directive.name:
            case "environment":
                placed = replace(placed, environments=tuple(policy.environment(name) for name in directive.arguments))
            case "workload":
                placed = replace(placed, workload=directive.arguments[0])
            case "justification":
                placed = replace(placed, justification=directive.arguments[0])
    return placed


def judge(
    resolved: Resolved,
    rules: Sequence[Rule],
    policy: Policy,
    catalog: Catalog,
    today: date,
    *,
    reported: Callable[[str], bool] = lambda path: True,
    notices: Sequence[str] = (),
    swaps: Sequence[Swap] | None = None,
    changed_on: Mapping[Location, date] | None = None,
    whole: bool = True,
) -> Report:
    """The report of one scan: `reported` says which paths are wanted, a finding counts where its trail passes one.

    `swaps` are the routes whose models differ from those of another revision; None where none was compared. `changed_on`
    says when deciding lines last changed; None where no git history is at hand. `whole` says that everything the policy
    governs was looked at.
    """
    context = Context(
        policy,
        catalog,
        today,
        resolved.references,
        resolved.resources,
        resolved.errors,
        resolved.directives,
        swaps,
        resolved.statements,
        resolved.principals,
        changed_on,
        resolved.code_owners,
        whole,
        resolved.evidence,
    )
    failures: list[ScanError] = []
    active = [(rule, severity) for rule in rules if (severity := policy.severity(rule.id, rule.severity)) is not Severity.OFF]
    found = [finding for rule, severity in active for finding in _findings(rule, severity, context, failures)]
    ids = {rule.id: rule for rule in rules}
    outcome = suppress(
        folding.unite(found),
        resolved.directives,
        resolved.texts or {},
        policy,
        lambda rule_id: ids[rule_id].waivable and policy.waivable(rule_id),
        today,
        judged={rule.id for rule, _ in active},
        references=resolved.references,
    )
    late = [finding for rule, severity in active for finding in _late_findings(rule, severity, outcome, context, failures)]
    of_routes = {rule.id for rule, _ in active if rule.category in LESS_IN_TESTS}
    told = folding.by_decision(testcode.lessened(outcome.findings, of_routes))
    findings = sorted([*told, *folding.unite(late)], key=folding.order)
    remarks = [said for rule, _ in active if rule.remark is not None and (said := rule.remark(context)) is not None]

    def wanted(finding: Finding) -> bool:
        return any(map(reported, _paths(finding)))

    return Report(
        findings=tuple(filter(wanted, _fingerprint(findings))),
        suppressed=tuple(
            replace(each, finding=finding)
            for each, finding in zip(outcome.suppressed, _fingerprint([s.finding for s in outcome.suppressed]), strict=True)
            if wanted(finding)
        ),
        references=tuple(each for each in resolved.references if reported(each.location.path)),
        resources=tuple(each for each in resolved.resources if reported(each.location.path)),
        errors=(
            *(each for each in resolved.errors if each.internal or reported(each.path)),
            *_record_faults(resolved),
            *failures,
        ),
        files=resolved.files,
        policy=policy.path,
        notices=(*notices, *remarks),
    )


def _record_faults(resolved: Resolved) -> Iterable[ScanError]:
    """What is wrong with evaluation records: configuration like the policy, so no finding speaks of it."""
    faults = () if resolved.evidence is None else resolved.evidence.faults
    return (ScanError(each.path, each.said, each.line, each.column) for each in faults)


def concerning(report: Report, names: AbstractSet[str]) -> Report:
    """The report narrowed to the environments `names`; what belongs to no environment could be any and stays."""
    return replace(
        report,
        findings=tuple(each for each in report.findings if not each.environments or names & set(each.environments)),
        suppressed=tuple(
            each for each in report.suppressed if not each.finding.environments or names & set(each.finding.environments)
        ),
    )


def _findings(rule: Rule, severity: Severity, context: Context, failures: list[ScanError]) -> Iterable[Finding]:
    if rule.check is not None:
        for reference in context.references:
            try:
                for breach in rule.check(reference, context):
                    yield _finding(rule, severity, reference, breach)
            except Exception as error:
                message = f"rule '{rule.id}' failed: {type(error).__name__}: {error}"
                failures.append(
                    ScanError(reference.location.path, message, reference.location.span.start_line, 1, internal=True)
                )
    if rule.check_all is not None:
        try:
            for place, breach in rule.check_all(context):
                yield _finding(rule, severity, place, breach)
        except Exception as error:
            failures.append(ScanError(".", f"rule '{rule.id}' failed: {type(error).__name__}: {error}", internal=True))


def _late_findings(
    rule: Rule, severity: Severity, outcome: Outcome, context: Context, failures: list[ScanError]
) -> Iterable[Finding]:
    if rule.check_outcome is not None:
        try:
            for place, breach in rule.check_outcome(outcome, context):
                yield _finding(rule, severity, place, breach)
        except Exception as error:
            failures.append(ScanError(".", f"rule '{rule.id}' failed: {type(error).__name__}: {error}", internal=True))


def _finding(rule: Rule, severity: Severity, place: ModelReference | Resource | Place, breach: Breach) -> Finding:
    choice = breach.choice
    return Finding(
        rule=rule.id,
        severity=_lesser(severity, breach.severity),
        message=breach.message,
        location=place.location,
        statement=place.statement,
        root=place.root,
        roots=(place.root,),
        model=None if choice is None else choice.model.id,
        environments=breach.environments,
        trail=breach.trail or (() if choice is None else choice.trail),
        related=breach.related,
        notes=breach.notes,
    )


def _lesser(severity: Severity, own: Severity | None) -> Severity:
    return severity if own is None or own.rank <= severity.rank else own


def _fingerprint(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with unique fingerprints that survive edits elsewhere: no line, date or commit goes into one."""
    seen: dict[str, int] = {}
    marked = []
    for finding in findings:
        key = "\0".join((finding.rule, finding.location.path, finding.location.symbol, finding.model or ""))
        ordinal = seen[key] = seen.get(key, -1) + 1
        digest = hashlib.sha256(f"{key}\0{ordinal}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
        marked.append(replace(finding, fingerprint=digest))
    return tuple(marked)


def _paths(finding: Finding) -> Iterable[str]:
    yield finding.location.path
    yield from (hop.location.path for hop in finding.trail)
    yield from (related.location.path for related in finding.related)


def _reference_order(reference: ModelReference) -> tuple[object, ...]:
    return (reference.location, reference.root, reference.sink, repr(reference.value))


def _statement_order(thing: PolicyStatement | Principal) -> tuple[object, ...]:
    return (thing.location, thing.root, thing.statement)


def _resource_order(resource: Resource) -> tuple[object, ...]:
    return (resource.location, resource.root, resource.type)
