"""What programs set up that rules ask about: invocation logging, budgets and alarms, and the tags of a CDK app."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from routelint.budgets import MADE_ALARM, MADE_BUDGET, MADE_LOGGING
from routelint.deferred import dataclass, lazy_regex
from routelint.model import Location, Principal, Resource, Tags, Unknown
from routelint.source import NotTextError, SourceText, SourceTree, decode

_LOGGING = lazy_regex(r"\b[Pp]ut[_-]?[Mm]odel[_-]?[Ii]nvocation[_-]?[Ll]ogging[_-]?[Cc]onfiguration(?:Command)?\b")
_BUDGET_CALLS = (
    *("CfnBudget", "CfnAnomalySubscription", "CreateBudgetCommand", "CreateAnomalySubscriptionCommand", "create_budget"),
    "create_anomaly_subscription",
)
_BUDGET = lazy_regex(rf"\b(?:{'|'.join(_BUDGET_CALLS)})\s*\(")
_ALARM = lazy_regex(r"\b(?:createAlarm|create_alarm|CfnAlarm|put_metric_alarm|PutMetricAlarmCommand|Alarm)\s*\(")
_NAMESPACE = lazy_regex(r"[\"'`]AWS/Bedrock")
_METRIC = lazy_regex(r"[\"'`](?:Invocation(?:Latency|ServerErrors|ClientErrors|Throttles)|TimeToFirstToken)[\"'`]")
_TAGGING = lazy_regex(
    r"\bTags\s*\.\s*[oO]f\s*\([^()\n]{0,200}\)\s*\.\s*[aA]dd\s*\(\s*"
    r"(?:[\"'`](?P<key>[^\"'`\n]{1,128})[\"'`]\s*,\s*(?:[\"'`](?P<value>[^\"'`\n]{0,256})[\"'`])?)?"
)
_STACK_TAGS = lazy_regex(r"\btags\s*[:=]\s*(?!None|undefined|null)")
_COMMENT = lazy_regex(r"\s*(?:#|//|\*|--)")
_CDK = (b"aws-cdk-lib", b"aws_cdk", b"@aws-cdk/")
_APP = "cdk.json"
_SUFFIXES = (".ts", ".tsx", ".js", ".mjs", ".py")
MOST_FILES = 1_000
LARGEST = 1_000_000


@dataclass(eq=False)
class _App:
    """A CDK app: its folder, the place it is reported at, and the tags that its programs add."""

    folder: str
    location: Location
    language: str
    entries: dict[str, str | Unknown] = field(default_factory=dict)
    rest: Unknown | None = None


def once(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Each resource once, told by its place: a marked file of an app is seen twice."""
    return tuple({(each.location, each.type): each for each in resources}.values())


def of_file(source: SourceText, language: str) -> Iterator[Resource]:
    """The first call of each kind in a program; what it sets up is not read further, so that it counts as covering."""
    text = source.text
    if len(text) > LARGEST:
        return
    # Plain words first: most files have none, and the patterns take ten times as long to find nothing.
    if "nvocation" in text and "ogging" in text and (found := _first(source, _LOGGING)) is not None:
        yield _resource(source, found, MADE_LOGGING, language)
    if any(call in text for call in _BUDGET_CALLS) and (found := _first(source, _BUDGET)) is not None:
        yield _resource(source, found, MADE_BUDGET, language)
    if (
        "AWS/Bedrock" in text
        and _NAMESPACE.search(text)
        and _METRIC.search(text)
        and (found := _first(source, _ALARM)) is not None
    ):
        yield _resource(source, found, MADE_ALARM, language)


def of_scripts(tree: SourceTree, paths: Iterable[str], language: str) -> Iterator[Resource]:
    """Invocation logging that infrastructure turns on through a script or a custom resource, as no type of its own does."""
    for path in paths:
        data = tree.read(path)
        if data is None or b"nvocation" not in data or b"ogging" not in data or len(data) > LARGEST:
            continue
        try:
            source = decode(path, data)
        except NotTextError:
            continue
        if (found := _first(source, _LOGGING)) is not None:
            yield _resource(source, found, MADE_LOGGING, language)


def of_apps(
    tree: SourceTree, paths: Iterable[str], marked: Iterable[str], language: str
) -> tuple[list[Resource], list[Principal]]:
    """What the CDK apps that hold a marked program set up in `paths`, and each app as a principal with its tags.

    The entry of an app, where its tags and budgets are, seldom names Bedrock, and may be in another language.
    """
    own = frozenset(paths)
    listed = tree.paths()
    every = frozenset(posixpath.dirname(path) for path in listed if posixpath.basename(path) == _APP)
    folders = dict.fromkeys(
        app for folder in dict.fromkeys(map(posixpath.dirname, marked)) if (app := _app_of(every, folder)) is not None
    )
    apps = {folder: _App(folder, Location(posixpath.join(folder, _APP), symbol=_APP), language) for folder in folders}
    resources: list[Resource] = []
    if not apps:
        return [], []
    seen = 0
    for path in listed:
        folder = _app_of(every, posixpath.dirname(path)) if path.endswith(_SUFFIXES) else None
        if folder not in apps or seen >= MOST_FILES:
            continue
        seen += 1
        data = tree.read(path)
        if data is None or not any(word in data for word in _CDK) or len(data) > LARGEST:
            continue
        try:
            source = decode(path, data)
        except NotTextError:
            continue
        if path in own:
            resources.extend(of_file(source, language))
        _tag(apps[folder], source)
    return resources, [_principal(app) for app in apps.values()]


def _tag(app: _App, source: SourceText) -> None:
    # Plain words first here too.
    for match in _TAGGING.finditer(source.text) if "Tags" in source.text else ():
        if match["key"] is None:
            app.rest = app.rest or Unknown("a tag's key is not written out")
        else:
            value = match["value"]
            app.entries.setdefault(match["key"], value if value else Unknown("its value is not written out"))
    if "tags" in source.text and _STACK_TAGS.search(source.text):
        app.rest = app.rest or Unknown("a stack passes tags of its own")


def _principal(app: _App) -> Principal:
    tags = Tags(app.entries, app.rest)
    return Principal(app.location, app.language, "CDK app", app.location.span, ".", tags, (app.folder or ".",))


def _app_of(apps: frozenset[str], folder: str) -> str | None:
    """The nearest folder upwards that is an app's."""
    while folder not in apps:
        if not folder:
            return None
        folder = posixpath.dirname(folder)
    return folder


def _first(source: SourceText, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first match that stands in no comment."""
    for match in pattern.finditer(source.text):
        line, _ = source.position(match.start())
        if not _COMMENT.match(source.line(line)):
            return match
    return None


def _resource(source: SourceText, match: re.Match[str], kind: str, language: str) -> Resource:
    span = source.span(match.start(), match.end())
    name = match[0].rstrip("( \t\n")
    return Resource(Location(source.path, span, f"{source.path.rsplit('/', 1)[-1]}:{name}"), language, kind, name, span)
