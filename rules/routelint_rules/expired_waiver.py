"""# expired-waiver

## What it does

Reports a waiver of the policy, or an inline `ignore` with `until=`, whose last day has passed. The last day still counts. What
it silenced is reported again; those findings are listed.

## Why it costs

It was agreed that the finding may stay until a day. The day has passed, and nothing was done.

## Example

    waivers:
      - {rule: missing-required-tag, routes: ["legacy/**"], reason: "until the March migration", expires: 2026-03-31}

## Use instead

Mend the findings and delete the entry, or agree on a new day.

## Policy keys

`waivers`, `expiry_notice_days` (a note beforehand), `directives.until_required`

## References

`docs/policy.md`, sections Waivers and Inline directives
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Directive, Location, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint.suppress import Outcome, Returned, last_day, rules_of

WAIVER = """\
version: 1
waivers:
  - {{rule: unjustified-premium-model, routes: ["legacy/**"], reason: "moves in March, OPS-7", expires: {expires}}}
"""
AGENT = """\
resource "aws_bedrockagent_agent" "review" {
  foundation_model = "anthropic.claude-opus-5-5"
}
"""
IGNORED = """\
import boto3

# routelint: ignore[unjustified-premium-model] until={until} -- trial, OPS-1
boto3.client("bedrock-runtime").converse(modelId="anthropic.claude-opus-5-5", messages=[])
"""


def check_outcome(outcome: Outcome, context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per waiver or directive that has ended."""
    for returned in outcome.returned:
        location = _place(returned)
        if location is not None and (location.in_scan or returned.findings):
            rules = ", ".join(f"'{rule}'" for rule in rules_of(returned.by))
            what = "directive that ignores" if isinstance(returned.by, Directive) else "waiver of"
            places = tuple(dict.fromkeys(finding.location for finding in returned.findings))
            way_out = "mend what is back, or renew it" if places else "delete it"
            count = len(returned.findings)
            fact = f"{count} finding{' is' if count == 1 else 's are'} back" if count else "nothing is left of what it covered"
            yield (
                Place.at(location),
                Breach(
                    f"the {what} {rules} ended on {last_day(returned.by)}; {way_out}",
                    notes=(fact,),
                    related=tuple(Related(place, "a finding here is back") for place in places),
                ),
            )


def _place(returned: Returned) -> Location | None:
    by = returned.by
    return Location(by.path, by.span, f"directive {by.name}") if isinstance(by, Directive) else by.location


RULE = Rule(
    id="expired-waiver",
    summary="A waiver or directive past its last day",
    severity=Severity.WARNING,
    category=Category.HOUSEKEEPING,
    page=__doc__,
    check_outcome=check_outcome,
    waivable=False,
    examples=(
        Example("past its day", {"legacy/a.tf": AGENT}, ("routelint.yaml:3",), policy=WAIVER.format(expires="2026-11-23")),
        Example("on its last day", {"legacy/a.tf": AGENT}, policy=WAIVER.format(expires="2026-11-24")),
        Example("a directive past its day", {"app.py": IGNORED.format(until="2026-11-23")}, ("app.py:3",)),
        Example("a directive on its last day", {"app.py": IGNORED.format(until="2026-11-24")}),
    ),
)
