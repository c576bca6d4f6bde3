"""The policy as rules ask it: which tier, which environment, what is allowed, who must approve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.model import Severity
from routelint.policy.entries import (
    Attribution,
    Audience,
    CustomRule,
    Directives,
    Environment,
    Evidence,
    FailOn,
    Justification,
    JustificationTerms,
    Limit,
    Models,
    PolicyWarning,
    Prices,
    RequiredTag,
    RuleSetting,
    Tier,
    Verdict,
    Waiver,
    Workload,
    first_pattern,
)
from routelint.policy.glob import first_match, matches, matches_name, matches_path
from routelint.policy.source import MapNode
from routelint.regex import search

# Where nothing says which environment a route is in, the policy speaks of it by this name.
UNNAMED = "default"


@dataclass(frozen=True)
class Policy:
    """The effective policy: every profile and file merged. Tiers are cheapest first; money is in US dollars, dates are UTC.

    `path` is the file it was loaded from, None where a built-in profile applies; `files` are all files it was made of. `base`
    leads from the folder its path patterns start at to the scanned root: empty, or ending with a slash.
    """

    evidence: Evidence
    tiers: tuple[Tier, ...] = ()
    tiered_modalities: tuple[str, ...] = ("text",)
    prices: Prices = field(default_factory=Prices)
    models: Models = field(default_factory=Models)
    environments: tuple[Environment, ...] = ()
    default_environment: Environment = field(default_factory=lambda: Environment(UNNAMED))
    required_tags: tuple[RequiredTag, ...] = ()
    attribution: tuple[Attribution, ...] = ()
    workloads: tuple[Workload, ...] = ()
    tasks: tuple[Limit, ...] = ()
    audiences: tuple[Limit, ...] = ()
    justification: JustificationTerms = field(default_factory=JustificationTerms)
    justifications: tuple[Justification, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    rules: tuple[RuleSetting, ...] = ()
    severities: tuple[tuple[Severity, Severity], ...] = ()
    custom_rules: tuple[CustomRule, ...] = ()
    expiry_notice_days: int = 30
    directives: Directives = field(default_factory=Directives)
    shows_notes: bool = False
    fail_on: FailOn = FailOn.ERROR
    warnings: tuple[PolicyWarning, ...] = field(default=(), compare=False)
    path: str | None = field(default=None, compare=False)
    files: tuple[str, ...] = field(default=(), compare=False)
    base: str = field(default="", compare=False)
    tree: MapNode | None = field(default=None, compare=False, repr=False)

    def tier(self, model_id: str, blended_usd: float | None) -> str | None:
        """The tier of a model by its catalog id and blended list price per million tokens.

        The first tier with a pattern that matches, else the first whose bound the price is below, else the last. None where
        no pattern matches and no price is known, or where the policy has no tiers.
        """
        for tier in self.tiers:
            if first_match(tier.models, model_id) is not None:
                return tier.name
        if blended_usd is None or not self.tiers:
            return None
        for tier in self.tiers:
            if tier.below_usd_per_million_tokens is not None and blended_usd < tier.below_usd_per_million_tokens:
                return tier.name
        return self.tiers[-1].name

    def tier_rank(self, name: str) -> int:
        """The place of a tier, 0 for the cheapest.

        Raises:
            KeyError: the policy has no tier of that name.
        """
        for rank, tier in enumerate(self.tiers):
            if tier.name == name:
                return rank
        raise KeyError(name)

    def above(self, tier: str | None, limit: str | None) -> bool:
        """Whether a tier is dearer than a limit; never where either is not known."""
        return tier is not None and limit is not None and self.tier_rank(tier) > self.tier_rank(limit)

    def judges(self, modality: str) -> bool:
        """Whether tier rules speak of models of a modality (text, embedding, image ...)."""
        return modality in self.tiered_modalities

    def allows_model(self, catalog_id: str) -> Verdict:
        """Whether a model may be used, by its catalog id; a denial wins."""
        denied = first_pattern(self.models.deny, catalog_id)
        if denied is not None:
            return Verdict(False, f"the policy denies '{denied.text}'", denied.location)
        if self.models.allow is None or first_pattern(self.models.allow, catalog_id) is not None:
            return Verdict(True)
        allowed = _quoted(each.text for each in self.models.allow)
        return Verdict(False, f"it is not in the policy's allow list; allowed here: {allowed}", self.models.allow_location)

    def allows_scope(self, scope: str | None) -> Verdict:
        """Whether an inference-profile prefix may be used; None, which is no profile, always may."""
        if scope is None or self.models.scopes is None or scope in self.models.scopes:
            return Verdict(True)
        reason = f"the policy allows no '{scope}' profile; allowed scopes: {_quoted(self.models.scopes)}"
        return Verdict(False, reason, self.models.scopes_location)

    def environment(self, name: str) -> str:
        """The declared name of an environment however it is spelt; a name that is not declared is kept as it is.

        Case does not count, nor whether words are joined by `-` or `_`. Names win over aliases, exact aliases over globs.
        """
        found = self.declared(name)
        return found.name if found is not None else name.strip()

    def declared(self, name: str) -> Environment | None:
        """The declared environment behind a spelling; None where there is none."""
        return self._spellings.get(_folded(name)) or next(
            (
                environment
                for environment in self.environments
                for alias in environment.aliases
                if matches(_folded(alias), _folded(name))
            ),
            None,
        )

    @cached_property
    def _spellings(self) -> Mapping[str, Environment]:
        """Every exact spelling, folded -> environment."""
        spellings = {_folded(each): environment for environment in self.environments for each in environment.aliases}
        return spellings | {_folded(each.name): each for each in self.environments}

    def environments_of(self, path: str) -> tuple[str, ...]:
        """The environments whose `paths` take in a path of the scan."""
        return tuple(each.name for each in self.environments if matches_path(each.paths, self.local(path)))

    def local(self, path: str) -> str:
        """A path of the scan as the policy's path patterns see it."""
        return self.base + path

    def max_tier(self, environment: str | None) -> str | None:
        """The highest tier an environment allows; None sets no limit.

        A route without an environment (None) and an environment that is not declared are judged as `environments.default`.
        """
        declared = self.declared(environment) if environment is not None else None
        return (declared or self.default_environment).max_tier

    def names_environment(self, patterns: tuple[str, ...], environment: str) -> bool:
        """Whether a list of environments takes in one; the list's names are canonical, its globs see the canonical name."""
        canonical = self.environment(environment)
        signed = [(("!" if each.startswith("!") else ""), each.removeprefix("!")) for each in patterns]
        return matches_name([sign + self.environment(each) for sign, each in signed], canonical)

    def needs_justification(self, tier: str | None, environment: str | None) -> bool:
        """Whether a route of a tier must be justified in an environment; None, not told, could be any of them."""
        terms = self.justification
        if tier is None or tier not in terms.tiers or not terms.environments:
            return False
        return environment is None or self.names_environment(terms.environments, environment)

    def covers_environments(self, justification: Justification, environments: tuple[str, ...]) -> bool:
        """Whether a justification covers every environment of a finding; one without environments covers all.

        A finding that names none could be in any environment that needs one: the justification must speak of such an
        environment, of `default`, or by a glob of all of them. One that speaks of dev alone does not cover it.
        """
        if not justification.environments:
            return True
        if environments:
            return all(self.names_environment(justification.environments, each) for each in environments)
        wanted = self.justification.environments
        if UNNAMED in justification.environments or any(
            self.names_environment(wanted, each) for each in justification.environments if not each.startswith("!")
        ):
            return True
        needing = [each.name for each in self.environments if self.names_environment(wanted, each.name)]
        return bool(needing) and all(self.names_environment(justification.environments, name) for name in needing)

    def severity(self, rule_id: str, default: Severity) -> Severity:
        """How much findings of a rule matter, given the rule's own default."""
        setting = self.rule(rule_id)
        if setting is not None and setting.severity is not None:
            return setting.severity
        custom = next((each for each in self.custom_rules if each.id == rule_id), None)
        return dict(self.severities).get(default, default) if custom is None else custom.severity

    def waivable(self, rule_id: str, default: bool = True) -> bool:
        """Whether findings of a rule may be silenced by a directive, waiver or baseline."""
        setting = self.rule(rule_id)
        return default if setting is None or setting.waivable is None else setting.waivable

    def rule(self, rule_id: str) -> RuleSetting | None:
        """What the policy says of a rule."""
        return next((each for each in self.rules if each.rule == rule_id), None)

    def workload(self, name: str) -> Workload | None:
        """The declared workload of that name."""
        return next((each for each in self.workloads if each.name == name), None)

    def workloads_at(self, path: str, symbol: str) -> tuple[Workload, ...]:
        """The workloads whose patterns take in a route, in the order declared."""
        return tuple(each for each in self.workloads if each.covers(self.local(path), symbol))

    def task(self, name: str) -> Limit | None:
        """The limit of a task."""
        return next((each for each in self.tasks if each.name == name), None)

    def audience(self, audience: Audience) -> Limit | None:
        """The limit of an audience."""
        return next((each for each in self.audiences if each.name == audience), None)

    def tag_fault(self, tag: RequiredTag, value: str) -> str | None:
        """Why the policy does not take `value` for a tag, and what it takes; None where it does."""
        if tag.is_environment and self.declared(value) is None:
            return f"it is not a declared environment; declared: {_quoted(each.name for each in self.environments)}"
        if tag.values is not None and value not in tag.values:
            return f"it is not an allowed value; allowed: {_quoted(tag.values)}"
        if tag.pattern is not None and not search(tag.pattern, value):
            return f"it does not match '{tag.pattern}'"
        return None


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"'{each}'" for each in texts) or "none"


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")
