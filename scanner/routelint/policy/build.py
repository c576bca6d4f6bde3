"""A merged and checked tree of nodes to the typed policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from routelint.model import Location, Severity, Span
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
    Prices,
    RequiredTag,
    Role,
    RuleSetting,
    Tier,
    Volume,
    Waiver,
    Workload,
)
from routelint.policy.merge import names
from routelint.policy.policy import UNNAMED, Policy
from routelint.policy.source import Entry, MapNode, Node, ScalarNode


def build(tree: MapNode) -> Policy:
    """The policy a valid tree says."""
    environments = tree.map("environments")
    return Policy(
        evidence=_evidence(tree.map("evidence")),
        tiers=tuple(_tier(name, node, place) for name, node, place in _named(tree, "tiers")),
        tiered_modalities=_texts(tree, "tiered_modalities"),
        prices=_prices(tree.map("prices")),
        models=_models(tree),
        environments=tuple(
            _environment(name, node, place) for name, node, place in _named(tree, "environments") if name != UNNAMED
        ),
        default_environment=next(
            (_environment(name, node, place) for name, node, place in _named(tree, "environments") if name == UNNAMED),
            Environment(UNNAMED, location=_where(environments.location)),
        ),
        required_tags=tuple(_tag(name, node, place) for name, node, place in _named(tree.map("tags"), "required", "tags.")),
        attribution=tuple(Attribution(each) for each in _texts(tree.map("tags"), "attribution")),
        workloads=tuple(_workload(name, node, place) for name, node, place in _named(tree, "workloads")),
        tasks=_limits(tree, "tasks"),
        audiences=_limits(tree, "audiences"),
        justification=_terms(tree),
        justifications=tuple(_justification(node) for node in _maps(tree, "justifications")),
        waivers=tuple(_waiver(node) for node in _maps(tree, "waivers")),
        rules=tuple(_setting(name, node, place) for name, node, place in _named(tree, "rules")),
        severities=tuple(
            (Severity(key), Severity(_must(tree.map("severities"), key))) for key in names(tree.map("severities"))
        ),
        custom_rules=tuple(_custom(node) for node in _maps(tree, "custom_rules")),
        expiry_notice_days=_whole(tree, "expiry_notice_days") or 0,
        directives=Directives(_flag(tree.map("directives"), "until_required") or False),
        shows_notes=_flag(tree, "show_notes") or False,
        fail_on=FailOn(_must(tree, "fail_on")),
        tree=tree,
    )


def _where(location: Location, symbol: str = "") -> Location | None:
    """The place for a finding to point at; None where a built-in profile says it."""
    if is_built_in(location):
        return None
    return Location(location.path, location.span, symbol)


def is_built_in(location: Location) -> bool:
    """Whether a place lies in a built-in profile rather than in a file."""
    return location.path == "default" or location.path.startswith("profile ")


def _entry_place(entry: Entry, symbol: str) -> Location | None:
    """From the key to the end of what it holds, where both stand in one file."""
    start, end = entry.location, entry.node.location
    if start.path != end.path or (end.span.end_line, end.span.end_column) < (start.span.end_line, start.span.end_column):
        return _where(start, symbol)
    span = Span(start.span.start_line, start.span.start_column, end.span.end_line, end.span.end_column)
    return _where(Location(start.path, span), symbol)


def _named(tree: MapNode, key: str, prefix: str = "") -> Iterator[tuple[str, MapNode, Location | None]]:
    """The entries of a mapping of named things; a name without content has an empty mapping."""
    section = tree.map(key)
    for name in names(section):
        yield name, section.map(name), _entry_place(section.entries[name], f"{prefix}{key}.{name}")


def _maps(tree: MapNode, key: str) -> Iterator[MapNode]:
    return (item for item in tree.items(key) if isinstance(item, MapNode))


def _text(node: MapNode, key: str) -> str | None:
    found = node.scalar(key)
    return found.text if found is not None else None


def _must(node: MapNode, key: str) -> str:
    return _text(node, key) or ""


def _texts(node: MapNode, key: str) -> tuple[str, ...]:
    return tuple(item.text for item in node.items(key) if isinstance(item, ScalarNode))


def _number(node: MapNode, key: str) -> float | None:
    found = node.scalar(key)
    return float(found.value) if found is not None and isinstance(found.value, (int, float)) else None


def _amount(node: MapNode, key: str) -> float:
    return _number(node, key) or 0.0


def _whole(node: MapNode, key: str) -> int | None:
    number = _number(node, key)
    return int(number) if number is not None else None


def _flag(node: MapNode, key: str) -> bool | None:
    found = node.scalar(key)
    return found.value if found is not None and isinstance(found.value, bool) else None


def _day(node: MapNode, key: str) -> date:
    return date.fromisoformat(_must(node, key))


def _patterns(node: MapNode, key: str) -> tuple[Pattern, ...] | None:
    if node.get(key) is None:
        return None
    return tuple(
        Pattern(item.text, _where(item.location, f"models.{key}")) for item in node.items(key) if isinstance(item, ScalarNode)
    )


def _tier(name: str, node: MapNode, place: Location | None) -> Tier:
    return Tier(name, _number(node, "below_usd_per_million_tokens"), _texts(node, "models"), place)


def _prices(node: MapNode) -> Prices:
    mix = node.map("mix")
    models = tuple(
        ModelPrice(
            name,
            _amount(price, "input_usd_per_million_tokens"),
            _amount(price, "output_usd_per_million_tokens"),
            _must(price, "source"),
            place,
        )
        for name, price, place in _named(node, "models", "prices.")
    )
    return Prices(Mix(_amount(mix, "input"), _amount(mix, "output")), _amount(node, "discount_percent"), models)


def _models(tree: MapNode) -> Models:
    node = tree.map("models")

    def place(key: str) -> Location | None:
        return _entry_place(node.entries[key], f"models.{key}") if key in node.entries else None

    return Models(
        allow=_patterns(node, "allow"),
        deny=_patterns(node, "deny") or (),
        scopes=_texts(node, "scopes") if node.get("scopes") is not None else None,
        location=_entry_place(tree.entries["models"], "models") if "models" in tree.entries else None,
        allow_location=place("allow"),
        scopes_location=place("scopes"),
    )


def _environment(name: str, node: MapNode, place: Location | None) -> Environment:
    return Environment(name, _texts(node, "aliases"), _text(node, "max_tier"), _texts(node, "paths"), place)


def _tag(name: str, node: MapNode, place: Location | None) -> RequiredTag:
    values = node.get("values")
    return RequiredTag(
        name,
        _texts(node, "keys") or (name,),
        _text(node, "pattern"),
        None if values is None or isinstance(values, ScalarNode) else _texts(node, "values"),
        isinstance(values, ScalarNode),
        place,
    )


def _evidence(node: MapNode) -> Evidence:
    return Evidence(
        _must(node, "folder"),
        _whole(node, "max_age_days") or 0,
        _amount(node, "margin"),
        _amount(node, "confidence"),
        _where(node.location, "evidence"),
    )


def _workload(name: str, node: MapNode, place: Location | None) -> Workload:
    audience, volume, evaluation = _text(node, "audience"), node.get("volume"), node.get("evaluation")
    tags = node.map("tags")
    return Workload(
        name,
        _texts(node, "routes"),
        _text(node, "owner"),
        _text(node, "task"),
        Audience(audience) if audience else None,
        tuple((key, _must(tags, key)) for key in names(tags)),
        _volume(volume) if isinstance(volume, MapNode) else None,
        _number(node, "budget_usd_per_month"),
        _number(node, "max_p95_latency_ms"),
        _evaluation(evaluation, name) if isinstance(evaluation, MapNode) else None,
        place,
    )


def _volume(node: MapNode) -> Volume:
    return Volume(
        _amount(node, "requests_per_month"),
        _amount(node, "input_tokens"),
        _amount(node, "output_tokens"),
        _amount(node, "cached_input_tokens"),
    )


def _evaluation(node: MapNode, workload: str) -> Evaluation:
    return Evaluation(
        _must(node, "dataset"),
        _text(node, "metric"),
        _number(node, "minimum"),
        _whole(node, "max_age_days"),
        _number(node, "margin"),
        _where(node.location, f"workloads.{workload}.evaluation"),
    )


def _limits(tree: MapNode, key: str) -> tuple[Limit, ...]:
    return tuple(Limit(name, _text(node, "max_tier"), place) for name, node, place in _named(tree, key))


def _terms(tree: MapNode) -> JustificationTerms:
    node = tree.map("justification")
    return JustificationTerms(
        _texts(node, "tiers"),
        _texts(node, "environments"),
        tuple(
            Role(name, _texts(role, "approvers"), _texts(role, "code_owners"), place)
            for name, role, place in _named(node, "roles", "justification.")
        ),
        _whole(node, "max_days"),
        _text(node, "ticket"),
        _entry_place(tree.entries["justification"], "justification") if "justification" in tree.entries else None,
    )


def _justification(node: MapNode) -> Justification:
    identifier = _must(node, "id")
    symbol = f"justifications.{identifier}"
    return Justification(
        identifier,
        _texts(node, "models"),
        _must(node, "reason"),
        _day(node, "expires"),
        _texts(node, "workloads"),
        _texts(node, "routes"),
        _texts(node, "environments"),
        tuple(
            Approval(role, _must(each, "by"), _day(each, "on"), place)
            for role, each, place in _named(node, "approvals", symbol + ".")
        ),
        _where(node.location, symbol),
    )


def _waiver(node: MapNode) -> Waiver:
    rule = _must(node, "rule")
    return Waiver(
        rule, _texts(node, "routes"), _must(node, "reason"), _day(node, "expires"), _where(node.location, f"waivers.{rule}")
    )


def _setting(name: str, node: MapNode, place: Location | None) -> RuleSetting:
    severity = _text(node, "severity")
    return RuleSetting(name, Severity(severity) if severity else None, _flag(node, "waivable"), place)


def _custom(node: MapNode) -> CustomRule:
    identifier = _must(node, "id")
    symbol = f"custom_rules.{identifier}"
    when: Node | None = node.get("when")
    return CustomRule(
        identifier,
        _must(node, "when"),
        Severity(_must(node, "severity")),
        _must(node, "message"),
        _text(node, "help") or "",
        _where(node.location, symbol),
        _where(when.location, f"{symbol}.when") if when is not None else None,
    )
