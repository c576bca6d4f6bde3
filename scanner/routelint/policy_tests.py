"""Tests of a policy: what a `*.routelint-test.yaml` file says, and how what was found compares with what it expects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

from routelint.deferred import dataclass
from routelint.model import Finding, Location, Severity
from routelint.policy.fault import Fault, PolicyError, nearest, shown
from routelint.policy.glob import matches
from routelint.policy.source import MapNode, Node, ScalarNode, parse
from routelint.policy.validate import validate

MOST_EXPECTED = 200


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must be there; what is None is not compared. `symbol`, `model` and `message` are globs."""

    rule: str
    path: str
    line: int | None = None
    symbol: str | None = None
    severity: Severity | None = None
    model: str | None = None
    environments: tuple[str, ...] | None = None
    message: str | None = None
    location: Location | None = None

    def differences(self, found: Finding) -> tuple[Difference, ...]:
        """Where a finding is not what is expected; none where it is. Environments are compared as names, in any order."""
        return tuple(self._differences(found))

    def _differences(self, found: Finding) -> Iterator[Difference]:
        place = found.location
        exact: tuple[tuple[str, object, object], ...] = (
            ("rule", self.rule, found.rule),
            ("path", self.path, place.path),
            ("line", self.line, place.span.start_line),
            ("severity", self.severity, found.severity),
            ("environments", _names(self.environments), _names(found.environments)),
        )
        for what, wanted, is_ in exact:
            if wanted is not None and wanted != is_:
                yield Difference(what, str(wanted), str(is_))
        globs = (
            ("symbol", self.symbol, place.symbol),
            ("model", self.model, found.model),
            ("message", self.message, found.message),
        )
        for what, pattern, text in globs:
            if pattern is not None and not (text is not None and matches(pattern, text)):
                yield Difference(what, pattern, text or "none")


@dataclass(frozen=True, slots=True)
class Difference:
    """A property of a finding that is not as expected."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Case:
    """One test: the files, and the findings they must give. `suppressed` is None where it is not compared."""

    name: str
    today: date
    files: Mapping[str, str]
    expect: tuple[Expected, ...]
    location: Location
    rules: tuple[str, ...] = ()
    suppressed: tuple[Expected, ...] | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one file; `policy` is the path it names, relative to it."""

    path: str
    cases: tuple[Case, ...]
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A finding that is there and is not what was expected."""

    expected: Expected
    found: Finding
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How findings compare with what was expected; empty where they are the same."""

    missing: tuple[Expected, ...] = ()
    unexpected: tuple[Finding, ...] = ()
    changed: tuple[Changed, ...] = ()

    @property
    def same(self) -> bool:
        """Whether exactly what was expected was found."""
        return not (self.missing or self.unexpected or self.changed)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test; `errors` are what kept it from being judged."""

    path: str
    case: Case
    findings: Comparison
    suppressed: Comparison
    errors: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the test holds."""
        return self.findings.same and self.suppressed.same and not self.errors


def load(text: str, path: str, rules: Callable[[str | None], Collection[str]]) -> Suite:
    """The tests in `text`.

    `rules` gives the ids of the rules there are, those of the policy included, by the policy that the file names.

    Raises:
        PolicyError: the text is not YAML, breaks policy-test.schema.json, or names a rule or a file that does not exist; holds
            every fault.
    """
    root, faults = parse(text, path, "policy-test")
    faults = [*faults, *validate(root, path, "policy-test"), *_faults(root, rules(_text(root, "policy")))]
    if faults:
        raise PolicyError(faults)
    day = _text(root, "today") or ""
    return Suite(
        path, tuple(_case(node, day) for node in root.items("tests") if isinstance(node, MapNode)), _text(root, "policy")
    )


def _faults(root: MapNode, rules: Collection[str]) -> Iterator[Fault]:
    """What the schema cannot say: rules and files that do not exist, paths that leave the repository, names used twice."""
    names: dict[str, Location] = {}
    for test in root.items("tests"):
        if not isinstance(test, MapNode):
            continue
        name = test.scalar("name")
        if name is not None:
            first = names.setdefault(name.text, name.location)
            if first is not name.location:
                line = first.span.start_line
                yield _fault(name, f"test {shown(name.text)} is there twice; first on line {line}", "each name once")
        files = test.map("files").entries
        for path, entry in files.items():
            if not _is_below(path):
                yield _fault(
                    ScalarNode(path, False, entry.location),
                    f"file {shown(path)} is not in the repository",
                    "a path relative to its root, without '..'",
                )
        for node in test.items("rules"):
            yield from _rule_faults(node, rules)
        for key in ("expect", "suppressed"):
            if len(test.items(key)) > MOST_EXPECTED:
                fact = f"test {shown(_text(test, 'name') or '')} expects more than {MOST_EXPECTED} findings"
                yield _fault(ScalarNode("", False, test.location), fact, "fewer files, or 'rules' to judge by")
            for node in test.items(key):
                if isinstance(node, MapNode):
                    yield from _rule_faults(node.get("rule"), rules)
                    yield from _path_faults(node.get("path"), tuple(files), test)


