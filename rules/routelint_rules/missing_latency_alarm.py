"""# missing-latency-alarm

## What it does

Notes once that a repository's infrastructure invokes Bedrock, and no CloudWatch alarm in it watches the latency, errors or
throttles of invocations (`AWS/Bedrock`: `InvocationLatency`, `InvocationServerErrors`, `InvocationClientErrors`,
`InvocationThrottles`). A dashboard is no alarm. Where another repository watches the account, turn the rule off in the policy.

## Why it costs

A cheaper model is safe to try only where somebody sees that it became slower or fails. Throttled calls that are repeated cost
twice, and nobody hears of it from the bill.

## Example

    resource "aws_bedrockagent_agent" "support" {
      foundation_model = "amazon.nova-lite-v1:0"
    }

## Use instead

    resource "aws_cloudwatch_metric_alarm" "latency" {
      alarm_name          = "bedrock-latency"
      namespace           = "AWS/Bedrock"
      metric_name         = "InvocationLatency"
      extended_statistic  = "p95"
      comparison_operator = "GreaterThanThreshold"
      threshold           = 2500
      period              = 300
      evaluation_periods  = 3
      alarm_actions       = [aws_sns_topic.oncall.arn]
    }

## Policy keys

`rules.missing-latency-alarm`

## References

`docs/policy.md`, section Rules
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import budgets, invoking
from routelint.model import ModelReference, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

AGENT = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
}}

resource "aws_cloudwatch_metric_alarm" "watch" {{
  namespace   = "AWS/Bedrock"
  metric_name = "{metric}"
}}
"""
TEMPLATE = """\
Resources:
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: amazon.nova-lite-v1:0
  Watch:
    Type: AWS::CloudWatch::{type}
    Properties:
      {properties}
"""
QUERY = (
    "Metrics: [{Id: m, MetricStat: {Metric: {Namespace: AWS/Bedrock, MetricName: InvocationThrottles}, Period: 60, Stat: Sum}}]"
)


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach for the repository, at the first place that invokes models."""
    if any(budgets.alarms(context.resources)):
        return
    units = context.invoking_units
    for first in units[:1]:
        yield (
            Place(first.location, first.statement, first.root),
            Breach(
                "infrastructure invokes models and no alarm in the repository watches their latency or errors; "
                "add one on 'InvocationLatency' of 'AWS/Bedrock'",
                related=invoking.others(units),
            ),
        )


RULE = Rule(
    id="missing-latency-alarm",
    summary="Infrastructure that invokes models without an alarm on latency or errors",
    severity=Severity.NOTE,
    category=Category.BUDGET,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("an alarm on the number of calls", {"main.tf": AGENT.format(metric="Invocations")}, ("main.tf:2",)),
        Example("an alarm on latency", {"main.tf": AGENT.format(metric="InvocationLatency")}),
        Example(
            "a dashboard in a template",
            {"t.yaml": TEMPLATE.format(type="Dashboard", properties='DashboardBody: \'["AWS/Bedrock", "InvocationLatency"]\'')},
            ("t.yaml:5",),
        ),
        Example("an alarm on throttles in a template", {"t.yaml": TEMPLATE.format(type="Alarm", properties=QUERY)}),
    ),
)
