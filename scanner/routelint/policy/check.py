"""What the schema cannot say of a policy: names that must exist, order of tiers, and what does not do what it seems to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from routelint.model import Location
from routelint.model_id import SCOPES
from routelint.policy.entries import PolicyWarning
from routelint.policy.fault import MOST_SHOWN, Fault, listing, nearest, shown
from routelint.policy.merge import names
from routelint.policy.source import MapNode, Node, ScalarNode

_RULE_ID = "the id of a rule; 'routelint rules' lists them"
_SCOPES = tuple(f"{scope}." for scope in SCOPES)


def faults(tree: MapNode, rules: Collection[str]) -> Iterator[Fault]:
    """Every reference of a merged policy to something that does not exist, and every contradiction in it."""
    yield from _rules(tree, rules)
    yield from _tiers(tree)
    yield from _limits(tree)
    yield from _workloads(tree)
    yield from _justifications(tree)
    mix = tree.map("prices").map("mix")
    parts = [each.value for key in ("input", "output") if (each := mix.scalar(key)) is not None]
    if len(parts) == 2 and all(part == 0 for part in parts):
        yield _fault(mix.location, "prices.mix has no parts at all", "at least one part above 0")


def _fault(place: Location, fact: str, expected: str = "", near: str | None = None) -> Fault:
    return Fault(place.path, place.span.start_line, place.span.start_column, fact, expected, f"'{near}'" if near else "")


def _known(node: Node | None, known: Sequence[str], what: str, kind: str) -> Iterator[Fault]:
    """A fault where a name is not among the known ones."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or node.value in known:
        return
    expected = f"one of {listing(known)}" if known else f"a {kind} that the policy defines; it defines none"
    yield _fault(
        node.location, f"{what} names {kind} {shown(node.value)}, which does not exist", expected, nearest(node.value, known)
    )


def _rules(tree: MapNode, rules: Collection[str]) -> Iterator[Fault]:
    seen: dict[str, Location] = {}
    custom: list[str] = []
    for item in tree.items("custom_rules"):
        identifier = item.scalar("id") if isinstance(item, MapNode) else None
        if identifier is None:
            continue
        custom.append(identifier.text)
        if identifier.text in rules:
            yield _fault(
                identifier.location, f"custom rule '{identifier.text}' has the id of a built-in rule", "an id of its own"
            )
        yield from _once(identifier, "custom rule", seen)
    known = sorted({*rules, *custom})
    settings = tree.map("rules").entries
    for key, entry in settings.items():
        # A profile may set a rule that this caller does not run.
        if key not in known and not entry.location.path.startswith("profile "):
            near = nearest(key, known) if len(settings) <= MOST_SHOWN else None
            yield _fault(entry.location, f"no rule is called {shown(key)}", _RULE_ID, near)
    for item in tree.items("waivers"):
        rule = item.scalar("rule") if isinstance(item, MapNode) else None
        if rule is not None and rule.text not in known:
            yield _fault(rule.location, f"no rule is called {shown(rule.text)}", _RULE_ID, nearest(rule.text, known))


def _once(node: ScalarNode, what: str, seen: dict[str, Location]) -> Iterator[Fault]:
    first = seen.setdefault(node.text, node.location)
    if first is not node.location:
        yield _fault(
            node.location, f"{what} {shown(node.text)} is there twice; first on line {first.span.start_line}", "each id once"
        )


def _tiers(tree: MapNode) -> Iterator[Fault]:
    tiers = tree.map("tiers")
    bound, bound_name = 0.0, ""
    for name in names(tiers):
        node = tiers.map(name).scalar("below_usd_per_million_tokens")
        value = node.value if node is not None else None
        if node is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if value <= 0:  # the schema says so
            continue
        if value <= bound:
            fact = (
                f"tier '{name}' (below {value:g}) stands after tier '{bound_name}' (below {bound:g}), which leaves it nothing"
            )
            yield _fault(node.location, fact, "tiers cheapest first")
        bound, bound_name = float(value), name


def _limits(tree: MapNode) -> Iterator[Fault]:
    tiers = names(tree.map("tiers"))
    for section in ("environments", "tasks", "audiences"):
        for name in names(tree.map(section)):
            yield from _known(tree.map(section).map(name).get("max_tier"), tiers, f"{section}.{name}.max_tier", "tier")
    for item in tree.map("justification").items("tiers"):
        yield from _known(item, tiers, "justification.tiers", "tier")


def _workloads(tree: MapNode) -> Iterator[Fault]:
    tasks = names(tree.map("tasks"))
    for name in names(tree.map("workloads")):
        yield from _known(tree.map("workloads").map(name).get("task"), tasks, f"workloads.{name}.task", "task")


