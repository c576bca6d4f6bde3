"""# missing-budget-alert

## What it does

Reports a workload, or else a root, template or app, whose infrastructure invokes Bedrock while no budget and no anomaly
monitor of the repository covers it with a threshold and a subscriber. Where none covers any of them, roots, templates and apps
are reported once, at the first. A budget without a filter counts the whole account;
one of the service Amazon Bedrock, or of a tag that the workload's resources or roles carry, counts it; one of another
service or another tag value does not. What cannot be told counts as covering. Programs alone are not reported, nor are
permissions to do everything.

## Why it costs

A loop, a retry or a longer prompt multiplies a bill within hours. The invoice that tells comes weeks later; a budget or an
anomaly monitor tells the same day, if it counts the right money and somebody is told.

## Example

    resource "aws_budgets_budget" "compute" {
      budget_type = "COST"
      cost_filter {
        name   = "Service"
        values = ["Amazon Elastic Compute Cloud - Compute"]
      }
    }

## Use instead

    resource "aws_budgets_budget" "bedrock" {
      budget_type  = "COST"
      limit_amount = "400"
      limit_unit   = "USD"
      time_unit    = "MONTHLY"
      cost_filter {
        name   = "Service"
        values = ["Amazon Bedrock"]
      }
      notification {
        comparison_operator        = "GREATER_THAN"
        threshold                  = 80
        threshold_type             = "PERCENTAGE"
        notification_type          = "FORECASTED"
        subscriber_email_addresses = ["finops@example.com"]
      }
    }

Where budgets are kept in another repository, turn the rule off in the policy.

## Policy keys

`rules.missing-budget-alert`

## References

`docs/policy.md`, section Rules
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routelint import budgets, invoking
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

AGENT = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = {{ team = "support" }}
}}

resource "aws_budgets_budget" "spend" {{
  budget_type = "COST"
  {filter}
  {notification}
}}
"""
FILTER = 'cost_filter {{\n    name   = "{0}"\n    values = ["{1}"]\n  }}'
NOTIFICATION = (
    'notification {\n    threshold                  = 80\n    subscriber_email_addresses = ["finops@example.com"]\n  }'
)
TEMPLATE = """\
Resources:
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: amazon.nova-lite-v1:0
  Budget:
    Type: AWS::Budgets::Budget
    Properties:
      Budget:
        BudgetType: COST
        CostFilters: {{Service: ["{service}"]}}
      NotificationsWithSubscribers:
        - Notification: {{NotificationType: ACTUAL, ComparisonOperator: GREATER_THAN, Threshold: 80}}
          Subscribers: [{{SubscriptionType: EMAIL, Address: finops@example.com}}]
"""
MONITOR = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
}}

resource "aws_ce_anomaly_monitor" "services" {{
  name              = "services"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}}
{subscription}
"""
SUBSCRIPTION = """
resource "aws_ce_anomaly_subscription" "finops" {
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.services.arn]
  subscriber {
    type    = "EMAIL"
    address = "finops@example.com"
  }
  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = ["50"]
    }
  }
}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per workload, root, template or app that no budget or monitor covers."""
    watches = tuple(budgets.watches(context.resources))
    units = context.invoking_units
    missed = [(unit, reasons) for unit in units if (reasons := _reasons(unit, watches)) is not None]
    places = [unit for unit, _ in missed if not unit.is_workload]
    for unit, reasons in missed:
        if unit.is_workload or len(missed) < len(units):
            yield _breach(unit, f"{unit.name} spends", unit.environments, reasons)
        elif unit is places[0]:
            # Where no budget counts models at all that is one decision, said once and not of every template.
            others = f" and {len(places) - 1} other{'s' * (len(places) > 2)} spend" if places[1:] else " spends"
            yield _breach(unit, unit.name + others, _environments(places), (*reasons, *invoking.others(places)))


def _environments(units: Sequence[invoking.Unit]) -> tuple[str, ...]:
    """The environments of units; none where one of them has none and could be any."""
    if not all(unit.environments for unit in units):
        return ()
    return tuple(dict.fromkeys(name for unit in units for name in unit.environments))


def _reasons(unit: invoking.Unit, watches: tuple[budgets.Watch, ...]) -> tuple[Related, ...] | None:
    """Why each budget or monitor does not cover a unit; None where one does."""
    spent = budgets.spending(unit.tags)
    missed = [(watch, budgets.misses(watch, spent)) for watch in watches]
    if any(reason is None for _, reason in missed):
        return None
    return tuple(
        Related(watch.resource.location, f"'{watch.resource.name}' does not cover it: {reason}") for watch, reason in missed
    )


def _breach(
    unit: invoking.Unit, spends: str, environments: tuple[str, ...], related: tuple[Related, ...]
) -> tuple[Place, Breach]:
    message = (
        f"no budget or anomaly monitor of the repository covers what {spends} on models; "
        "add one for the service 'Amazon Bedrock' or for its tag, with a threshold and a subscriber"
    )
    return Place(unit.location, unit.statement, unit.root), Breach(message, None, environments, related=related)


RULE = Rule(
    id="missing-budget-alert",
    summary="Infrastructure that invokes models, and no budget that tells anybody",
    severity=Severity.WARNING,
    category=Category.BUDGET,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a budget of another service",
            {"main.tf": AGENT.format(filter=FILTER.format("Service", "Amazon Redshift"), notification=NOTIFICATION)},
            ("main.tf:2",),
        ),
        Example(
            "a budget of the service",
            {"main.tf": AGENT.format(filter=FILTER.format("Service", "Amazon Bedrock"), notification=NOTIFICATION)},
        ),
        Example(
            "a budget that tells nobody",
            {"main.tf": AGENT.format(filter=FILTER.format("Service", "Amazon Bedrock"), notification="")},
            ("main.tf:2",),
        ),
        Example("a budget of the whole account", {"main.tf": AGENT.format(filter="", notification=NOTIFICATION)}),
        Example(
            "a budget of the workload's tag",
            {"main.tf": AGENT.format(filter=FILTER.format("TagKeyValue", "user:team$support"), notification=NOTIFICATION)},
        ),
        Example(
            "a budget of another team's tag",
            {"main.tf": AGENT.format(filter=FILTER.format("TagKeyValue", "user:team$search"), notification=NOTIFICATION)},
            ("main.tf:2",),
        ),
        Example("a template with a budget of the service", {"t.yaml": TEMPLATE.format(service="Amazon Bedrock")}),
        Example("a template with another budget", {"t.yaml": TEMPLATE.format(service="Amazon Redshift")}, ("t.yaml:5",)),
        Example(
            "two roots without a budget",
            {
                "a/main.tf": AGENT.format(filter=FILTER.format("Service", "Amazon Redshift"), notification=NOTIFICATION),
                "b/main.tf": 'resource "aws_bedrockagent_agent" "other" {\n  foundation_model = "amazon.nova-lite-v1:0"\n}\n',
            },
            ("a/main.tf:2",),
        ),
        Example("a monitor of all services with a subscription", {"main.tf": MONITOR.format(subscription=SUBSCRIPTION)}),
        Example("a monitor without a subscription", {"main.tf": MONITOR.format(subscription="")}, ("main.tf:2",)),
        Example(
            "a program alone",
            {"app.py": 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="amazon.nova-lite-v1:0")\n'},
        ),
    ),
)
