"""Budgets, anomaly monitors, alarms and invocation logging: the shapes of each language read into one, and what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Resource, Stated, Tags, Unknown

BUDGETS = frozenset(("aws_budgets_budget", "AWS::Budgets::Budget", "awscc_budgets_budget"))
MONITORS = frozenset(("aws_ce_anomaly_monitor", "AWS::CE::AnomalyMonitor", "awscc_ce_anomaly_monitor"))
SUBSCRIPTIONS = frozenset(("aws_ce_anomaly_subscription", "AWS::CE::AnomalySubscription", "awscc_ce_anomaly_subscription"))
ALARMS = frozenset(("aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"))
COMPOSITE_ALARMS = frozenset(("aws_cloudwatch_composite_alarm", "AWS::CloudWatch::CompositeAlarm"))
# What a program sets up by a call, named after the operation; what it sets up is not read.
MADE_BUDGET, MADE_ALARM, MADE_LOGGING = "CreateBudget", "PutMetricAlarm", "PutModelInvocationLoggingConfiguration"
LOGGING = frozenset(("aws_bedrock_model_invocation_logging_configuration", MADE_LOGGING))
# Metrics of the service that tell latency or failures; `Invocations` alone tells neither.
METRICS = frozenset(
    (
        "invocationlatency",
        "timetofirsttoken",
        "invocationservererrors",
        "invocationclienterrors",
        "invocationthrottles",
        "modelinvocationlatency",
        "modelinvocationservererrors",
        "modelinvocationclienterrors",
        "modelinvocationthrottles",
        "totaltime",
    )
)
_SERVICE_KEYS = frozenset(("service", "servicename"))
_TAG_KEYS = frozenset(("tagkeyvalue", "tag", "tags"))
# A monitor that a subscription names: by its address, or by its own attribute.
_MONITOR = lazy_regex(r"anomaly_monitor\.(?P<address>[\w-]+)|\$\{(?P<name>\w+)\.MonitorArn\}")
MOST_NESTED = 12


class Truth(Enum):
    """Whether a filter takes in what is asked; `OPEN` where it cannot be told."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a budget or monitor counts: one test, or several of which all, any or none must hold.

    `kind` is `service`, `tag`, `other`, `all`, `any` or `none`; `all` of nothing counts everything.
    """

    kind: str
    key: str = ""
    values: tuple[str | Unknown, ...] = ()
    parts: tuple[Filter, ...] = ()


EVERYTHING = Filter("all")


@dataclass(frozen=True, slots=True)
class Watch:
    """A budget, or a monitor with its subscriptions: what it counts, and what keeps it from telling anybody."""

    resource: Resource
    filter: Filter = EVERYTHING
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """What a workload spends under: tag key -> values of its resources and principals; `open` where more may be set."""

    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open: bool = False


def spending(several: Sequence[Tags | None]) -> Spending:
    """The tags of a workload's resources and principals together; open where one cannot be told, or none can be tagged."""
    told: dict[str, set[str]] = {}
    is_open = not any(tags is not None for tags in several)
    for tags in several:
        if tags is None:
            continue
        is_open = is_open or tags.rest is not None
        for key, value in tags.entries.items():
            values = told.setdefault(key, set())
            if isinstance(value, str) and "${" not in value:
                values.add(value)
            else:
                # Any value may be meant by it.
                values.add("")
    return Spending({key: frozenset(values) for key, values in told.items()}, is_open)


def watches(resources: Sequence[Resource]) -> Iterator[Watch]:
    """Every budget and anomaly monitor, in order."""
    subscriptions = [each for each in resources if each.type in SUBSCRIPTIONS]
    for resource in resources:
        if resource.type in BUDGETS:
            yield _budget(resource)
        elif resource.type in MONITORS:
            yield _monitor(resource, subscriptions)
        elif resource.type == MADE_BUDGET:
            yield Watch(resource)


def misses(watch: Watch, spent: Spending) -> str | None:
    """Why a watch does not cover a workload, one clause; None where it does, or where that cannot be told."""
    if watch.faults:
        return "; ".join(watch.faults)
    if _holds(watch.filter, spent, 0) is Truth.NO:
        return f"it counts {shown(watch.filter)}"
    return None


def alarms(resources: Sequence[Resource]) -> Iterator[Resource]:
    """The alarms on latency or failures of Bedrock's invocations."""
    for resource in resources:
        told_elsewhere = resource.type == MADE_ALARM or resource.type in COMPOSITE_ALARMS
        if told_elsewhere or any(_watches_invocations(each) for each in _metrics(resource)):
            yield resource


# -- budgets