def _justifications(tree: MapNode) -> Iterator[Fault]:
    roles = names(tree.map("justification").map("roles"))
    workloads = names(tree.map("workloads"))
    seen: dict[str, Location] = {}
    for item in tree.items("justifications"):
        if not isinstance(item, MapNode):
            continue
        identifier = item.scalar("id")
        name = identifier.text if identifier is not None else "without id"
        if identifier is not None:
            yield from _once(identifier, "justification", seen)
        for workload in item.items("workloads"):
            yield from _known(workload, workloads, f"justification {shown(name)}", "workload")
        for role, entry in item.map("approvals").entries.items():
            key = ScalarNode(role, False, entry.location)
            yield from _known(key, roles, f"justification {shown(name)}", "role")
    yield from _roles(tree.map("justification").map("roles"))


def _roles(roles: MapNode) -> Iterator[Fault]:
    """Two roles that only one and the same person may fill can never both be filled."""
    alone: dict[str, str] = {}
    for name in names(roles):
        people = {item.text.casefold() for item in roles.map(name).items("approvers") if isinstance(item, ScalarNode)}
        if len(people) != 1:
            continue
        person = people.pop()
        if (other := alone.setdefault(person, name)) != name:
            fact = f"roles '{other}' and '{name}' can only be filled by the same person, {shown(person)}"
            yield _fault(roles.entries[name].location, fact, "another approver: one person may not fill two roles")


def warnings(tree: MapNode) -> Iterator[PolicyWarning]:
    """What is no fault but does not do what it seems to; of profiles nothing is said."""
    yield from _idle_entries(tree)
    yield from _undeclared_environments(tree)
    tiers = tree.map("tiers")
    for name in names(tiers)[:-1]:
        if tiers.map(name).get("below_usd_per_million_tokens") is None and not tiers.map(name).items("models"):
            place = tiers.entries[name].location
            yield _warning(
                place, f"tier '{name}' takes no model: it has neither a price bound nor patterns, and is not the last"
            )
    for key in ("allow", "deny"):
        for item in tree.map("models").items(key):
            if isinstance(item, ScalarNode) and item.text.startswith(_SCOPES):
                message = f"pattern {shown(item.text)} matches nothing: catalog ids carry no scope prefix; models.scopes does"
                yield _warning(item.location, message)
    terms = tree.map("justification")
    if names(terms.map("roles")) and not (terms.items("tiers") and terms.items("environments")):
        place = terms.entries["roles"].location
        yield _warning(place, "the roles approve nothing: justification.tiers or justification.environments is empty")


def _warning(place: Location, message: str) -> PolicyWarning:
    return PolicyWarning(place.path, place.span.start_line, place.span.start_column, message)


def _idle_entries(tree: MapNode) -> Iterator[PolicyWarning]:
    for item in tree.items("justifications"):
        if isinstance(item, MapNode) and not item.items("workloads") and not item.items("routes"):
            name = item.scalar("id")
            yield _warning(
                item.location,
                f"justification {shown(name.text if name else '')} covers nothing: it names neither workloads nor routes",
            )
    workloads = tree.map("workloads")
    for workload in names(workloads):
        if not workloads.map(workload).items("routes"):
            message = f"workload '{workload}' has no routes: only a directive 'routelint: workload={workload}' puts one in it"
            yield _warning(workloads.entries[workload].location, message)
    rules = tree.map("rules")
    for item in tree.items("waivers"):
        rule = item.scalar("rule") if isinstance(item, MapNode) else None
        waivable = rules.map(rule.text).scalar("waivable") if rule is not None else None
        if rule is not None and waivable is not None and waivable.value is False:
            yield _warning(rule.location, f"this waiver has no effect: rule '{rule.text}' is not waivable in this policy")


def _undeclared_environments(tree: MapNode) -> Iterator[PolicyWarning]:
    environments = tree.map("environments")
    spellings = set(names(environments))
    for name in names(environments):
        spellings.update(item.text for item in environments.map(name).items("aliases") if isinstance(item, ScalarNode))
    folded = {each.casefold().replace("_", "-") for each in spellings}
    lists = [("justification.environments", tree.map("justification").items("environments"))]
    for item in tree.items("justifications"):
        if isinstance(item, MapNode):
            identifier = item.scalar("id")
            lists.append((f"justification {shown(identifier.text if identifier else '')}", item.items("environments")))
    for what, items in lists:
        for item in items:
            if not isinstance(item, ScalarNode) or item.location.path.startswith("profile "):
                continue
            name = item.text.removeprefix("!")
            if name == "default" or any(each in name for each in "*?[") or name.casefold().replace("_", "-") in folded:
                continue
            near = nearest(name, spellings)
            hint = f"; nearest '{near}'" if near else ""
            yield _warning(
                item.location, f"{what} speaks of environment {shown(name)}, which the policy does not declare{hint}"
            )
