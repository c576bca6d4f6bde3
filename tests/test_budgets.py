from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint import budgets
from routelint.model import Location, Resource, Span, Stated, Tags, Unknown

SPAN = Span(1, 1, 1, 2)
TOLD: Mapping[str, Stated] = {"threshold": "80", "subscriber_email_addresses": ("finops@example.com",)}
EMAIL = ({"SubscriptionType": "EMAIL", "Address": "finops@example.com"},)
NOTIFIED: tuple[Stated, ...] = ({"Notification": {"Threshold": "80"}, "Subscribers": EMAIL},)
SEARCH = budgets.spending([Tags({"team": "search"})])


def resource(kind: str, name: str = "b", /, **attributes: Stated) -> Resource:
    return Resource(Location("a.tf", SPAN, name), "terraform", kind, name, SPAN, attributes=attributes)


def reason(*resources: Resource, spent: budgets.Spending = SEARCH) -> str | None:
    first = next(budgets.watches(resources))
    return budgets.misses(first, spent)


def budget(**attributes: Stated) -> Resource:
    said: dict[str, Stated] = {"budget_type": "COST", "notification": (TOLD,), **attributes}
    return resource("aws_budgets_budget", **said)


def template_budget(**attributes: Stated) -> Resource:
    return resource("AWS::Budgets::Budget", Budget={"BudgetType": "COST", **attributes}, NotificationsWithSubscribers=NOTIFIED)


def dimension(key: str, *values: str) -> Stated:
    return {"Dimensions": {"Key": key, "Values": values}}


@pytest.mark.parametrize(
    "watch",
    [
        budget(),
        budget(budget_type=Unknown("it is passed")),
        budget(cost_filter=({"name": "Service", "values": ("Amazon Bedrock",)},)),
        budget(cost_filter=({"name": "Service", "values": ("Amazon EC2", "Amazon Bedrock")},)),
        budget(cost_filter=({"name": "Service", "values": (Unknown("it is passed"),)},)),
        budget(cost_filter=({"name": "LinkedAccount", "values": ("111122223333",)},)),
        budget(cost_filter=({"name": "TagKeyValue", "values": ("user:team$search",)},)),
        budget(cost_filter=({"name": "TagKeyValue", "values": ("user:team$ads", "user:team$search")},)),
        budget(cost_filter=({"name": "TagKeyValue", "values": ("user:team${var.team}",)},)),
        budget(cost_filters={"Service": "Amazon Bedrock"}),
        budget(filter_expression=({"dimensions": ({"key": "SERVICE", "values": ("Amazon Bedrock",)},)},)),
        budget(filter_expression=({"tags": ({"key": "team", "values": ("search",)},)},)),
        budget(notification=({"threshold": "80", "subscriber_sns_topic_arns": ("${aws_sns_topic.x.arn}",)},)),
        budget(notification=Unknown("it is built from a variable")),
        template_budget(),
        template_budget(CostFilters={"Service": ("Amazon Bedrock",)}),
        template_budget(FilterExpression={"Or": (dimension("SERVICE", "Amazon EC2"), dimension("SERVICE", "Amazon Bedrock"))}),
        template_budget(FilterExpression={"Not": dimension("SERVICE", "Amazon EC2")}),
        resource(budgets.MADE_BUDGET),
    ],
    ids=lambda watch: str(dict(watch.attributes))[:90],
)
def test_a_budget_covers_a_workload(watch: Resource) -> None:
    assert reason(watch) is None


@pytest.mark.parametrize(
    ("watch", "said"),
    [
        (budget(budget_type="USAGE"), "it watches 'USAGE', not cost"),
        (budget(notification=()), "it has no notification, so that nobody hears of it"),
        (budget(notification=({"threshold": "80"},)), "no notification has both a threshold and a subscriber"),
        (
            budget(notification=({"threshold": "80", "subscriber_email_addresses": ()},)),
            "no notification has both a threshold and a subscriber",
        ),
        (
            budget(cost_filter=({"name": "Service", "values": ("Amazon Redshift",)},)),
            "it counts service 'Amazon Redshift' only",
        ),
        (
            budget(cost_filter=({"name": "TagKeyValue", "values": ("user:team$ads",)},)),
            "it counts tag 'team' with 'ads' only",
        ),
        (
            budget(cost_filter=({"name": "TagKeyValue", "values": ("user:owner$me",)},)),
            "it counts tag 'owner' with 'me' only",
        ),
        (
            template_budget(FilterExpression={"Not": dimension("SERVICE", "Amazon Bedrock")}),
            "it counts everything but service 'Amazon Bedrock' only",
        ),
        (
            template_budget(FilterExpression={"And": (dimension("SERVICE", "Amazon EC2"), dimension("REGION", "us-east-1"))}),
            "it counts service 'Amazon EC2' only and a part by 'REGION'",
        ),
    ],
)
def test_a_budget_does_not_cover_a_workload_and_says_why(watch: Resource, said: str) -> None:
    assert reason(watch) == said


