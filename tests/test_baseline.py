"""The baseline: its file, what it accepts, and the commands that write and read it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routelint_schemas
from commands import routelint, status
from routelint import baseline
from routelint.baseline import Baseline, BaselineError
from routelint.model import Accepted, Finding, Location, Report, ScanError, Severity, Span, Suppressed
from scans import write_tree

OPUS, SONNET, LITE = "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "amazon.nova-lite-v1:0"
PREMIUM = "unjustified-premium-model"
CALLS = """\
import boto3

client = boto3.client("bedrock-runtime")


def triage(text):
    first = client.converse(modelId="{0}", messages=[text])
    return client.converse(modelId="{1}", messages=[first])
"""
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\udce9\u202e\u2028'\"\\/"), max_size=8)
ENTRIES = st.lists(
    st.builds(
        Accepted,
        TEXTS.map(lambda text: f"a/{text}"),
        TEXTS,
        st.sampled_from([PREMIUM, "unknown-model"]),
        st.none() | TEXTS,
        st.integers(1, 9),
    ),
    unique_by=lambda each: (each.path, each.symbol, each.rule, each.model),
    max_size=6,
)


def finding(
    line: int = 1, path: str = "app.py", symbol: str = "app:triage", model: str | None = OPUS, rule: str = PREMIUM
) -> Finding:
    span = Span(line, 1, line, 2)
    return Finding(rule, Severity.ERROR, f"message {line}", Location(path, span, symbol), span, model=model)


def identity(path: str) -> str:
    return path


def applied(
    report: Report,
    *entries: Accepted,
    waivable: Callable[[str], bool] = lambda rule: True,
    in_scope: Callable[[Accepted], bool] = lambda entry: True,
) -> Report:
    return baseline.apply(report, Baseline(entries), identity, waivable, in_scope)


def lines(findings: Iterable[Finding]) -> list[int]:
    return [each.location.span.start_line for each in findings]


def faults(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BaselineError) as caught:
        baseline.load(data, "b.json")
    return [str(fault) for fault in caught.value.faults]


# The file


@given(ENTRIES)
def test_what_is_written_is_read_back_and_conforms_to_its_schema(entries: list[Accepted]) -> None:
    text = baseline.dump(entries)
    assert set(baseline.load(text.encode(), "b.json")) == set(entries)
    jsonschema.validate(json.loads(text), json.loads(routelint_schemas.text("baseline")))


@given(ENTRIES, st.randoms())
def test_the_text_is_the_same_whatever_the_order(entries: list[Accepted], random: object) -> None:
    assert baseline.dump(entries) == baseline.dump(list(reversed(entries)))


@given(ENTRIES)
def test_every_entry_is_one_line_and_shows_nothing_invisible(entries: list[Accepted]) -> None:
    text = baseline.dump(entries)
    assert text.count("\n") == len(entries) + (5 if entries else 4)
    assert not set(text) & set("\u202e\u2028\ufeff\x7f")


def test_the_file_of_an_example_holds_no_line_day_or_commit() -> None:
    accepted = baseline.accept([finding(8), finding(7), finding(9, model=SONNET)], identity)
    assert baseline.dump(accepted) == (
        '{\n  "version": 1,\n  "findings": [\n'
        f'    {{"rule": "{PREMIUM}", "path": "app.py", "symbol": "triage", "model": "{OPUS}", "count": 2}},\n'
        f'    {{"rule": "{PREMIUM}", "path": "app.py", "symbol": "triage", "model": "{SONNET}"}}\n'
        "  ]\n}\n"
    )


@pytest.mark.parametrize(
    "text", ['{"version": 1, "findings": []}', '\ufeff{"findings": [],\r\n"version": 1}\r\n', baseline.dump([])]
)
def test_an_empty_baseline_accepts_nothing(text: str) -> None:
    assert baseline.load(text.encode(), "b.json") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["b.json:1:1: the baseline is not JSON: expecting value"]),
        ("[]", ["b.json:1:1: the baseline is no object"]),
        ('{"version": 1,\n "findings": [}', ["b.json:2:15: the baseline is not JSON"]),
        ('{"version": 1, "findings": []}\nx', ["b.json:2:1: something follows the end of the baseline"]),
        ('{"version": 2, "findings": []}', ["b.json:1:13: version 2 is not known"]),
        ('{"version": true, "findings": []}', ["b.json:1:13: version true is not known"]),
        ('{"findings": []}', ["b.json:1:1: key 'version' is missing"]),
        ('{"version": 1,\n "finding": []}', ["b.json:1:1: key 'findings' is missing", "b.json:2:2: unknown key 'finding'"]),
        ('{"version": 1, "findings": {}}', ["b.json:1:28: 'findings' is no list"]),
        (
            '{"version": 1, "findings": [\n 7,\n {"rule": 3, "paht": "a"},\n {"rule":"r","path":"a","symbol":"","count":0}]}',
            [
                "b.json:2:2: an entry is no object",
                "b.json:3:2: key 'path' is missing",
                "b.json:3:2: key 'symbol' is missing",
                "b.json:3:11: 'rule' is no text",
                "b.json:3:14: unknown key 'paht'; expected one of rule, path, symbol, model, count; nearest key 'path'",
                "b.json:4:45: 'count' is no number of findings",
            ],
        ),
        (
            '{"version": 1, "findings": [\n{"rule":"r","path":"/a","symbol":""},\n{"rule":"r","path":"../a","symbol":""}]}',
            ["b.json:2:20: 'path' leads out of the repository", "b.json:3:20: 'path' leads out of the repository"],
        ),
        (
            '{"version": 1, "findings": [\n{"rule":"r","path":"a","symbol":""},\n{"symbol":"","rule":"r","path":"a"}]}',
            ["b.json:3:1: the same entry stands on line 2"],
        ),
        ('{\n<<<<<<< HEAD\n"version": 1}', ["b.json:2:1: a merge conflict stands here"]),
        ("[" * 100_000, ["b.json:1:1: the baseline is not JSON that can be read"]),
        ('{"version": ' + "1" * 5_000 + "}", ["b.json:1:1: the baseline is not JSON that can be read"]),
        (b"\xff\x00", ["b.json:1:1: cannot read the baseline"]),
    ],
)
def test_every_fault_of_a_file_is_told_with_its_place(text: str | bytes, said: list[str]) -> None:
    told = faults(text)
    assert len(told) == len(said)
    assert all(fault.startswith(start) for fault, start in zip(told, said, strict=True)), told


@given(st.text(st.sampled_from('{}[]",:\\ \n01truefindingsversonpathlymbc-'), max_size=60))
def test_any_text_is_read_or_has_faults(text: str) -> None:
    with contextlib.suppress(BaselineError):
        baseline.dump(baseline.load(text.encode(), "b.json"))


# What it accepts


def test_accepted_findings_are_kept_as_suppressed_and_counted() -> None:
    report = applied(Report(findings=(finding(3), finding(4, model=SONNET))), Accepted("app.py", "triage", PREMIUM, OPUS))
    assert lines(report.findings) == [4]
    assert report.suppressed == (Suppressed(finding(3), "baseline", "accepted in 'routelint-baseline.json'"),)
    assert report.stale == ()


@pytest.mark.parametrize("fixed", [1, 2, 3], ids=["the first", "the middle one", "the last"])
def test_mending_one_of_several_at_a_place_moves_no_other(fixed: int) -> None:
    left = tuple(finding(line) for line in (1, 2, 3) if line != fixed)
    report = applied(Report(findings=left), Accepted("app.py", "triage", PREMIUM, OPUS, 3))
    assert report.findings == ()
    assert report.stale == (Accepted("app.py", "triage", PREMIUM, OPUS, 1),)


def test_one_more_at_a_place_is_new() -> None:
    report = applied(Report(findings=(finding(1), finding(2), finding(9))), Accepted("app.py", "triage", PREMIUM, OPUS, 2))
    assert lines(report.findings) == [9]


@pytest.mark.parametrize(
    "other",
    [finding(model=SONNET), finding(model=None), finding(rule="unknown-model"), finding(path="b.py"), finding(symbol="app:x")],
    ids=["model", "no model", "rule", "path", "symbol"],
)
def test_anything_else_at_a_place_is_new(other: Finding) -> None:
    report = applied(Report(findings=(other,)), Accepted("app.py", "triage", PREMIUM, OPUS))
    assert report.findings == (other,)
    assert len(report.stale) == 1


def test_a_rule_that_may_not_be_silenced_is_not_and_that_is_said() -> None:
    entry = Accepted("app.py", "triage", PREMIUM, OPUS)
    report = applied(Report(findings=(finding(),)), entry, waivable=lambda rule: rule != PREMIUM)
    assert report.findings == (finding(),)
    assert report.stale == ()
    assert "accepts 1 finding of rules that may not be silenced" in report.notices[0]


def test_an_entry_is_not_stale_where_nobody_looked() -> None:
    entry = Accepted("app.py", "triage", PREMIUM, OPUS)
    assert applied(Report(), entry, in_scope=lambda each: False).stale == ()
    assert applied(Report(errors=(ScanError("app.py", "broken"),)), entry).stale == ()
    assert applied(Report(), entry).stale == (entry,)


def test_suppressed_findings_stay_in_the_order_of_the_report() -> None:
    silenced = Suppressed(finding(5), "directive", "why")
    report = applied(
        Report(findings=(finding(1), finding(9)), suppressed=(silenced,)), Accepted("app.py", "triage", PREMIUM, OPUS, 2)
    )
    assert lines(each.finding for each in report.suppressed) == [1, 5, 9]


@given(st.lists(st.integers(1, 4), max_size=8), st.lists(st.integers(1, 4), max_size=8))
def test_accepting_what_is_there_leaves_nothing_new_and_nothing_stale(now: list[int], later: list[int]) -> None:
    models = {1: OPUS, 2: SONNET, 3: LITE, 4: None}
    before = [finding(line, model=models[kind]) for line, kind in enumerate(now, 1)]
    after = Report(findings=tuple(finding(line, model=models[kind]) for line, kind in enumerate(later, 1)))
    entries = baseline.accept(before, identity)
    same = applied(Report(findings=tuple(before)), *entries)
    assert (same.findings, same.stale) == ((), ())
    report = applied(after, *entries)
    shrunk = baseline.without(entries, report.stale)
    again = applied(after, *shrunk)
    assert again.findings == report.findings
    assert again.stale == ()


def test_what_lies_outside_of_the_repository_is_not_accepted() -> None:
    places = [finding(path="/etc/routelint.yaml"), finding(path="../x.py"), finding(path="..x.py")]
    assert [each.path for each in baseline.accept(places, identity)] == ["..x.py"]


# The commands


def scanned(*arguments: str | Path) -> dict[str, list[dict[str, object]]]:
    result = routelint("scan", "--format", "json", "--today", "2026-11-24", "--select", PREMIUM, *arguments)
    found: dict[str, list[dict[str, object]]] = json.loads(result.output)
    return found


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {".git/HEAD": "", "services/app.py": CALLS.format(OPUS, OPUS), "other/more.py": CALLS.format(OPUS, LITE)}
    root = write_tree(tmp_path / "r", files)
    monkeypatch.chdir(root)
    return root


def test_a_baseline_silences_what_it_was_written_from(repository: Path) -> None:
    code, said = status("baseline")
    assert code == 0
    assert said.startswith("routelint-baseline.json: ")
    assert status("scan", "--baseline", "routelint-baseline.json")[0] == 0
    assert status("scan")[0] == 1
    found = scanned("--baseline", "routelint-baseline.json")
    assert [each["suppressed_by"] for each in found["suppressed"]] == ["baseline"] * 3
    jsonschema.validate(found, json.loads(routelint_schemas.text("scan")))


def test_it_is_the_same_file_and_silences_the_same_from_any_folder(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routelint("baseline")
    text = Path("routelint-baseline.json").read_bytes()
    monkeypatch.chdir(repository / "services")
    assert status("scan", "--baseline", "../routelint-baseline.json")[0] == 0
    for paths in (["app.py"], [".."], [repository / "services" / "app.py"]):
        assert status("scan", "--baseline", "../routelint-baseline.json", *paths)[0] == 0, paths
        assert "unchanged" in status("baseline", *paths)[1], paths
    assert (repository / "routelint-baseline.json").read_bytes() == text
    assert not Path("routelint-baseline.json").exists()


def test_the_baseline_itself_is_not_scanned(repository: Path) -> None:
    for name in ("routelint-baseline.json", "accepted.json"):
        status("baseline", "--output", name)
        assert not [each for each in scanned("--baseline", name)["findings"] if each["path"] == name]


def test_a_changed_model_at_an_accepted_place_is_new(repository: Path) -> None:
    routelint("baseline")
    (repository / "services" / "app.py").write_text(CALLS.format(OPUS, SONNET), "utf-8")
    found = scanned("--baseline", "routelint-baseline.json")
    assert [each["model"] for each in found["findings"]] == [SONNET]
    assert found["stale"] == [
        {"rule": PREMIUM, "path": "services/app.py", "symbol": "triage/converse.modelId", "model": OPUS, "count": 1}
    ]
    jsonschema.validate(found, json.loads(routelint_schemas.text("scan")))


def test_an_update_removes_what_is_fixed_and_accepts_nothing_new(repository: Path) -> None:
    routelint("baseline")
    (repository / "services" / "app.py").write_text(CALLS.format(LITE, LITE), "utf-8")
    (repository / "new.py").write_text(CALLS.format(OPUS, LITE), "utf-8")
    assert "match no finding any more" in status("scan", "--baseline", "routelint-baseline.json")[1]
    assert "removed" in status("baseline", "--update")[1]
    text = Path("routelint-baseline.json").read_text("utf-8")
    assert "services/app.py" not in "".join(line for line in text.splitlines() if PREMIUM in line)
    assert "new.py" not in text
    assert [each["path"] for each in scanned("--baseline", "routelint-baseline.json")["findings"]] == ["new.py"]
    assert "unchanged" in status("baseline", "--update")[1]


def test_entries_outside_of_the_paths_given_stay(repository: Path) -> None:
    routelint("baseline")
    (repository / "services" / "app.py").write_text(CALLS.format(LITE, LITE), "utf-8")
    (repository / "other" / "more.py").write_text(CALLS.format(LITE, LITE), "utf-8")
    for arguments in (["services"], ["services", "--update"]):
        status("baseline", *arguments)
        premium = [line for line in Path("routelint-baseline.json").read_text("utf-8").splitlines() if PREMIUM in line]
        assert ["other/more.py" in line for line in premium] == [True]


def test_a_rule_left_out_makes_no_entry_stale(repository: Path) -> None:
    routelint("baseline")
    found = json.loads(
        routelint("scan", "--format", "json", "--ignore", PREMIUM, "--baseline", "routelint-baseline.json").output
    )
    assert "stale" not in found
    assert "stale" not in json.loads(
        routelint("scan", "--format", "json", "--environment", "prod", "--baseline", "routelint-baseline.json").output
    )


def test_an_entry_of_a_rule_that_is_no_more_is_stale(repository: Path) -> None:
    entry = Accepted("services/app.py", "x", "rule-of-old")
    Path("b.json").write_text(baseline.dump([entry]), "utf-8")
    assert [each["rule"] for each in scanned("--baseline", "b.json")["stale"]] == ["rule-of-old"]


def test_rules_that_may_not_be_silenced_are_left_out_of_it(repository: Path) -> None:
    (repository / "routelint.yaml").write_text(
        f"version: 1\nrules: {{{PREMIUM}: {{severity: error, waivable: false}}}}\n", "utf-8"
    )
    assert "3 findings of rules that may not be silenced left out" in status("baseline")[1]
    assert PREMIUM not in Path("routelint-baseline.json").read_text("utf-8")
    assert status("scan", "--baseline", "routelint-baseline.json")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "--baseline", "no.json"], "no.json:1:1: cannot read the baseline: No such file or directory"),
        (["scan", "--baseline", "bad.json"], "bad.json:1:1: the baseline is no object"),
        (["scan", "--baseline", "services"], "services:1:1: cannot read the baseline"),
        (["baseline", "--update"], "there is no baseline 'routelint-baseline.json' to update"),
        (["baseline", "--output", "bad.json"], "bad.json:1:1: the baseline is no object"),
        (["baseline", "nowhere"], "path 'nowhere' does not exist"),
    ],
)
def test_a_baseline_that_cannot_be_used_ends_with_2(repository: Path, arguments: list[str], said: str) -> None:
    (repository / "bad.json").write_text("[]", "utf-8")
    code, output = status(*arguments)
    assert code == 2
    assert output.startswith(said)


def test_without_a_repository_paths_start_at_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_tree(tmp_path / "plain", {"services/app.py": CALLS.format(OPUS, LITE)})
    monkeypatch.chdir(root)
    status("baseline", "--output", "b.json")
    assert '"path": "services/app.py"' in Path("b.json").read_text("utf-8")
    monkeypatch.chdir(root / "services")
    assert status("scan", "--baseline", "../b.json")[0] == 0


def test_a_report_is_not_changed_by_a_baseline_that_accepts_nothing() -> None:
    report = Report(findings=(finding(),), notices=("a",))
    assert applied(report) == replace(report)
