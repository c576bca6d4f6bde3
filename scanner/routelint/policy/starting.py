"""The starter policy that `routelint policy init` writes: what the scan found, ready to be agreed on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routelint.deferred import dataclass, lazy_regex
from routelint.policy.effective import quote
from routelint.policy.load import default

PLACEHOLDER = "CHANGE ME"
MOST_LISTED = 40

_NAME = lazy_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MAX_TIERS = {"dev": "economy", "test": "economy", "staging": "standard", "prod": "premium"}
# Tag keys as they are found in repositories, folded -> the tag of the policy they carry.
_TAGS = {
    **dict.fromkeys(("team", "owner", "owningteam", "squad", "ownedby", "teamname"), "team"),
    **dict.fromkeys(("project", "projectname", "application", "app", "service", "product", "workload"), "project"),
    **dict.fromkeys(("environment", "env", "stage", "environmentname"), "environment"),
    **dict.fromkeys(("costcenter", "costcentre", "billingcode", "chargecode"), "cost-center"),
}


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that routes of the repository take, and its tier where it has one."""

    catalog_id: str
    tier: str | None = None
    routes: int = 0


def starter(
    models: Sequence[FoundModel], environments: Sequence[str], tag_keys: Sequence[str], *, schema: str | None = None
) -> str:
    """A commented policy for a repository that takes `models`, in the order given, in `environments`, under `tag_keys`.

    `schema` is the URL or path of policy.schema.json for editors. The text loads without faults.
    """
    lines = [
        *_head(schema),
        *_tiers(models),
        *_environments(environments),
        *_tags(tag_keys),
        *_justification(models, environments),
        *_rest(),
    ]
    return "\n".join(lines) + "\n"


def _head(schema: str | None) -> Iterator[str]:
    if schema is not None and schema.isprintable():
        yield f"# yaml-language-server: $schema={schema}"
    yield "# What this repository has agreed on about its Amazon Bedrock models: which, where, for whom, at what price."
    yield "# 'routelint policy check' finds every fault in it, 'routelint policy show' prints it with everything it inherits."
    yield f"# Lines marked {PLACEHOLDER} are guesses."
    yield "version: 1"
    yield "extends: [recommended]"


def _tiers(models: Sequence[FoundModel]) -> Iterator[str]:
    yield ""
    yield "# Tiers are price classes, cheapest first. The profile 'recommended' defines economy (below $1 per million tokens,"
    yield "# three input to one output), standard (below $3) and premium (the rest, and large Claude and Nova models by name)."
    if not models:
        yield "# No model was found in this repository yet."
        return
    yield "# Found in this repository:"
    tiers = [tier.name for tier in default().tiers]
    found = {model.tier for model in models}
    for tier in [*tiers, *sorted(each for each in found if each is not None and each not in tiers), None]:
        of_tier = [model for model in models if model.tier == tier]
        if of_tier:
            yield f"#   {_safe(tier or 'no tier')}: {_listed([_counted(model) for model in of_tier])}"
    yield "# models:"
    families = dict.fromkeys(f"{model.catalog_id.partition('.')[0]}.*" for model in models)
    yield f"#   allow: [{', '.join(quote(_safe(each)) for each in list(families)[:MOST_LISTED])}]"


def _counted(model: FoundModel) -> str:
    times = f" ({model.routes} route{'s' if model.routes > 1 else ''})" if model.routes else ""
    return f"{_safe(model.catalog_id)}{times}"


def _environments(found: Sequence[str]) -> Iterator[str]:
    names = _distinct(found)
    yield ""
    yield "# The highest tier each environment allows. A route that nothing places in an environment is judged by 'default'."
    if not names:
        yield "# No environment was found: these are the usual ones."
        names = ("prod", "staging", "dev", "test")
    yield "environments:"
    for name in names:
        guess = _kind(name)
        tier = _MAX_TIERS[guess] if guess is not None else "premium"
        yield f"  {quote(name)}: {{max_tier: {tier}}}{'' if guess is not None else f'  # {PLACEHOLDER}: what kind is it?'}"
    yield "  default: {max_tier: premium}"


def _distinct(found: Sequence[str]) -> tuple[str, ...]:
    """The environments worth declaring: usable names, one for all spellings of an environment that is known."""
    spellings: dict[str, list[str]] = {}
    for name in found:
        if _NAME.fullmatch(name) and name.casefold() != "default":
            spellings.setdefault(default().environment(name).casefold(), []).append(name)
    names = {canonical: canonical if len(each) > 1 else each[0] for canonical, each in spellings.items()}
    order = list(_MAX_TIERS)[::-1]
    ranked = sorted(names.values(), key=lambda name: (order.index(kind) if (kind := _kind(name)) else len(order), name))
    return tuple(ranked[:MOST_LISTED])