def _is_below(path: str) -> bool:
    parts = path.split("/")
    return path.isprintable() and "\\" not in path and not any(part in ("", ".", "..", ".git") for part in parts)


def _rule_faults(node: Node | None, rules: Collection[str]) -> Iterator[Fault]:
    if isinstance(node, ScalarNode) and node.text not in rules:
        near = nearest(node.text, rules)
        yield _fault(node, f"no rule is called {shown(node.text)}", "the id of a rule; 'routelint rules' lists them", near)


def _path_faults(node: Node | None, files: Sequence[str], test: MapNode) -> Iterator[Fault]:
    """A path that is none of the test's files; of the policy itself a test can speak where it names the rule."""
    if isinstance(node, ScalarNode) and node.text not in files and not test.items("rules"):
        yield _fault(node, f"the test has no file {shown(node.text)}", "one of its files", nearest(node.text, files))


def _fault(node: ScalarNode, fact: str, expected: str, near: str | None = None) -> Fault:
    span = node.location.span
    return Fault(node.location.path, span.start_line, span.start_column, fact, expected, f"'{near}'" if near else "")


def _case(node: MapNode, day: str) -> Case:
    suppressed = node.get("suppressed")
    name = node.scalar("name")
    return Case(
        _text(node, "name") or "",
        date.fromisoformat(_text(node, "today") or day),
        {path: entry.node.text for path, entry in node.map("files").entries.items() if isinstance(entry.node, ScalarNode)},
        _all_expected(node, "expect"),
        node.location if name is None else name.location,
        tuple(item.text for item in node.items("rules") if isinstance(item, ScalarNode)),
        None if suppressed is None else _all_expected(node, "suppressed"),
    )


def _all_expected(node: MapNode, key: str) -> tuple[Expected, ...]:
    return tuple(_expected(item) for item in node.items(key) if isinstance(item, MapNode))


def _expected(node: MapNode) -> Expected:
    line, severity = node.scalar("line"), _text(node, "severity")
    environments = None if node.get("environments") is None else node.items("environments")
    return Expected(
        _text(node, "rule") or "",
        _text(node, "path") or "",
        int(line.text) if line is not None else None,
        _text(node, "symbol"),
        Severity(severity) if severity else None,
        _text(node, "model"),
        None if environments is None else tuple(item.text for item in environments if isinstance(item, ScalarNode)),
        _text(node, "message"),
        node.location,
    )


def _text(node: MapNode, key: str) -> str | None:
    found = node.scalar(key)
    return None if found is None else found.text


def _names(environments: Sequence[str] | None) -> str | None:
    return None if environments is None else ", ".join(sorted(environments)) or "none"


def concerning(case: Case, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings a test compares: those in its files, and those elsewhere, as in the policy, of rules it names."""
    return tuple(each for each in findings if each.location.path in case.files or each.rule in case.rules)


def compare(expected: Sequence[Expected], found: Sequence[Finding]) -> Comparison:
    """What is missing, what nobody expected, and what is there and not as expected.

    Each finding answers one expectation; where several would do, as many as can be are answered.
    """
    answers = _matching(len(expected), len(found), lambda i, j: not expected[i].differences(found[j]))
    missing = [each for i, each in enumerate(expected) if i not in answers]
    unexpected = [each for j, each in enumerate(found) if j not in answers.values()]
    changed: list[Changed] = []
    for wanted in tuple(missing):
        near = [each for each in unexpected if each.location.path == wanted.path and each.rule == wanted.rule]
        if near:
            closest = min(near, key=lambda each: len(wanted.differences(each)))
            missing.remove(wanted)
            unexpected.remove(closest)
            changed.append(Changed(wanted, closest, wanted.differences(closest)))
    return Comparison(tuple(missing), tuple(unexpected), tuple(changed))


def _matching(left: int, right: int, fits: Callable[[int, int], bool]) -> dict[int, int]:
    """The largest assignment of left numbers to right ones that fit, each used once."""
    taken: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j in range(right):
            if j not in seen and fits(i, j):
                seen.add(j)
                if j not in taken or place(taken[j], seen):
                    taken[j] = i
                    return True
        return False

    for i in range(left):
        place(i, set())
    return {i: j for j, i in taken.items()}
