"""What a template is deployed with: parameter files, pipeline configurations and samconfig, as scenarios."""

from __future__ import annotations

import posixpath
import re
import string
import tomllib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingOf

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence, Hop, Location, Resolution
from routelint.parse.cloudformation import syntax
from routelint.parse.cloudformation.assembly import MANIFEST
from routelint.parse.cloudformation.naming import ENVIRONMENT_WORDS
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, location, text_at
from routelint.parse.cloudformation.scenario import Scenario
from routelint.parse.cloudformation.template import Template
from routelint.possible import known
from routelint.source import NotTextError, SourceText, SourceTree, decode

MOST_FILES = 256
LARGEST_BYTES = 256 * 1024
SAM_CONFIGURATIONS = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")

_SUFFIXES = (".json", ".yaml", ".yml")
_WORDS = "|".join(sorted(ENVIRONMENT_WORDS))
_LIKELY = lazy_regex(
    rf"(?i)(?:^|[/_.-])(?:cfn[_-]?config|config(?:uration)?s?|deploy(?:ment)?s?|env(?:ironment)?s?|{_WORDS})(?=[/_.-])|param"
)
_EXAMPLE = lazy_regex(r"(?i)(?:^|[_.-])(?:example|sample|template|dist|schema)s?(?=[_.-]|$)")
_NOT_NAMES = frozenset(
    (
        *("param", "params", "parameter", "parameters", "overrides", "values", "config", "configuration", "env", "environment"),
        *("cfn", "cloudformation", "sam", "stack", "template", "deploy", "deployment", "aws", "json"),
    )
)
# What stands between the name of a parameter and its value.
_GIVEN = lazy_regex(r"[\"']?(?:,\s*ParameterValue)?\s*(?P<sign>[=:])\s*\\?[\"']?")
_LEAD = lazy_regex(r"\s*\\?[\"']?")
_NAME = frozenset(string.ascii_letters + string.digits + "_")
_REGION = lazy_regex(r"[a-z]{2}(?:-[a-z]+)+-\d|\d{12}")
_OVERRIDE = lazy_regex(
    r"(?:ParameterKey=)?([A-Za-z0-9]{1,255})(?:,\s*ParameterValue)?=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\\"[^\"]*\\\"|\S*)"
)
_COMMANDS = ("deploy", "sync", "global", "build")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A file, or a part of one, that says what some template is deployed with; texts with where they stand.

    `template` is the template it names, relative to its folder; None where it names none.
    """

    path: str
    name: str
    environment: str | None
    place: Location
    parameters: MappingOf[str, tuple[str, Location]]
    tags: MappingOf[str, tuple[str, Location]]
    region: tuple[str, Location] | None = None
    template: str | None = None


def candidates(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths whose names say that they may hold parameters of a deployment."""
    return tuple(
        path
        for path in paths
        if path.endswith(_SUFFIXES)
        and _LIKELY.search("/".join(path.split("/")[-3:]))
        and not _EXAMPLE.search(posixpath.basename(path).rsplit(".", 1)[0])
    )


def read_file(source: SourceText) -> Deployment | None:
    """The deployment a parameter file describes, in any of the shapes that AWS tools take; None where it is none."""
    roots = syntax.parse(source).roots
    if len(roots) != 1:
        return None
    root = roots[0]
    tags: dict[str, tuple[str, Location]] = {}
    if isinstance(root, Sequence):
        parameters = _pairs(root, "ParameterKey", "ParameterValue")
    elif isinstance(root, Mapping) and "Resources" not in root.entries and "AWSTemplateFormatVersion" not in root.entries:
        inner = root.get("Parameters")
        if inner is None and any(not isinstance(value, Scalar) for _, value in root.items()):
            return None
        parameters = _texts(inner if inner is not None else root)
        if inner is not None and not parameters and isinstance(inner, Sequence):
            parameters = _pairs(inner, "ParameterKey", "ParameterValue")
        written = root.get("Tags") if inner is not None else None
        tags = _texts(written) if isinstance(written, Mapping) else _pairs(written, "Key", "Value")
    else:
        return None
    if not parameters and not tags:
        return None
    return Deployment(source.path, posixpath.basename(source.path), None, Location(source.path), parameters, tags)


def read_sam(source: SourceText) -> tuple[Deployment, ...]:
    """The deployments of a samconfig file, one per environment table."""
    if source.path.endswith(".toml"):
        try:
            tables = tomllib.loads(source.text)
        except (tomllib.TOMLDecodeError, RecursionError):
            return ()
        environments = {name: table for name, table in tables.items() if isinstance(table, dict)}
    else:
        roots = syntax.parse(source).roots
        plain = _plain(roots[0], 0) if roots else None
        environments = (
            {name: table for name, table in plain.items() if isinstance(table, dict)} if isinstance(plain, dict) else {}
        )
    found = []
    for name, table in environments.items():
        deployment = _sam_environment(source, name, table)
        if deployment is not None:
            found.append(deployment)
    return tuple(found)


def _sam_environment(source: SourceText, name: str, table: MappingOf[str, object]) -> Deployment | None:
    settings: dict[str, object] = {}
    for command in reversed(_COMMANDS):
        inner = table.get(command)
        parameters = inner.get("parameters") if isinstance(inner, dict) else None
        if isinstance(parameters, dict):
            settings.update(parameters)
    if not settings:
        return None
    finder = _Finder(source, name)
    written = settings.get("parameter_overrides")
    overrides = {key: (value, finder.place(key, value)) for key, value in _overrides(written)}
    tags = {key: (value, finder.place(key, value)) for key, value in _overrides(settings.get("tags"), keys=r"[^\s=\"']+")}
    region = settings.get("region")
    template = settings.get("template_file") or settings.get("template")
    return Deployment(
        source.path,
        posixpath.basename(source.path),
        None if name == "default" else name,
        finder.header,
        overrides,
        tags,
        (region, finder.place("region", region)) if isinstance(region, str) else None,
        template if isinstance(template, str) else None,
    )


class _Finder:
    """Finds where a setting stands; tomllib does not say."""

    def __init__(self, source: SourceText, environment: str) -> None:
        self._source = source
        match = re.search(
            rf"(?m)^\s*\[\s*[\"']?{re.escape(environment)}[\"']?\s*[.\]]|^[\"']?{re.escape(environment)}[\"']?\s*:", source.text
        )
        self._start = match.start() if match else 0
        self.header = Location(source.path, source.span(self._start, match.end() if match else 0), environment)

    def place(self, key: str, value: str) -> Location:
        """The place of `key=value` after the table's header."""
        text = self._source.text
        # One pattern for all: compiling one for each parameter took longer than reading the file.
        at = text.find(key, self._start) if key else -1
        while at >= 0:
            given = _GIVEN.match(text, at + len(key)) if at == 0 or text[at - 1] not in _NAME else None
            if given is not None and (end := _value_end(text, value, given)) is not None:
                return Location(self._source.path, self._source.span(at, end), self.header.symbol)
            at = text.find(key, at + 1)
        return self.header


def _value_end(text: str, value: str, given: re.Match[str]) -> int | None:
    """Where a value ends that stands after `=`; None where another one does. It may itself begin with what leads to one."""
    starts = range(given.end(), given.end("sign") - 1, -1)
    for start in starts:
        if text.startswith(value, start) and _LEAD.fullmatch(text, given.end("sign"), start):
            return start + len(value)
    return None


def _overrides(written: object, keys: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(written, dict):
        for key, value in written.items():
            if isinstance(value, (str, int, float)):
                yield str(key), str(value)
        return
    texts = (
        [written]
        if isinstance(written, str)
        else [each for each in written if isinstance(each, str)]
        if isinstance(written, list)
        else []
    )
    pattern = re.compile(_OVERRIDE.pattern.replace("[A-Za-z0-9]{1,255}", keys, 1)) if keys else _OVERRIDE
    for text in texts:
        if len(texts) > 1 and (whole := pattern.match(text)) is not None and whole[2][:1] not in ("'", '"', "\\"):
            key, _, value = text.partition("=")
            yield whole[1], value if key == whole[1] else whole[2]
            continue
        for match in pattern.finditer(text):
            yield match[1], match[2].replace('\\"', '"').strip("\"'")


def scenarios(template: Template, deployments: Iterable[Deployment]) -> tuple[Scenario, ...]:
    """One scenario per deployment of the template; environments come from a passed environment name, then the file's name."""
    deployments = tuple(deployments)
    labels = _labels(template, [each for each in deployments if each.environment is None and not _is_whole(each.path)])
    found = []
    for each in deployments:
        environment, reason, place = _environment(template, each, labels)
        shown = each.name if each.environment is None else f"{each.name} [{each.environment}]"
        parameters = {
            key: known(value, Resolution.CROSS_FILE, (Hop(where, f"{shown} sets {key}"),))
            for key, (value, where) in each.parameters.items()
        }
        tags = {
            key: known(value, Resolution.CROSS_FILE, (Hop(where, f"{shown} sets tag {key}"),))
            for key, (value, where) in each.tags.items()
        }
        region = None
        if each.region is not None:
            region = known(each.region[0], Resolution.CROSS_FILE, (Hop(each.region[1], f"{shown} sets the region"),))
        evidence = Evidence(environment, reason, place) if environment is not None else None
        found.append(Scenario(shown, (environment,) if environment is not None else (), parameters, tags, region, evidence))
    return tuple(found)


def _environment(template: Template, deployment: Deployment, labels: MappingOf[str, str]) -> tuple[str | None, str, Location]:
    """Which environment a deployment is, why, and where that is said."""
    for name, (value, where) in deployment.parameters.items():
        parameter = template.parameters.get(name)
        if parameter is not None and parameter.names_environment and value:
            return value, f"{deployment.name} sets {name}", where
    if deployment.environment is not None:
        return deployment.environment, f"environment of {deployment.name}", deployment.place
    label = labels.get(deployment.path)
    return label, f"parameter file {deployment.name}", deployment.place


def _labels(template: Template, deployments: list[Deployment]) -> dict[str, str]:
    """Parameter file -> the environment its name says; where several files differ in one part of the name, that part."""
    labels = {}
    rests = {}
    own = set(re.split(r"[_.\-]", posixpath.basename(template.path).lower()))
    for each in deployments:
        folder, _, name = each.path.rpartition("/")
        words = re.split(r"[_.\-]", name.rsplit(".", 1)[0])
        said = [word for word in words if word.lower() in ENVIRONMENT_WORDS] or [
            word for word in reversed(folder.split("/")[-2:]) if word.lower() in ENVIRONMENT_WORDS
        ]
        if said:
            labels[each.path] = said[-1]
            continue
        rest = "-".join(word for word in words if word.lower() not in _NOT_NAMES and word.lower() not in own)
        if rest and _REGION.fullmatch(rest) is None:
            rests[each.path] = rest
    if len(set(rests.values())) + len(labels) > 1:
        labels.update(rests)
    return labels


def _is_whole(path: str) -> bool:
    """Whether a file speaks of every deployment, so that its name says no environment."""
    return posixpath.basename(path) in (*SAM_CONFIGURATIONS, MANIFEST)


def _pairs(node: Node | None, key_name: str, value_name: str) -> dict[str, tuple[str, Location]]:
    found = {}
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Mapping):
            key, value = text_at(item.get(key_name)), item.get(value_name)
            if key is not None and isinstance(value, Scalar):
                found[key] = (value.text, location(value))
        elif isinstance(item, Scalar) and "=" in item.text and key_name == "ParameterKey":
            key, _, text = item.text.partition("=")
            found[key] = (text, location(item))
    return found


def _texts(node: Node | None) -> dict[str, tuple[str, Location]]:
    found = {}
    for key, value in node.items() if isinstance(node, Mapping) else ():
        if isinstance(value, Scalar):
            found[key] = (value.text, location(value))
        elif isinstance(value, Sequence) and all(isinstance(item, Scalar) for item in value.items):
            found[key] = (",".join(item.text for item in value.items if isinstance(item, Scalar)), location(value))
    return found


def _plain(node: Node, depth: int) -> object:
    if depth > 8:
        return None
    match node:
        case Scalar(text):
            return text
        case Sequence(items):
            return [_plain(item, depth + 1) for item in items]
        case Mapping():
            return {key: _plain(value, depth + 1) for key, value in node.items()}


class Deployments:
    """The deployments of a scan, read when a template asks for its own; `holds_template` is asked about folders."""

    def __init__(self, tree: SourceTree, holds_template: Callable[[str], bool]) -> None:
        self._tree = tree
        self._candidates = candidates(tree.paths())
        self._holds_template = holds_template
        self._read: dict[str, Deployment | None] = {}

    def of(self, template: Template) -> tuple[Deployment, ...]:
        """What is known of the template's deployments: samconfig beside it, parameter files near it whose keys it declares."""
        folder = posixpath.dirname(template.path)
        found = list(self._sam(template, folder))
        said = template.assembly
        if said is not None and (said.parameters or said.tags or said.region is not None):
            path = said.place.path
            found.append(Deployment(path, MANIFEST, None, said.place, said.parameters, said.tags, said.region))
        if not template.parameters:
            return tuple(found)
        parent = posixpath.dirname(folder)
        near = [path for path in self._candidates if _below(path, folder) or (folder and _beside(path, parent))]
        for path in near[:MOST_FILES]:
            here = posixpath.dirname(path)
            if here != folder and self._holds_template(here):
                continue
            deployment = self._file(path)
            if deployment is not None and deployment.parameters and deployment.parameters.keys() <= template.parameters.keys():
                found.append(deployment)
        return tuple(found)

    def _sam(self, template: Template, folder: str) -> Iterator[Deployment]:
        for name in SAM_CONFIGURATIONS:
            path = posixpath.join(folder, name)
            source = self._source(path)
            if source is None:
                continue
            for each in read_sam(source):
                if _is_of(each.template or "template.yaml", posixpath.basename(template.path)):
                    yield each

    def _file(self, path: str) -> Deployment | None:
        if path not in self._read:
            source = self._source(path)
            self._read[path] = read_file(source) if source is not None else None
        return self._read[path]

    def _source(self, path: str) -> SourceText | None:
        data = self._tree.read(path)
        if data is None or len(data) > LARGEST_BYTES:
            return None
        try:
            return decode(path, data)
        except NotTextError:
            return None


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def _beside(path: str, parent: str) -> bool:
    """Whether a path lies in `parent` or in a folder of it whose own name speaks of parameters or environments."""
    if parent and not path.startswith(parent + "/"):
        return False
    rest = path[len(parent) + 1 :] if parent else path
    folders = rest.split("/")[:-1]
    return len(folders) <= 2 and all(_LIKELY.search(f"{name}/") for name in folders)


def _is_of(named: str, own: str) -> bool:
    """Whether the template that samconfig names is, or is built from, the one called `own`."""
    name = posixpath.basename(named)
    if name == own:
        return True
    is_built = ".aws-sam" in named or name.startswith(("packaged", "template."))
    return is_built and own in ("template.yaml", "template.yml", "template.json")