def _budget(resource: Resource) -> Watch:
    said = resource.attributes
    inner = _at(said, "Budget")
    body = inner if isinstance(inner, Mapping) else said
    kind = _at(body, "BudgetType")
    faults = []
    if isinstance(kind, str) and "${" not in kind and kind.upper() != "COST":
        faults.append(f"it watches '{kind}', not cost")
    notifications = list(_items(_at(said, "NotificationsWithSubscribers"))) + list(_items(_at(said, "notification")))
    if not notifications:
        faults.append("it has no notification, so that nobody hears of it")
    elif not any(_notifies(each) for each in notifications):
        faults.append("no notification has both a threshold and a subscriber")
    return Watch(resource, _budget_filter(body), tuple(faults))


def _notifies(notification: Stated) -> bool:
    if not isinstance(notification, Mapping):
        return True
    threshold = _at(notification, "threshold") or _at(_at(notification, "Notification"), "Threshold")
    names = ("Subscribers", "subscriber_email_addresses", "subscriber_sns_topic_arns")
    return bool(threshold) and any(_is_set(_at(notification, name)) for name in names)


def _budget_filter(body: Mapping[str, Stated]) -> Filter:
    parts: list[Filter] = []
    for each in _items(_at(body, "cost_filter")):
        name = _at(each, "name")
        parts.append(_test(name, _at(each, "values")) if isinstance(name, str) else Filter("other"))
    filters = _at(body, "CostFilters")
    if isinstance(filters, Mapping):
        parts.extend(_test(key, values) for key, values in filters.items())
    elif isinstance(filters, Unknown | str):
        parts.append(Filter("other"))
    parts.extend(_expression(each, 0) for each in _items(_at(body, "FilterExpression")))
    return Filter("all", parts=tuple(parts))


def _test(key: str, values: Stated) -> Filter:
    """One filter of a budget: a dimension and the values it may have."""
    folded = key.replace("_", "").lower()
    told = tuple(_texts(values))
    if folded in _SERVICE_KEYS:
        return Filter("service", values=told)
    if folded in _TAG_KEYS:
        # `user:Team$search` is a key and one value.
        pairs = [_pair(each) if isinstance(each, str) else ("", each) for each in told]
        return Filter("any", parts=tuple(Filter("tag", name, (value,)) for name, value in pairs))
    return Filter("other", key)


def _pair(text: str) -> tuple[str, str | Unknown]:
    name, separator, value = text.partition("$")
    if text.startswith("$") or not separator or name.endswith("{") or value.startswith("{"):
        return "", Unknown(f"'{text}' is not told")
    return name.removeprefix("user:"), value


def _expression(said: Stated, depth: int) -> Filter:
    """A Cost Explorer expression: dimensions, tags and what joins them, in either spelling of the keys."""
    if not isinstance(said, Mapping) or depth > MOST_NESTED:
        return Filter("other")
    parts: list[Filter] = []
    for joint, kind in (("And", "all"), ("Or", "any"), ("Not", "none")):
        inner = tuple(_expression(each, depth + 1) for each in _items(_at(said, joint)))
        if inner:
            parts.append(Filter(kind, parts=inner))
    for each in (*_items(_at(said, "Dimensions")), *_items(_at(said, "dimension"))):
        key = _at(each, "Key")
        parts.append(_test(key, _at(each, "Values")) if isinstance(key, str) else Filter("other"))
    for each in _items(_at(said, "Tags")):
        key = _at(each, "Key")
        if isinstance(key, str) and "${" not in key:
            parts.append(Filter("tag", key.removeprefix("user:"), tuple(_texts(_at(each, "Values")))))
        else:
            parts.append(Filter("other"))
    if _is_set(_at(said, "CostCategories")) or _is_set(_at(said, "cost_category")):
        parts.append(Filter("other"))
    return parts[0] if len(parts) == 1 else Filter("all", parts=tuple(parts))


# -- anomaly monitors


def _monitor(resource: Resource, subscriptions: Sequence[Resource]) -> Watch:
    said = resource.attributes
    specification = _at(said, "MonitorSpecification")
    dimension = _at(said, "MonitorDimension")
    counted = EVERYTHING
    if _is_set(specification):
        counted = _expression(specification, 0)
    elif isinstance(dimension, str) and dimension.upper() not in ("SERVICE", "LINKED_ACCOUNT") and "${" not in dimension:
        counted = Filter("other")
    own = [each for each in subscriptions if _subscribes(each, resource)]
    faults: tuple[str, ...] = ()
    if not own:
        faults = ("it has no subscription, so that nobody hears of it",)
    elif not any(_tells(each.attributes) for each in own):
        faults = ("no subscription has both a threshold and a subscriber",)
    return Watch(resource, counted, faults)