def _kind(name: str) -> str | None:
    """The environment of the profile that a name is a kind of: `prod-eu` and `dev2` are what their first known word is."""
    words = [name, *re.split(r"[._-]", name)]
    for word in [*words, *(each.rstrip("0123456789") for each in words)]:
        declared = default().declared(word) if word else None
        if declared is not None:
            return declared.name
    return None


def _tags(found: Sequence[str]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    others: list[str] = []
    for key in dict.fromkeys(found):
        if not 0 < len(key) <= 128:
            continue
        tag = _TAGS.get(re.sub(r"[^a-z]", "", key.rpartition(":")[2].casefold()))
        (others if tag is None else by_tag.setdefault(tag, [])).append(key)
    yield ""
    yield "# Tags by which finance tells whose money it is. Each is satisfied by any of its keys."
    missing = [tag for tag in ("team", "project", "environment") if tag not in by_tag]
    if missing:
        yield f"# No resource carries {' or '.join(missing)} yet: the profile 'recommended' has keys for them."
    if others:
        yield f"# Other keys found: {_listed([_safe(key) for key in others])}"
    if not by_tag:
        yield "# tags:"
        yield "#   required:"
        yield "#     team: {keys: [team, Team]}"
        return
    yield "tags:"
    yield "  required:"
    for tag in ("team", "project", "environment", "cost-center"):
        if tag in by_tag:
            values = ", values: environments" if tag == "environment" else ""
            yield f"    {tag}: {{keys: [{', '.join(quote(key) for key in by_tag[tag])}]{values}}}"


def _justification(models: Sequence[FoundModel], environments: Sequence[str]) -> Iterator[str]:
    names = _distinct(environments) or ("prod", "staging")
    demanding = [name for name in names if _kind(name) not in ("dev", "test")] or ["prod"]
    yield ""
    yield "# What a route of a premium model must show: a reason, an expiry, and an approval for each role by different people."
    yield "justification:"
    yield "  tiers: [premium]"
    yield f"  environments: [{', '.join(quote(name) for name in demanding)}]"
    yield "  roles:"
    yield f'    product: {{approvers: ["product-owner@example.com"]}}  # {PLACEHOLDER}'
    yield f'    finance: {{approvers: ["finops@example.com"]}}  # {PLACEHOLDER}'
    yield "  max_days: 180"
    # routelint: ignore[costly-default-model] -- an example shown in a comment of the starter policy, no route
    premium = next((model.catalog_id for model in models if model.tier == "premium"), "anthropic.claude-opus-5-5")
    yield "# justifications:"
    yield "#   - id: FIN-1"
    yield f"#     models: [{quote(_safe(premium))}]"
    yield "#     workloads: [my-workload]"
    yield f"#     environments: [{quote(demanding[0])}]"
    yield "#     reason: what the next tier down scored on the golden dataset, and what is needed"
    yield "#     approvals:"
    yield "#       product: {by: product-owner@example.com, on: 2027-01-15}"
    yield "#       finance: {by: finops@example.com, on: 2027-01-15}"
    yield "#     expires: 2027-06-30"


def _rest() -> Iterator[str]:
    yield ""
    yield "# What the routes are for. A workload's task and audience bound its tier; its volume turns prices into amounts."
    yield "# workloads:"
    yield "#   my-workload:"
    yield '#     routes: ["services/my-workload/**"]'
    yield "#     owner: my-team"
    yield "#     task: classification       # or extraction, sentiment, summarization, report"
    yield "#     audience: internal         # or customer"
    yield "#     volume: {requests_per_month: 100000, input_tokens: 900, output_tokens: 40}"
    yield "#     budget_usd_per_month: 400"
    yield ""
    yield "# Findings accepted for a time."
    yield "# waivers:"
    yield '#   - {rule: missing-required-tag, routes: ["legacy/**"], reason: "why, and what ends it", expires: 2027-03-31}'


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - MOST_LISTED} more" if len(texts) > MOST_LISTED else ""
    return ", ".join(texts[:MOST_LISTED]) + more


def _safe(text: str) -> str:
    """A text that stays on the line of its comment."""
    return "".join(each if each.isprintable() else "?" for each in text)[:200]
