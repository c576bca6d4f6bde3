"""The rules a command judges by: the built-in ones, then the policy's own."""

from __future__ import annotations

from routelint.policy import Policy
from routelint.rule import Rule
from routelint_rules import RULES


def rules_of(policy: Policy) -> tuple[Rule, ...]:
    """Every rule there is under a policy."""
    if not policy.custom_rules:
        return RULES
    from routelint import custom  # only a policy with rules of its own pays for what runs them

    return (*RULES, *custom.rules(policy))


def rule_ids(policy: Policy | None = None) -> tuple[str, ...]:
    """The ids of the built-in rules, and of the policy's own where one is given."""
    own = () if policy is None else tuple(each.id for each in policy.custom_rules)
    return (*(rule.id for rule in RULES), *own)