def _subscribes(subscription: Resource, monitor: Resource) -> bool:
    """Whether a subscription is to a monitor: it names it, or what it names cannot be told."""
    listed = list(_texts(_at(subscription.attributes, "MonitorArnList")))
    for each in listed:
        named = _MONITOR.search(each) if isinstance(each, str) else None
        if named is None or (named["address"] or named["name"]) == monitor.name:
            return True
    return not listed


def _tells(said: Mapping[str, Stated]) -> bool:
    has_threshold = _is_set(_at(said, "Threshold")) or _is_set(_at(said, "ThresholdExpression"))
    return has_threshold and (_is_set(_at(said, "Subscribers")) or _is_set(_at(said, "subscriber")))


# -- filters


def _holds(test: Filter, spent: Spending, depth: int) -> Truth:
    if depth > MOST_NESTED:
        return Truth.OPEN
    match test.kind:
        case "service":
            return _one_of(test.values, lambda value: "bedrock" in value.lower())
        case "tag":
            return _tagged(test, spent)
        case "other":
            return Truth.OPEN
    truths = [_holds(part, spent, depth + 1) for part in test.parts]
    if test.kind == "none":
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES}.get(_any(truths), Truth.OPEN)
    if test.kind == "any":
        return _any(truths)
    return Truth.NO if Truth.NO in truths else Truth.OPEN if Truth.OPEN in truths else Truth.YES


def _any(truths: Sequence[Truth]) -> Truth:
    return Truth.YES if Truth.YES in truths else Truth.OPEN if Truth.OPEN in truths else Truth.NO


def _tagged(test: Filter, spent: Spending) -> Truth:
    if not test.key:
        return Truth.OPEN
    values = spent.tags.get(test.key)
    if values is None:
        return Truth.OPEN if spent.open else Truth.NO
    if not test.values or "" in values:
        return Truth.OPEN
    return _one_of(test.values, lambda value: value in values)


def _one_of(values: Sequence[str | Unknown], wanted: object) -> Truth:
    assert callable(wanted)
    told = [each for each in values if isinstance(each, str) and "${" not in each]
    if any(wanted(each) for each in told):
        return Truth.YES
    return Truth.OPEN if len(told) < len(values) or not values else Truth.NO


def shown(test: Filter) -> str:
    """A filter in words."""
    listed = ", ".join(f"'{each}'" for each in test.values if isinstance(each, str))
    match test.kind:
        case "service":
            return f"service {listed} only"
        case "tag":
            return f"tag '{test.key}' with {listed} only"
        case "other":
            return f"a part by '{test.key}'" if test.key else "a part that cannot be told"
    parts = [shown(part) for part in test.parts]
    if test.kind == "none":
        return "everything but " + " and ".join(parts)
    return (" or " if test.kind == "any" else " and ").join(parts) or "everything"


# -- alarms


def _metrics(resource: Resource) -> Iterator[tuple[Stated, Stated]]:
    """Namespace and name of every metric that an alarm reads, by itself or in expressions; none of another resource."""
    if resource.type not in ALARMS:
        return
    said = resource.attributes
    yield _at(said, "Namespace"), _at(said, "MetricName")
    for query in (*_items(_at(said, "metric_query")), *_items(_at(said, "Metrics"))):
        for metric in (*_items(_at(query, "metric")), *_items(_at(_at(query, "MetricStat"), "Metric"))):
            yield _at(metric, "Namespace"), _at(metric, "MetricName")


def _watches_invocations(metric: tuple[Stated, Stated]) -> bool:
    namespace, name = metric
    if not isinstance(namespace, str) or not namespace.lower().startswith("aws/bedrock"):
        return False
    return not isinstance(name, str) or "${" in name or name.lower() in METRICS


# -- what is stated


def _at(said: Stated, name: str) -> Stated:
    """What a map holds under a name in either spelling (`MonitorArnList`, `monitor_arn_list`); nothing where it has none."""
    if isinstance(said, tuple) and len(said) == 1:
        said = said[0]
    if not isinstance(said, Mapping):
        return ()
    if name in said:
        return said[name]
    folded = name.replace("_", "").lower()
    return next((value for key, value in said.items() if key.replace("_", "").lower() == folded), ())


def _items(said: Stated) -> tuple[Stated, ...]:
    return said if isinstance(said, tuple) else (said,)


def _is_set(said: Stated) -> bool:
    return said not in ((), "", {})


def _texts(said: Stated) -> Iterator[str | Unknown]:
    match said:
        case str() | Unknown():
            yield said
        case tuple():
            for each in said:
                yield from _texts(each)
        case _:
            yield Unknown("a map stands where a text is expected")