def test_a_filter_by_a_tag_that_cannot_be_told_may_cover() -> None:
    by_team = budget(cost_filter=({"name": "TagKeyValue", "values": ("user:team$ads",)},))
    assert reason(by_team, spent=budgets.spending([Tags({"team": Unknown("it is passed")})])) is None
    assert reason(by_team, spent=budgets.spending([Tags({}, Unknown("it is passed"))])) is None
    assert reason(by_team, spent=budgets.spending([None])) is None
    assert reason(by_team, spent=budgets.spending([Tags({})])) is not None


SUBSCRIPTION: Mapping[str, Stated] = {
    "monitor_arn_list": ("${aws_ce_anomaly_monitor.b.arn}",),
    "threshold_expression": ({"dimension": ({"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE"},)},),
    "subscriber": ({"type": "EMAIL", "address": "finops@example.com"},),
}


def monitor(**attributes: Stated) -> Resource:
    return resource("aws_ce_anomaly_monitor", **attributes)


def subscription(**attributes: Stated) -> Resource:
    return resource("aws_ce_anomaly_subscription", "s", **{**SUBSCRIPTION, **attributes})


@pytest.mark.parametrize(
    ("watch", "own", "said"),
    [
        (monitor(monitor_dimension="SERVICE"), subscription(), None),
        (monitor(monitor_specification=dimension("SERVICE", "Amazon Bedrock")), subscription(), None),
        (
            monitor(monitor_specification=dimension("SERVICE", "Amazon EC2")),
            subscription(),
            "it counts service 'Amazon EC2' only",
        ),
        (
            monitor(monitor_specification={"And": (), "Dimensions": (), "Tags": {"Key": "user:team", "Values": ("ads",)}}),
            subscription(),
            "it counts tag 'team' with 'ads' only",
        ),
        (
            monitor(),
            subscription(monitor_arn_list=("${aws_ce_anomaly_monitor.other.arn}",)),
            "it has no subscription, so that nobody hears of it",
        ),
        (monitor(), subscription(monitor_arn_list=("${var.monitor}",)), None),
        (monitor(), subscription(subscriber=()), "no subscription has both a threshold and a subscriber"),
        (monitor(), subscription(threshold_expression=()), "no subscription has both a threshold and a subscriber"),
    ],
)
def test_a_monitor_covers_a_workload_or_says_why_not(watch: Resource, own: Resource, said: str | None) -> None:
    assert reason(watch, own) == said


def test_a_monitor_and_a_subscription_of_a_template_belong_together() -> None:
    watch = resource("AWS::CE::AnomalyMonitor", "Monitor", MonitorType="DIMENSIONAL", MonitorDimension="SERVICE")
    own = resource(
        "AWS::CE::AnomalySubscription",
        "Subscription",
        MonitorArnList=("${Monitor.MonitorArn}",),
        Threshold="50",
        Subscribers=({"Type": "SNS", "Address": "${Topic}"},),
    )
    other = resource("AWS::CE::AnomalySubscription", "Other", MonitorArnList=("${Elsewhere.MonitorArn}",))
    assert reason(watch, own) is None
    assert reason(watch, other) == "it has no subscription, so that nobody hears of it"


@pytest.mark.parametrize(
    ("alarm", "counts"),
    [
        (resource("aws_cloudwatch_metric_alarm", namespace="AWS/Bedrock", metric_name="InvocationLatency"), True),
        (resource("aws_cloudwatch_metric_alarm", namespace="AWS/Bedrock", metric_name="InvocationThrottles"), True),
        (resource("aws_cloudwatch_metric_alarm", namespace="AWS/Bedrock", metric_name="${each.value}"), True),
        (resource("aws_cloudwatch_metric_alarm", namespace="AWS/Bedrock", metric_name="Invocations"), False),
        (resource("aws_cloudwatch_metric_alarm", namespace="AWS/Lambda", metric_name="Errors"), False),
        (
            resource(
                "aws_cloudwatch_metric_alarm",
                metric_query=(
                    {"id": "a"},
                    {"metric": ({"namespace": "AWS/Bedrock", "metric_name": "InvocationServerErrors"},)},
                ),
            ),
            True,
        ),
        (
            resource(
                "AWS::CloudWatch::Alarm",
                Metrics=({"MetricStat": {"Metric": {"Namespace": "AWS/Bedrock", "MetricName": "InvocationClientErrors"}}},),
            ),
            True,
        ),
        (resource("AWS::CloudWatch::CompositeAlarm", AlarmRule="ALARM(bedrock-latency)"), True),
        (resource("AWS::CloudWatch::Dashboard", Namespace="AWS/Bedrock", MetricName="InvocationLatency"), False),
        (resource(budgets.MADE_ALARM), True),
    ],
)
def test_an_alarm_watches_invocations(alarm: Resource, counts: bool) -> None:
    assert (alarm in list(budgets.alarms([alarm]))) is counts


NESTED: st.SearchStrategy[Stated] = st.recursive(
    st.text(max_size=20) | st.builds(Unknown, st.just("?")),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            st.sampled_from(["And", "Not", "Or", "Dimensions", "Tags", "Key", "Values", "name", "values", "Service"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["cost_filter", "cost_filters", "filter_expression", "notification", "Budget"]), NESTED))
def test_whatever_a_budget_says_is_judged_without_an_error(said: dict[str, Stated]) -> None:
    reason(resource("aws_budgets_budget", **said))
    reason(resource("aws_ce_anomaly_monitor", monitor_specification=said))
