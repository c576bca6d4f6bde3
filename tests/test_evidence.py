"""Evaluation records: what is read from them, what is refused and where, and which of them speaks for a model."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routelint import catalog, evidence
from routelint.cli import main
from routelint.evidence import Content, Record, Records, Score
from routelint.model import Location
from routelint.noninferiority import Outcome, Pairs, pairs_planned
from routelint.policy.conforms import conforms, schema
from routelint.policy.source import parse, plain
from routelint.source import MemoryTree
from routelint_rules.stale_evidence import PLACE, POLICY, RECORD, TRIAGE
from scans import TODAY, policy_of, resolve, scan, write_tree

DATASET = TRIAGE["evals/golden.jsonl"]
SHA256 = hashlib.sha256(DATASET.encode()).hexdigest()
WITHOUT_PAIRS = RECORD.partition("pairs:")[0]
ROWS = "evals/evidence/rows.jsonl"


def load(files: Mapping[str, str | bytes], policy: str = POLICY, base: str = "") -> Records:
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    records = evidence.load(MemoryTree(data), replace(policy_of(policy), base=base), catalog.load())
    assert records is not None
    return records


def one(text: str, **others: str | bytes) -> Record:
    records = load({PLACE: text, **{name.replace("__", "/"): content for name, content in others.items()}})
    assert not records.faults
    (record,) = records.records
    return record


def unplaced(record: Record) -> Record:
    here = Location("")
    arms = [None if each is None else each._replace(location=here) for each in (record.to_arm, record.from_arm)]
    assert arms[0] is not None
    dataset = record.dataset._replace(location=here)
    return replace(record, location=here, dataset=dataset, to_arm=arms[0], from_arm=arms[1])


def faults(text: str, others: dict[str, str | bytes] | None = None) -> list[str]:
    records = load({PLACE: text, **(others or {})})
    assert not records.records
    return [str(fault).removeprefix(f"{PLACE}:") for fault in records.faults]


def test_a_record_is_read_whole() -> None:
    record = one(
        RECORD.replace("score: {value: 0.954}", "score: {value: 0.954, low: 0.94, high: 0.966, confidence: 0.9}")
        + f"prompt: {{sha256: sha256:{SHA256.upper()}}}\nnotes: a first look\n"
    )
    assert (record.workload, record.on, record.metric) == ("ticket-triage", date(2026, 11, 2), "accuracy")
    assert (record.tool, record.sample_size) == ("inspect-ai 0.3.285", 900)
    assert (record.dataset.path, record.dataset.sha256) == ("evals/golden.jsonl", SHA256)
    assert record.prompt is not None
    assert (record.prompt.path, record.prompt.sha256) == (None, SHA256)
    assert record.pairs == Pairs(838, 19, 21, 22)
    assert record.from_arm is not None
    assert record.from_arm.identity == "anthropic.claude-opus-5-5"
    assert record.to_arm.model == "global.anthropic.claude-haiku-5-5"
    assert record.to_arm.identity == "anthropic.claude-haiku-5-5"
    assert record.to_arm.score == Score(0.954, 0.94, 0.966, 0.9)
    assert (record.to_arm.p50_latency_ms, record.to_arm.p95_latency_ms) == (700, 1900)


def test_tokens_and_cost_are_read() -> None:
    record = one(RECORD.replace("p95: 1900}", "p95: 1900}\n  tokens: {input: 810000, output: 36000}\n  cost_usd: 0.93"))
    assert (record.to_arm.input_tokens, record.to_arm.output_tokens, record.to_arm.cost_usd) == (810000, 36000, 0.93)


def test_json_is_read_like_yaml_tabs_included() -> None:
    tree = plain(parse(RECORD, "x")[0])
    assert isinstance(tree, dict)
    path = PLACE.replace(".yaml", ".json")
    written = json.dumps({"$schema": "https://example.com/evidence.schema.json", **tree}, indent="\t")
    records = load({path: written})
    assert not records.faults
    (record,) = records.records
    assert unplaced(record) == unplaced(one(RECORD))
    assert (record.location.path, record.location.span.start_line) == (path, 5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version: 1\n", "", "1:1: key 'version' is missing; expected 'version: 1'"),
        ("date: 2026-11-02", "date: 2026-11-31", "3:7: date is '2026-11-31'; expected a day that exists, as YYYY-MM-DD"),
        ("metric:", "metrik:", "5:1: unknown key 'metrik'; expected one of "),
        ("size: 900", "size: many", "6:14: sample_size is 'many'; expected a whole number"),
        ("size: 900", "size: 0", "6:14: sample_size is 0; expected at least 1"),
        (f"sha256: {SHA256}", "sha256: 51ab", "9:11: dataset.sha256 is '51ab'; expected 64 hexadecimal digits, as sha256sum"),
        ("path: evals/", "path: /evals/", "8:9: dataset.path is '/evals/golden.jsonl'; expected a path in the repository"),
        ("path: evals/", "path: ../evals/", "8:9: path is '../evals/golden.jsonl'; expected a path in the repository, without"),
        ("  model: global.anthropic.claude-haiku-5-5\n", "", "14:1: key 'model' is missing; expected it in to"),
        (RECORD[RECORD.index("to:\n") : RECORD.index("pairs:")], "to:\n", "14:1: key 'to' has no value; expected it"),
        ("score: {value: 0.954}", "score:", "16:3: key 'score' has no value; expected it in to"),
        ("value: 0.954", "value: good", "16:18: to.score.value is 'good'; expected a number"),
        ("value: 0.954", "value: 0.954, low: 0.9", "16:10: to.score has one limit of its interval; expected both 'low' and"),
        (
            "value: 0.954",
            "value: 0.954, low: 0.96, high: 0.97",
            "16:10: to.score.value is 0.954, outside its interval from 0.96 to 0.97; expected low <= value <= high",
        ),
        ("p95: 1900", "p95: 600", "17:15: to.latency_ms.p50 is 700, above the p95 of 600; expected p50 <= p95"),
        ("both: 838", "both: 800", "18:1: the pairs are 862 samples and sample_size is 900; expected as many pairs as samples"),
        ("both: 838", "both: -1", "18:15: pairs.both is -1; expected at least 0"),
        (
            "workload: ticket-triage",
            "workload: ticket-traige",
            "2:11: workload 'ticket-traige' is not declared in the policy; expected one of ticket-triage; nearest 'ticket-tri",
        ),
        ("workload: ticket-triage", "workload: [a", "3:5: not YAML: "),
        (RECORD, "", "1:1: the record is empty; expected at least 'version: 1'"),
        (RECORD, "- 1\n", "1:1: the record is a list; expected a mapping that starts with 'version: 1'"),
    ],
)
def test_a_fault_is_told_at_its_place_with_what_was_expected(old: str, new: str, said: str) -> None:
    assert old in RECORD
    assert any(fault.startswith(said) for fault in faults(RECORD.replace(old, new))), faults(RECORD.replace(old, new))


def test_every_fault_is_told_at_once_and_sound_records_are_kept() -> None:
    broken = RECORD.replace("size: 900", "size: 0").replace("2026-11-02", "2026-02-30")
    records = load({PLACE: RECORD, "evals/evidence/b.yaml": broken, "evals/evidence/deep/c.yml": "workload: x\n"})
    assert len(records.records) == 1
    assert [(fault.path, fault.line) for fault in records.faults if fault.path.endswith("b.yaml")] == [
        ("evals/evidence/b.yaml", 3),
        ("evals/evidence/b.yaml", 6),
    ]
    assert len([fault for fault in records.faults if fault.path.endswith("c.yml")]) == 6


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"\0binary", b"\xc3\x28", b"a: &a [*a]", b"[" * 5000, b"{" * 5000, b"x" * 1_000_001, b"a: !!python/x 1"],
)
def test_hostile_records_are_faults(data: bytes) -> None:
    records = load({PLACE: data, "evals/evidence/x.json": data})
    assert not records.records
    assert {fault.path for fault in records.faults} == {PLACE, "evals/evidence/x.json"}


def test_aliases_do_not_multiply() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "holds more than 50000 values" in faults(bomb)[0]


def test_records_do_not_add_up_to_more_than_is_read() -> None:
    large = RECORD + "notes: " + "x" * 9_000 + "\n" + "# " + "y" * 900_000
    records = load({f"evals/evidence/{number:02}.yaml": large for number in range(14)})
    assert len(records.records) == 11
    assert [fault.path for fault in records.faults] == [f"evals/evidence/{number}.yaml" for number in (11, 12, 13)]


def test_rows_named_again_and_again_are_not_worked_through_for_ever() -> None:
    rows = '{"id": 1, "from": 1, "to": 1}\n' + (" " * 900_000 + "\n") * 10
    records = load({f"evals/evidence/{number:02}.yaml": with_rows(1) for number in range(40)} | {ROWS: rows})
    assert len(records.records) == 29
    assert {fault.fact for fault in records.faults} == {"the records name more than 256 MiB of files"}


def test_a_dataset_is_hashed_once_however_it_is_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[bytes] = []
    whole = Content.of

    def watched(data: bytes) -> Content:
        hashed.append(data)
        return whole(data)

    monkeypatch.setattr(Content, "of", watched)
    files = {f"evals/evidence/{n}.yaml": RECORD.replace("evals/golden", "./" * n + "evals/golden") for n in range(5)}
    records = load({**files, "evals/golden.jsonl": DATASET})
    assert len(records.records) == 5
    assert len(hashed) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_faults(data: bytes) -> None:
    records = load({PLACE: data, ROWS: data})
    assert records.records or records.faults


@given(data=st.data())
@settings(max_examples=200)
def test_a_mutated_record_is_read_or_told(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(RECORD)))
    end = data.draw(st.integers(start, min(len(RECORD), start + 12)))
    text = RECORD[:start] + data.draw(st.text("0123456789abc:{}[],-. \n'&*", max_size=6)) + RECORD[end:]
    records = load({PLACE: text})
    assert len(records.records) + bool(records.faults) == 1


VALIDATOR = jsonschema.Draft202012Validator(schema("evidence"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.5, "x", "", "../x", SHA256, "2026-11-02"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["path", "sha256", "model", "value"]), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(list(schema("evidence")["properties"])), VALUES))
def test_what_the_quick_check_accepts_the_schema_accepts(changes: dict[str, object]) -> None:
    tree = plain(parse(RECORD, "x")[0])
    assert isinstance(tree, dict)
    whole = {**tree, **changes}
    assert not conforms(whole, schema("evidence")) or VALIDATOR.is_valid(whole)  # type: ignore[arg-type]


def test_the_schema_is_one_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("evidence"))
    assert all("description" in part for part in schema("evidence")["properties"].values())
    assert conforms(plain(parse(RECORD, "x")[0]), schema("evidence"))


# Rows: what they are, and the faults they can have.

WIDE = (
    '{"id": 1, "from": 1, "to": true}\n\n{"id": "b", "from": "pass", "to": 0.0, "latency": 3}\n{"id": 3, "from": 0, "to": 1}\n'
)
LONG = (
    '{"id": 1, "arm": "from", "score": 1}\n{"id": 2, "arm": "from", "score": 0}\n'
    '{"id": 2, "arm": "to", "score": 0}\n{"id": 1, "arm": "to", "score": 1}\n'
)


def with_rows(size: int, path: str = ROWS) -> str:
    return WITHOUT_PAIRS.replace("size: 900", f"size: {size}") + f"samples: {path}\n"


@pytest.mark.parametrize(
    ("path", "rows", "pairs"),
    [
        (ROWS, WIDE, Pairs(1, 1, 1, 0)),
        (ROWS, LONG, Pairs(1, 0, 0, 1)),
        (ROWS, WIDE.replace("\n", "\r\n"), Pairs(1, 1, 1, 0)),
        ("evals/rows.csv", "id,from,to\n1,1,0\n2,true,pass\n", Pairs(1, 1, 0, 0)),
        ("evals/rows.CSV", 'to,id , from\r\nfail,"a,\nb",0\r\n\r\n', Pairs(0, 0, 0, 1)),
        ("evals/rows.csv", "id,arm,score\n1,from,1\n1,to,0\n", Pairs(0, 1, 0, 0)),
    ],
    ids=["a row a sample", "a row a sample and model", "line endings of Windows", "CSV", "quoted CSV", "long CSV"],
)
def test_pairs_are_counted_from_rows(path: str, rows: str, pairs: Pairs) -> None:
    records = load({PLACE: with_rows(pairs.size, path), path: rows})
    assert not records.faults
    assert records.records[0].pairs == pairs


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('{"id": 1, "from": 1}\n', "1:1: this row holds no results of two models; expected the keys 'id', 'from' and 'to', or"),
        ('{"from": 1, "to": 1}\n', "1:1: this row has no 'id'; expected a text or number"),
        ('\n {"id": true, "from": 1, "to": 1}\n', "2:2: this row has no 'id'"),
        ('{"id": 1, "from": 0.7, "to": 1}\n', "1:1: from of sample '1' is '0.7'; expected 1 or 0, true or false"),
        ('{"id": 1, "from": NaN, "to": 1}\n', "1:1: from of sample '1' is 'nan'"),
        ('{"id": 1, "from": 1, "to": 1}\n' * 2, "2:1: sample '1' is repeated; first on line 1; expected each sample once"),
        ('{"id": 1, "arm": "from", "score": 1}\n', "1:1: sample '1' has no result for 'to'; expected one for each model"),
        ('{"id": 1, "arm": "opus", "score": 1}\n', "1:1: arm is 'opus'; expected 'from' or 'to'"),
        ("[1]\n", "1:1: this row is no object; expected an object"),
        ('{"id": 1,\n', "1:10: not JSON: "),
        ("[" * 100_000, "1:1: not JSON that can be read: too deep"),
        (f'{{"id": {"9" * 5000}}}', "1:1: not JSON that can be read"),
        (b"\0", "1:1: cannot read the rows: binary"),
    ],
)
def test_a_fault_of_a_row_is_told_at_its_line(rows: str | bytes, said: str) -> None:
    records = load({PLACE: with_rows(1), ROWS: rows})
    assert not records.records
    assert str(records.faults[0]).removeprefix(f"{ROWS}:").startswith(said)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("id,from,to\n1,1\n", "2:1: this row has 2 cells; expected 3, as the header has"),
        ('id,from,to\n1,"x"y,1\n', "2:1: not CSV: "),
        ("id,from,to\n1," + "1" * 200_000 + ",1\n", "2:1: not CSV: field larger"),
        ("a,b\n1,2\n", "2:1: this row has no 'id'"),
    ],
)
def test_a_fault_of_csv_is_told_at_its_line(rows: str, said: str) -> None:
    records = load({PLACE: with_rows(1, "rows.csv"), "rows.csv": rows})
    assert str(records.faults[0]).removeprefix("rows.csv:").startswith(said)


def test_a_file_of_other_rows_does_not_fill_the_screen() -> None:
    records = load({PLACE: with_rows(1), ROWS: '{"a": 1}\n' * 1000})
    assert len(records.faults) == 21


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            with_rows(1, "evals/none.jsonl"),
            "there is no readable file 'evals/none.jsonl'; expected a JSONL or CSV file of rows",
        ),
        (RECORD + f"samples: {ROWS}\n", "'samples' stands beside 'pairs'; expected one of them"),
        (
            RECORD[: RECORD.index("from:")] + RECORD[RECORD.index("to:") :],
            "'pairs' stands in a record of one model; expected the model compared with, as 'from'",
        ),
    ],
)
def test_pairs_must_be_there_once_and_of_two_models(record: str, said: str) -> None:
    assert any(said in fault for fault in faults(record))


# The tree: what is read of it, and where.


def test_nothing_is_read_where_no_workload_is_declared() -> None:
    assert evidence.load(MemoryTree({PLACE: b"{broken"}), policy_of(None), catalog.load()) is None


def test_only_json_and_yaml_below_the_folder_are_records() -> None:
    broken = dict.fromkeys(("evals/x.yaml", "evals/evidence.yaml", "evals/evidence/rows.csv", "evals/evidence/README.md"), "{")
    records = load({**broken, PLACE: RECORD})
    assert not records.faults
    assert len(records.records) == 1


def test_the_folder_is_the_policys() -> None:
    records = load({"quality/a.yaml": RECORD, PLACE: "{"}, f"{POLICY}evidence: {{folder: ./quality/}}\n")
    assert (len(records.records), records.faults) == (1, ())


def test_below_the_repository_paths_are_still_those_of_the_policy() -> None:
    policy = POLICY.replace("evals/golden", "services/evals/golden") + "evidence: {folder: services/evidence}\n"
    record = RECORD.replace("evals/golden", "services/evals/golden")
    records = load({"evidence/a.yaml": record, "evals/golden.jsonl": DATASET}, policy, base="services/")
    assert (len(records.records), records.faults, records.in_reach) == (1, (), True)
    assert records.contents["services/evals/golden.jsonl"] == evidence.Content((SHA256,))


def test_a_folder_outside_the_scanned_root_is_out_of_reach() -> None:
    records = load({"app.py": ""}, base="services/")
    assert (records.records, records.in_reach) == ((), False)
    assert not records.lack("evals/golden.jsonl")


def test_rows_outside_the_scanned_root_are_left_unread() -> None:
    records = load({"a.yaml": with_rows(3)}, f"{POLICY}evidence: {{folder: services}}\n", base="services/")
    (record,) = records.records
    assert record.pairs_unread
    policy = policy_of(POLICY)
    assert evidence.compare(record, policy.workloads[0], policy) is None


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (DATASET, True),
        (DATASET.replace("\n", "\r\n"), True),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize 67\n", True),
        (f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 67\n", False),
        (DATASET + "\n", False),
        ("", False),
    ],
    ids=["the same", "line endings of Windows", "a pointer to it", "a pointer to another", "one line more", "nothing"],
)
def test_the_content_of_the_dataset_decides(content: str, counts: bool) -> None:
    records = load({PLACE: RECORD, "evals/golden.jsonl": content})
    assert (standing(records) is not None) is counts


def standing(records: Records, today: date = TODAY, policy: str = POLICY) -> Record | None:
    governing = policy_of(policy)
    return evidence.stand(records, governing.workloads[0], "anthropic.claude-haiku-5-5", governing, today).record


def test_a_dataset_that_is_not_in_the_tree_is_not_compared() -> None:
    records = load({PLACE: RECORD})
    assert records.lack("evals/golden.jsonl")
    assert standing(records) is not None


@pytest.mark.parametrize(
    ("today", "policy", "counts"),
    [
        (date(2026, 11, 2), POLICY, True),
        (date(2026, 11, 1), POLICY, False),
        (date(2027, 1, 31), POLICY, True),
        (date(2027, 2, 1), POLICY, False),
        (date(2026, 12, 2), POLICY.replace("minimum:", "max_age_days: 30, minimum:"), True),
        (date(2026, 12, 3), POLICY.replace("minimum:", "max_age_days: 30, minimum:"), False),
        (date(2026, 11, 24), POLICY.replace("metric: accuracy", "metric: f1"), False),
        (date(2026, 11, 24), POLICY.replace("evals/golden", "./evals/golden"), True),
    ],
    ids=["its day", "the future", "day 90", "day 91", "day 30 of 30", "day 31 of 30", "another metric", "another spelling"],
)
def test_a_record_counts_by_its_day_metric_and_dataset(today: date, policy: str, counts: bool) -> None:
    assert (standing(load({PLACE: RECORD}, policy), today, policy) is not None) is counts


def test_the_newest_record_that_counts_speaks() -> None:
    records = load(
        {
            "evals/evidence/a.yaml": RECORD.replace("11-02", "11-01"),
            "evals/evidence/b.yaml": RECORD,
            "evals/evidence/c.yaml": RECORD.replace("11-02", "11-20").replace("accuracy", "f1"),
        }
    )
    found = standing(records)
    assert found is not None
    assert found.on == date(2026, 11, 2)


def test_intervals_decide_where_there_are_no_pairs() -> None:
    policy = policy_of(POLICY)
    text = WITHOUT_PAIRS.replace("value: 0.952", "value: 0.95, low: 0.948, high: 0.952")
    record = one(text.replace("value: 0.954", "value: 0.95, low: 0.948, high: 0.952"))
    comparison = evidence.compare(record, policy.workloads[0], policy)
    assert comparison is not None
    assert comparison.outcome is Outcome.PASS
    assert evidence.compare(one(text), policy.workloads[0], policy) is None


# The command line.


def run(folder: Path, *arguments: str) -> int:
    return main(["scan", str(folder), "--today", str(TODAY), *arguments])


def test_a_faulty_record_ends_the_scan_with_2_and_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = RECORD.replace("size: 900", "size: 0").replace("2026-11-02", "2026-02-30")
    monkeypatch.chdir(write_tree(tmp_path, {**TRIAGE, "routelint.yaml": POLICY, PLACE: broken}).parent)
    assert run(tmp_path, "--format", "json") == 2
    output = capsys.readouterr()
    place = f"{tmp_path.name}/{PLACE}"
    assert output.err.splitlines() == [
        f"{place}:3:7: date is '2026-02-30'; expected a day that exists, as YYYY-MM-DD",
        f"{place}:6:14: sample_size is 0; expected at least 1",
    ]
    report = json.loads(output.out)
    assert [(each["path"], each["line"]) for each in report["errors"]] == [(PLACE, 3), (PLACE, 6)]
    assert report["coverage"] == {"routes": 1, "resolved": 1, "unresolved": 0}


def test_a_fault_is_told_once_on_a_terminal_whatever_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_tree(
        tmp_path, {**TRIAGE, "routelint.yaml": POLICY, PLACE: RECORD.replace("size: 900", "size: 0"), ".git/x": ""}
    )
    for arguments in (["--quiet"], []):
        assert main(["scan", str(folder / "triage/app.py"), "--today", str(TODAY), *arguments]) == 2
        output = capsys.readouterr()
        assert (output.out + output.err).count("sample_size is 0; expected at least 1") == 1
        assert "unparsable-file" not in output.out


def test_a_sound_record_of_another_dataset_is_a_finding_and_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {**TRIAGE, "routelint.yaml": POLICY, PLACE: RECORD.replace("evals/golden", "evals/other")}
    assert run(write_tree(tmp_path, files), "--format", "json") == 0
    findings = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["rule"] == "stale-evidence"]
    assert [(each["path"], each["line"]) for each in findings] == [(PLACE, 9)]


# What the practice asks: no blind swap, and the golden dataset before any change.

SWAPPED = ("blind-model-swap", "stale-evidence", "quality-below-minimum", "missing-golden-dataset", "latency-above-target")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({PLACE: None}, {"blind-model-swap"}),
        ({PLACE: RECORD.replace("11-02", "01-02")}, {"blind-model-swap", "stale-evidence"}),
        ({PLACE: RECORD.replace("value: 0.954", "value: 0.5")}, {"quality-below-minimum"}),
        ({PLACE: RECORD.replace("p95: 1900", "p95: 9000")}, {"latency-above-target"}),
        ({}, set()),
    ],
    ids=["no record", "an old record", "a bad one", "a slow one", "a good one"],
)
def test_a_swap_is_blind_until_its_record_is_there(files: dict[str, str | None], expected: set[str], tmp_path: Path) -> None:
    before = {**TRIAGE, "triage/app.py": TRIAGE["triage/app.py"].replace("haiku", "opus")}
    after = {path: text for path, text in {**TRIAGE, **files}.items() if text is not None}
    report = scan(write_tree(tmp_path / "after", after), POLICY, before=write_tree(tmp_path / "before", before))
    assert {each.rule for each in report.findings} & set(SWAPPED) == expected


def test_records_below_the_folder_give_no_routes(tmp_path: Path) -> None:
    text = 'client.converse(modelId="anthropic.claude-opus-5-5")  # bedrock-runtime\nmodel_id: anthropic.claude-opus-5-5\n'
    folder = write_tree(tmp_path, {PLACE: text, "config/models.yaml": text})
    paths = {each.location.path for each in resolve(folder, policy_of(None)).references}
    assert paths == {"config/models.yaml"}


MANUAL = (Path(__file__).parents[1] / "docs" / "evidence.md").read_text("utf-8")


def test_the_record_of_the_manual_is_read() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    assert one(text).pairs == Pairs(838, 19, 21, 22)


def test_the_rows_of_the_manual_are_counted() -> None:
    (rows,) = re.findall(r"```json\n(.*?)```", MANUAL, re.DOTALL)
    assert one(with_rows(2), **{ROWS.replace("/", "__"): rows}).pairs == Pairs(1, 1, 0, 0)


def test_the_plan_of_the_manual_is_what_the_formula_says() -> None:
    plan = {float(margin): int(size.replace(",", "")) for margin, size in re.findall(r"(0\.\d+) needs ([\d,]+)", MANUAL)}
    assert len(plan) == 3
    assert plan == {margin: pairs_planned(0.10, margin, 0.95) for margin in plan}
