"""The built-in rules, one module each; a new rule is its module and its line in `RULES`."""

from __future__ import annotations

from routelint.rule import Rule
from routelint_rules import (
    costly_default_model,
    expired_justification,
    incomplete_justification,
    legacy_model,
    missing_required_tag,
    model_above_environment_tier,
    model_not_allowed,
    retired_model,
    suppression_without_reason,
    unjustified_premium_model,
    unknown_model,
    unparsable_file,
    unresolved_model,
    unused_justification,
)

RULES: tuple[Rule, ...] = (
    unjustified_premium_model.RULE,
    model_above_environment_tier.RULE,
    costly_default_model.RULE,
    model_not_allowed.RULE,
    unknown_model.RULE,
    retired_model.RULE,
    legacy_model.RULE,
    unresolved_model.RULE,
    missing_required_tag.RULE,
    expired_justification.RULE,
    incomplete_justification.RULE,
    unused_justification.RULE,
    unparsable_file.RULE,
    suppression_without_reason.RULE,
)
