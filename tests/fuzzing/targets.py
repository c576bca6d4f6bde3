"""What is fuzzed: one function each, from bytes to an outcome, which raises only on a real fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from random import Random
from zlib import crc32

import printed
from fuzzing import bundles, grammar, schemas, seeds
from fuzzing.faults import FaultError, Outcome, Places, check_errors, check_parsed, masked
from fuzzing.mutate import LONGEST
from reports import printing
from routelint import baseline, catalog, codeowners, custom, engine, evidence, model_id, policy, policy_tests, regex, surfaces
from routelint.cli.quick import FORMATS
from routelint.collect import collect_tree, patterns, units
from routelint.inventory import Row, rows
from routelint.model import Location, Report
from routelint.output import (
    csv_report,
    escape,
    github,
    gitlab,
    html_inventory,
    html_report,
    json_report,
    junit,
    markdown,
    sarif,
    table,
    text,
)
from routelint.output.printing import Printing
from routelint.parse import directives, parse
from routelint.parse.parsed import ParseContext
from routelint.policy import Policy, PolicyError
from routelint.policy.expressions import answer, fill, message_problems, problems
from routelint.policy.fields import NAMES
from routelint.policy.glob import GlobError, compile_path, compile_text
from routelint.source import MemoryTree, NotTextError, SourceText, SourceUnit, decode
from routelint_rules import RULES

RULE_IDS = frozenset(rule.id for rule in RULES)
TODAY = date(2026, 11, 24)
# A report says it some dozen times.
LONGEST_PAYLOAD = 300
LENIENT_EVERY = 50
STRICT = {"html": printed.is_markup, "markdown": printed.is_strict_markdown}
OUTPUTS = (*FORMATS, *(f"inventory {name}" for name in ("text", "json", "csv", "markdown", "html")))
# All of them take ten times as long as the scan, and each printer has a target of its own.
OUTPUTS_OF_A_SCAN = 3


@dataclass(frozen=True)
class Target:
    """Something that takes bytes. Most inputs are made no longer than `usual_bytes`, and none than `most_bytes`."""

    name: str
    run: Callable[[bytes], Outcome]
    seeds: Callable[[], Sequence[bytes]]
    grammars: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    words: tuple[bytes, ...] = ()
    usual_bytes: int = 600
    most_bytes: int = LONGEST

    def reads(self, name: str) -> bool:
        """Whether a file of that name is one for this target."""
        return bool(self.suffixes) and name.lower().endswith(self.suffixes)

    def vocabulary(self) -> tuple[bytes, ...]:
        """The words of its language."""
        return (*self.words, *(word for name in self.grammars for word in grammar.load(name).words()))


@cache
def _models() -> catalog.Catalog:
    return catalog.load()


def _parser(language: str, default: str, suffixes: tuple[str, ...]) -> Callable[[bytes], Outcome]:
    """The parser of a language, with every file of the input that it reads taken for marked."""

    def run(data: bytes) -> Outcome:
        files = bundles.unpack(data, default)
        fitting = tuple(
            sorted(path for path in files if path.lower().endswith(suffixes) or units.language_of(path) == language)
        )
        if not fitting:
            return Outcome(reached=False)
        unit = SourceUnit(language, fitting, fitting)
        context = ParseContext(MemoryTree(files), surfaces.load(language), _models().knows, cdk=_models().cdk)
        return check_parsed(parse(unit, context), files)

    return run


def _parsing(
    name: str,
    language: str,
    default: str,
    suffixes: tuple[str, ...],
    grammars: tuple[str, ...],
    *folders: str,
    files: tuple[str, ...] = (),
) -> Target:
    def known() -> Sequence[bytes]:
        return (*seeds.cases(*folders), *seeds.files(*(files or suffixes)))

    return Target(name, _parser(language, default, suffixes), known, grammars, files or suffixes)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def of_policy(data: bytes) -> Outcome:
    """A policy is read or refused; one that is read can be shown and loaded again."""
    files = {path: _text(content) for path, content in bundles.unpack(data, "routelint.yaml").items()}
    name = next(iter(files))
    try:
        loaded = policy.load(files[name], name, read=files.get, rules=RULE_IDS)
    except PolicyError as error:
        for fault in error.faults:
            if fault.line < 1 or fault.column < 1:
                raise FaultError("place", f"a fault at no place: {fault}") from None
        return Outcome(frozenset(masked(str(fault)) for fault in error.faults), error.diagnostics())
    for warning in loaded.warnings:
        str(warning)
    shown = policy.show(loaded), escape.json_text(policy.document(loaded))
    json.loads(shown[1])
    features = {
        f"workloads {bool(loaded.workloads)}",
        f"rules {bool(loaded.custom_rules)}",
        *shown[0].partition("\n")[0].split(),
    }
    return Outcome(frozenset(features), shown)


def of_suite(data: bytes) -> Outcome:
    """Tests of a policy are read or refused; their paths stay below the folder they are written into."""
    try:
        suite = policy_tests.load(_text(data), "a.routelint-test.yaml", lambda named: RULE_IDS)
    except PolicyError as error:
        return Outcome(frozenset(masked(str(fault)) for fault in error.faults), error.diagnostics())
    for case in suite.cases:
        for path in case.files:
            if path.startswith("/") or ".." in path.split("/") or "\0" in path:
                raise FaultError("path", f"a file of a test is written to '{path}'")
    return Outcome(frozenset((f"cases {len(suite.cases)}",)), suite)


def of_baseline(data: bytes) -> Outcome:
    """A baseline is read or refused; one that is read comes out of writing and reading again as it was."""
    try:
        entries = baseline.load(data, "baseline.json")
    except PolicyError as error:
        return Outcome(frozenset(masked(str(fault)) for fault in error.faults), error.diagnostics())
    if baseline.load(baseline.dump(entries).encode("utf-8", "surrogateescape"), "baseline.json") != entries:
        raise FaultError("roundtrip", "a baseline that is read, written and read is another one")
    return Outcome(frozenset((f"entries {min(3, len(entries))}",)), entries)


def of_evidence(data: bytes) -> Outcome:
    """Evaluation records are read or told as faults."""
    files = bundles.unpack(data, "evals/evidence/a.yaml")
    records = evidence.load(MemoryTree({"evals/golden.jsonl": b'{"a": 1}\n', **files}), _evaluating(), _models())
    if records is None:
        return Outcome()
    for fault in records.faults:
        if fault.line < 1 or fault.column < 1:
            raise FaultError("place", f"a fault at no place: {fault}")
    return Outcome(frozenset(masked(str(fault)) for fault in records.faults), (records.records, records.faults))


@cache
def _evaluating() -> Policy:
    from routelint_rules.stale_evidence import POLICY

    return policy.load(POLICY, "routelint.yaml", read=lambda path: None, rules=RULE_IDS)


def of_codeowners(data: bytes) -> Outcome:
    """CODEOWNERS is read line by line, and asked about files."""
    read = codeowners.read(data, "CODEOWNERS")
    deciding = [read.deciding(path) for path in ("routelint.yaml", "a/b/c.tf", "docs/x", "", "a" * 300, "/".join("ab" * 40))]
    return Outcome(frozenset((*(masked(each.reason) for each in read.skipped), str([each is None for each in deciding]))), read)


def of_identifier(data: bytes) -> Outcome:
    """An identifier is read or is none; what is read reads as itself, and is found where it is said to be."""
    said = _text(data)
    read = model_id.read(said)
    found = list(model_id.find_all(said))
    for start, end, _ in found:
        if not 0 <= start < end <= len(said):
            raise FaultError("place", f"found from {start} to {end} of {len(said)}")
    if read is None:
        return Outcome(frozenset((f"none {len(found)}",)), found)
    if read.id and (again := model_id.read(read.id)) is not None and again.id != read.id:
        raise FaultError("roundtrip", f"'{read.id}' reads as '{again.id}'")
    known = _models().find(read) is not None
    fault = masked(read.fault or "")
    feature = f"{read.form} {read.scope} {read.context} {read.partition} {fault} {read.is_pattern} {known}"
    return Outcome(frozenset((feature[:200],)), (read, found))


def of_patterns(data: bytes) -> Outcome:
    """Patterns of paths and names, and regular expressions of a policy, are read or refused; and matched."""
    pattern, _, subject = _text(data).partition("\n")
    said = []
    for compile_pattern in (compile_text, compile_path):
        try:
            said.append(str(compile_pattern(pattern).matches(subject)))
        except GlobError as error:
            said.append(masked(str(error)))
    said.append(str(patterns.matcher([pattern])(subject)))
    try:
        regex.compile_regex(pattern)
        said.append(str(regex.search(pattern, subject)))
    except regex.RegexError as error:
        said.append(masked(str(error)))
    return Outcome(frozenset(said), said)


_VALUES: dict[str, object] = {
    "model.id": "a.b-v1:0",
    "model.known": True,
    "model.tier": "premium",
    "model.input_usd_per_million_tokens": 3.0,
    "path": "a/b.tf",
    "kind": "agent",
    "environments": ["dev", "prod"],
    "taggable": True,
    "tags": {"team": "a"},
    "tag_keys": ["team"],
    "settings": {"max_output_tokens": "40"},
    "justified": False,
}


def of_expression(data: bytes) -> Outcome:
    """An expression of a custom rule has problems, or an answer; a message has problems, or is filled."""
    said = _text(data)
    found = [masked(each.fact) for each in islice(problems(said), 50)]
    answered = "" if found else str(answer(said, _VALUES))
    unfit = [masked(each.fact) for each in message_problems(said)]
    if not unfit:
        fill(said, _VALUES)
    return Outcome(frozenset((*found, *unfit, masked(answered))), (found, unfit, answered))


def of_directives(data: bytes) -> Outcome:
    """Directives are found in comments of any language, each at its place."""
    found = []
    for path, content in bundles.unpack(data, "a.py").items():
        try:
            source = decode(path, content)
        except NotTextError:
            continue
        places = Places({path: content})
        for directive in directives.find(source, RULE_IDS):
            places.check(Location(path, directive.span))
            found.append(directive)
    return Outcome(frozenset(f"{each.name} {len(each.arguments)} {masked(each.fault or '')}" for each in found), found)


def _printer(name: str) -> Callable[[bytes], Outcome]:
    """A printer with the input wherever the scanned repository has a say."""
    made = printed.PRINTERS[name]

    def run(data: bytes) -> Outcome:
        payload = _text(data)
        outputs = tuple(made.write(payload))
        # Readers of all of HTML and Markdown take most of the time, and find nothing in what is strictly written.
        check = made.check if crc32(data) % LENIENT_EVERY == 0 else STRICT.get(name, made.check)
        for output in outputs:
            _checked(name, check, output)
        return Outcome(frozenset(), outputs)

    return run


def _checked(name: str, check: Callable[[str], None], output: str) -> None:
    try:
        check(output)
    except Exception as error:
        raise FaultError("output", f"{name}: {type(error).__name__}: {error}"[:600]) from error


def of_sarif(data: bytes) -> Outcome:
    """SARIF of a report with the input in every place is valid, in both profiles."""
    payload = _text(data)
    outputs = tuple(sarif.scan(printed.report_of(payload), printed.GIVEN, profile) for profile in sarif.Profile)
    for output in outputs:
        _checked("sarif", printed.is_json, output)
        schemas.check("sarif", output)
    return Outcome(frozenset(), outputs)


def of_scan(data: bytes) -> Outcome:
    """A whole scan of the input: collected, parsed, judged by every rule, printed in some formats, each output looked at."""
    files = bundles.unpack(data, "main.tf")
    governing = _governing(files)
    collected = collect_tree(bundles.StreamedMemory(files))
    resolved = engine.resolve(
        collected.units, collected.tree, governing, _models(), rule_ids=RULE_IDS, errors=collected.errors, files=collected.files
    )
    check_errors(resolved.errors, files)
    rules = (*RULES, *custom.rules(governing))
    report = engine.judge(resolved, rules, governing, _models(), TODAY)
    for error in report.errors:
        if error.internal:
            raise FaultError("internal", error.message)

    def source(path: str) -> SourceText | None:
        try:
            return decode(path, files[path]) if path in files else None
        except NotTextError:
            return None

    given = replace(printing(), rules=rules, source=source, show_suppressed=True)
    features = {f"{each.rule} {masked(each.message)}" for each in report.findings}
    features |= {f"{each.by} {masked(each.reason)}" for each in report.suppressed}
    found = rows(report.references, governing, _models())
    # The same input gets the same ones.
    chosen = Random(crc32(data)).sample(OUTPUTS, OUTPUTS_OF_A_SCAN)
    return Outcome(frozenset(features), [_printed(each, report, found, given) for each in chosen])


def _printed(named: str, report: Report, found: Sequence[Row], given: Printing) -> str:
    """A report in one format, looked at."""
    match named:
        case "json":
            output = json_report.scan(report)
            schemas.check("scan", output)
        case "sarif":
            output = sarif.scan(report, given, sarif.Profile.FULL)
            schemas.check("sarif", output)
        case "github":
            output = github.scan(report, given)
        case "gitlab":
            output = gitlab.scan(report, given)
        case "junit":
            output = junit.scan(report, given)
        case "csv":
            output = csv_report.scan(report, given)
        case "markdown":
            output = markdown.scan(report, given)
        case "html":
            output = html_report.scan(report, given)
        case "inventory text":
            output = table.inventory(found, report.resources, report.errors, given)
        case "inventory json":
            output = json_report.inventory(found, report.resources, report.errors)
            schemas.check("inventory", output)
        case "inventory csv":
            output = csv_report.inventory(found, given)
        case "inventory markdown":
            output = markdown.inventory(found, report.errors, given)
        case "inventory html":
            output = html_inventory.inventory(found, report.resources, report.errors, given)
        case _:
            output = text.scan(report, given, notes=True)
    _checked(named, printed.PRINTERS[named.rpartition(" ")[2]].check, output)
    return output


def _governing(files: dict[str, bytes]) -> Policy:
    """The policy of the input where it has one that is sound, else the built-in one."""
    if "routelint.yaml" not in files:
        return policy.default()
    said = {path: _text(content) for path, content in files.items()}
    try:
        return policy.load(said["routelint.yaml"], "routelint.yaml", read=said.get, rules=RULE_IDS)
    except PolicyError:
        return policy.default()


def _policies() -> Sequence[bytes]:
    from policy_texts import COMPLETE

    own = (seeds.EXAMPLES / "routelint.yaml").read_bytes()
    profiles = sorted(seeds.TESTS.parent.glob("scanner/routelint/policy/profiles/*.yaml"))
    return (COMPLETE.encode(), own, *(path.read_bytes() for path in profiles))


def _records() -> Sequence[bytes]:
    from routelint_rules.stale_evidence import RECORD

    return (RECORD.encode(), *(path.read_bytes() for path in sorted((seeds.EXAMPLES / "evals" / "evidence").glob("*.json"))))


def _identifiers() -> Sequence[bytes]:
    return tuple(each.id.encode() for each in _models().models)[::4]


def _payloads() -> Sequence[bytes]:
    from test_output_hostile import PAYLOADS

    return tuple(each.encode("utf-8", "surrogatepass") for each in PAYLOADS.values() if len(each) < 1_000)


def _whole() -> Sequence[bytes]:
    own = (seeds.EXAMPLES / "routelint.yaml").read_bytes()
    mixed = seeds.cases("linked", "terraform", "cloudformation", "python", "text")
    return (bundles.of_folder(seeds.EXAMPLES), *(bundles.pack({"routelint.yaml": own}) + each for each in mixed[::3]), *mixed)


_PROGRAMS = (
    ".ts",
    ".tsx",
    ".js",
    ".mjs",
    ".java",
    ".go",
    ".cs",
    ".kt",
    ".rs",
    ".rb",
    ".php",
    ".swift",
    ".scala",
    ".sql",
    ".baml",
)
_YAML = (".yaml", ".yml")
TARGETS = (
    _parsing("terraform", "terraform", "main.tf", (".tf", ".tfvars"), ("terraform",), "terraform"),
    _parsing(
        "terraform-json", "terraform", "main.tf.json", (".tf.json",), ("terraform-json",), "terraform", files=(".tf.json",)
    ),
    _parsing("plan", "terraform", "plan.json", (".json",), ("plan",), files=("plan.json",)),
    _parsing("terragrunt", "terraform", "terragrunt.hcl", (".hcl", ".tf"), ("terragrunt",), "terraform", files=(".hcl",)),
    _parsing("workflows", "terraform", "main.tf", (".tf",), ("workflow", "shell"), "terraform", files=(".sh", "makefile")),
    _parsing(
        "cloudformation",
        "cloudformation",
        "template.yaml",
        (*_YAML, ".template", ".toml"),
        ("cloudformation",),
        "cloudformation",
    ),
    _parsing(
        "cloudformation-json",
        "cloudformation",
        "template.json",
        (".json",),
        ("states",),
        files=(".template.json", "template.json"),
    ),
    _parsing(
        "serverless", "cloudformation", "serverless.yml", _YAML, ("serverless",), files=("serverless.yml", "serverless.yaml")
    ),
    _parsing("states", "cloudformation", "a.asl.json", (".json",), ("states",), files=(".asl.json",)),
    _parsing("python", "python", "app.py", (".py",), ("python",), "python"),
    _parsing("notebook", "python", "a.ipynb", (".ipynb",), ("python",), files=(".ipynb",)),
    _parsing("typescript", "text", "a.ts", (".ts", ".tsx", ".js"), ("typescript",), "text"),
    _parsing("programs", "text", "a.java", _PROGRAMS, ("typescript",), "text", files=_PROGRAMS),
    _parsing("config", "text", "a.yaml", (*_YAML, ".json", ".jsonc", ".json5"), ("config",), "text"),
    _parsing(
        "toml", "text", "a.toml", (".toml", ".ini", ".properties", ".cfg"), ("toml",), files=(".toml", ".properties", ".ini")
    ),
    _parsing(
        "shell",
        "text",
        "a.sh",
        (".sh", ".env", "dockerfile", "makefile", ".bash"),
        ("shell",),
        files=(".sh", ".env", "dockerfile"),
    ),
    Target("directives", of_directives, lambda: seeds.files(".py", ".tf", ".ts")[:80], ("directives",), (".py", ".tf", ".ts")),
    Target(
        "codeowners", of_codeowners, lambda: [b"* @acme/platform\n/a/ @b a@b.example # c\n"], ("codeowners",), ("codeowners",)
    ),
    Target("evidence", of_evidence, _records, ("evidence",)),
    Target("policy", of_policy, _policies, ("policy",), ("routelint.yaml",)),
    Target("policy-tests", of_suite, lambda: [], ("suite",), (policy.TESTS,)),
    Target("baseline", of_baseline, lambda: [b'{"version": 1, "findings": []}'], ("baseline",)),
    Target("expressions", of_expression, lambda: [], ("cel",), words=tuple(name.encode() for name in NAMES), most_bytes=4_000),
    Target("patterns", of_patterns, lambda: [b"services/**/a*[!b-d]?\nservices/x/y/abe"], ("codeowners", "policy")),
    Target("identifier", of_identifier, _identifiers, ("identifier",)),
    Target("sarif", of_sarif, _payloads, ("identifier",), usual_bytes=60, most_bytes=LONGEST_PAYLOAD),
    *(
        Target(f"print-{name}", _printer(name), _payloads, ("identifier",), usual_bytes=60, most_bytes=LONGEST_PAYLOAD)
        for name in printed.PRINTERS
        if name != "sarif"
    ),
    Target("scan", of_scan, _whole, ("terraform", "python", "cloudformation"), (".tf", ".py", ".yaml", ".json", ".ts")),
)
BY_NAME = {target.name: target for target in TARGETS}
