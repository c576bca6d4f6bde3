"""Many repositories in one run: the list, the rows, what is written, and what is not scanned again."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import routelint_schemas
from commands import routelint, status
from git_repositories import commit
from routelint import fleet
from routelint.cli import fleet_scanning, fleet_store, session
from routelint.cli.fleet_scanning import Job
from routelint.fleet import Counts, Entry, Failed, Row, Scanned, Status
from routelint.output import fleet as printer
from routelint.output.printing import Printing
from scans import write_tree

TODAY = "2026-11-24"
OPUS = "us.anthropic.claude-opus-5-5"
DEAR = f'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = "{OPUS}"\n}}\n'
CHEAP = DEAR.replace(OPUS, "amazon.nova-lite-v1:0")
BROKEN = 'resource "aws_bedrockagent_agent" "a" {\n'
ANY_PATHS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\0"), min_size=1, max_size=12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list of three repositories: one with an error, one without, one that is not there."""
    write_tree(tmp_path, {"dear/main.tf": DEAR, "cheap/main.tf": CHEAP, "repos.txt": "dear\ncheap\ngone\n"})
    return tmp_path


def run(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    return status("fleet", folder / "repos.txt", "--jobs", "1", "--today", TODAY, *arguments)


def summary(folder: Path, *arguments: str | Path) -> dict[str, Any]:
    """The summary of a run, valid by its schema."""
    document = json.loads(run(folder, "--quiet", "--format", "json", *arguments)[1])
    validator = Draft202012Validator(json.loads(routelint_schemas.text("fleet")))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)] == []
    assert isinstance(document, dict)
    return document


def statuses(document: Mapping[str, Any]) -> dict[str, str]:
    return {each["path"]: each["status"] for each in document["repositories"]}


# The list.


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("services/pay", "services/pay"),
        ("  services/pay\t", "services/pay"),
        ("services/pay/", "services/pay"),
        ("services/pay\r", "services/pay"),
        ("/", "/"),
        ("my repository", "my repository"),
        ("services/pay  # the old one", "services/pay"),
        ("c#/pay", "c#/pay"),
        ("'services/pay #1'", "services/pay #1"),
        ('"it\'s"  # a comment', "it's"),
        ("' padded '", " padded "),
        ("it's", "it's"),
        ("-", "-"),
        (r"C:\repositories\pay", r"C:\repositories\pay"),
        ("ünïcode", "ünïcode"),
    ],
    ids=lambda value: repr(value),
)
def test_a_line_of_the_list_is_a_path(line: str, path: str) -> None:
    assert fleet.read_list(line.encode()) == ((Entry(1, path),), ())


@pytest.mark.parametrize("line", ["", "   ", "# services/pay", "  # services/pay", "\r"], ids=repr)
def test_a_line_of_the_list_is_left_out(line: str) -> None:
    assert fleet.read_list(line.encode()) == ((), ())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("'services/pay", "is not closed"),
        ("'services/pay' services/tickets", "text follows the closing quote"),
        ("'services/pay'# no blank before", "text follows the closing quote"),
        ("''", "the quotes are empty"),
        ('" "', "the quotes are empty"),
        ("https://example.com/pay.git", "an address"),
        ("git@example.com:pay.git", "an address"),
        ("pay\0tickets", "a control character"),
        ("'pay\x1b[2J'", "a control character"),
    ],
    ids=lambda value: repr(value),
)
def test_a_line_of_the_list_is_wrong(line: str, reason: str) -> None:
    entries, (wrong,) = fleet.read_list(b"# first\n" + line.encode())
    assert (entries, wrong.line) == ((), 2)
    assert reason in wrong.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_may_be_written_by_any_shell(encoding: str) -> None:
    assert fleet.read_list("pây\r\ntickets\r\n".encode(encoding)) == ((Entry(1, "pây"), Entry(2, "tickets")), ())


def test_a_name_that_is_not_utf_8_stays_the_name_of_the_folder() -> None:
    assert fleet.read_list(b"p\xe2y\n")[0] == (Entry(1, os.fsdecode(b"p\xe2y")),)


@given(st.binary(max_size=200))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf'")
@example("a\u2028b\x0cc".encode())
def test_any_bytes_are_a_list(data: bytes) -> None:
    entries, wrong = fleet.read_list(data)
    numbers = sorted([*(each.line for each in entries), *(each.line for each in wrong)])
    assert numbers == sorted(set(numbers))
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert not numbers or 1 <= numbers[0] <= numbers[-1] <= data.count(b"\n") + 1
    for each in entries:
        assert each.path
        assert not re.search(r"[\x00-\x1f\x7f]", each.path)
    assert all(each.reason for each in wrong)


@given(ANY_PATHS)
def test_what_is_quoted_is_kept_as_it_is(path: str) -> None:
    quote = "'" if '"' in path else '"'
    entries, wrong = fleet.read_list(f"{quote}{path}{quote}".encode())
    if quote in path or not path.strip() or re.search(r"[\x00-\x1f\x7f]", path):
        assert wrong or entries == (Entry(1, path.partition(quote)[0]),)
    else:
        assert entries == (Entry(1, path.rstrip("/") or "/"),)


@given(st.lists(ANY_PATHS, unique=True, max_size=20))
@example(["a/b", "a-b", "A-B", "a b", "../a/b", "a/./b", "con", "x" * 300, "/", "..", "‮", "\udcff"])
def test_names_of_files_are_safe_and_differ(places: list[str]) -> None:
    names = fleet.file_names(places)
    assert len(names) == len(places)
    assert len({name.lower() for name in names}) == len(places)
    for name in names:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name), name
        assert len(name) < 200
    assert names == tuple(fleet.file_names([place])[0] for place in places)


def test_names_of_files_differ_where_their_digits_are_made_to_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_DIGITS", 0)
    assert len(set(fleet.file_names(["a b", "a-b", "a+b"]))) == 3


def test_a_wrong_list_names_every_wrong_line_before_anything_is_scanned(folder: Path) -> None:
    write_tree(folder, {"repos.txt": "dear\n'open\nhttps://example.com/a\n"})
    code, message = run(folder, "--output-dir", folder / "out")
    assert code == 2
    shown = (folder / "repos.txt").as_posix()
    assert [line.partition(": ")[0] for line in message.splitlines()] == [f"{shown}:2:1", f"{shown}:3:1"]
    assert not (folder / "out").exists()


@pytest.mark.parametrize("text", [None, "", "# nothing\n\n"], ids=["no file", "empty", "comments only"])
def test_a_list_without_repositories_is_an_error(text: str | None, folder: Path) -> None:
    (folder / "repos.txt").unlink() if text is None else write_tree(folder, {"repos.txt": text})
    assert run(folder)[0] == 2


def test_the_list_is_read_from_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"cheap\n")))
    # Not by the runner of click, which has an input of its own.
    from routelint.cli import main

    assert main(["fleet", "-", "--jobs", "1", "--today", TODAY, "--quiet"]) == 0


def test_a_folder_named_twice_is_scanned_once_and_told(folder: Path) -> None:
    (folder / "link").symlink_to("dear")
    write_tree(folder, {"repos.txt": "dear\ncheap\n./cheap/../dear/\nlink\ngone\n./gone\n"})
    result = routelint("fleet", folder / "repos.txt", "--jobs", "1", "--format", "json")
    assert list(statuses(json.loads(result.stdout))) == ["cheap", "dear", "gone"]
    told = [line for line in result.stderr.splitlines() if "scanned once" in line]
    assert [re.findall(r":(\d+): .* of line (\d+)", line) for line in told] == [[("3", "1")], [("4", "1")], [("6", "5")]]


# The rows.


def test_each_repository_has_a_row_and_all_of_them_a_sum(folder: Path) -> None:
    document = summary(folder)
    assert statuses(document) == {"cheap": "ok", "dear": "findings", "gone": "failed"}
    cheap, dear, gone = document["repositories"]
    assert gone["reason"] == "there is no such folder"
    assert gone["findings"] is None
    assert dear["findings"]["error"] >= 1
    assert dear["rules"]["unjustified-premium-model"] == 1
    total = document["total"]
    assert total["repositories"] == 3
    assert total["statuses"] == {"failed": 1, "incomplete": 0, "findings": 1, "ok": 1}
    for severity in ("error", "warning", "note"):
        assert total["findings"][severity] == cheap["findings"][severity] + dear["findings"][severity]
    assert total["coverage"] == {"routes": 2, "resolved": 2, "unresolved": 0}
    assert total["rules"]["unjustified-premium-model"] == {"findings": 1, "repositories": 1}
    assert document["exit_status"] == 3


def test_the_table_says_all_of_it(folder: Path) -> None:
    code, text = run(folder, "--quiet")
    dear, gone = text.splitlines()
    assert (code, gone) == (3, "gone: failed: there is no such folder")
    assert re.fullmatch(r"dear: findings: 1 error, \d+ warnings? and \d+ notes?", dear)
    whole = routelint("fleet", folder / "repos.txt", "--jobs", "1", "--today", TODAY).stdout.splitlines()
    assert [line.split()[0] for line in whole[:6]] == ["repository", "cheap", "dear", "gone", "there", "total"]
    assert "3 repositories: 1 with findings that fail, 1 in order and 1 failed" in whole


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "never"], 0),
        (["--fail-on", "note"], 1),
        (["--exclude", "*.tf"], 0),
        (["--policy", "lenient.yaml"], 0),
        (["--policy", "wrong.yaml"], 2),
        (["--policy", "gone.yaml"], 2),
        (["--format", "sarif"], 2),
        (["--format", "sarif=out.sarif", "--output-dir", "out"], 2),
        (["--format", "github"], 2),
        (["--output-dir", "dear"], 2),
        (["--output-dir", "repos.txt"], 2),
        (["--engine", "spark"], 2),
        (["--engine", "dask://scheduler"], 2),
        (["--engine", "dask://scheduler:8786", "--jobs", "3"], 2),
        (["--jobs", "0"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_the_exit_status_is_that_of_the_contract(
    arguments: list[str], code: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(
        folder,
        {
            "repos.txt": "dear\ncheap\n",
            "lenient.yaml": "version: 1\nrules:\n  unjustified-premium-model: off\n",
            "wrong.yaml": "version: 1\nmodles: {}\n",
        },
    )
    monkeypatch.chdir(folder)
    jobs = [] if "--jobs" in arguments else ["--jobs", "1"]
    jobs = [] if any(each.startswith("dask") for each in arguments) else jobs
    assert status("fleet", "repos.txt", *jobs, *arguments)[0] == code


def test_the_worst_come_first_where_that_is_asked_for(folder: Path) -> None:
    assert list(statuses(summary(folder, "--sort", "worst"))) == ["gone", "dear", "cheap"]


def scanned(errors: int = 0, warnings: int = 0, incomplete: str = "", unread: int = 0, fail_on: str = "error") -> Scanned:
    return Scanned(Counts(errors=errors, warnings=warnings, unread=unread), incomplete=incomplete, fail_on=fail_on)


@pytest.mark.parametrize(
    ("outcome", "fail_on", "strict", "expected"),
    [
        (Failed("gone"), None, False, Status.FAILED),
        (scanned(errors=3, incomplete="a fault"), "never", False, Status.INCOMPLETE),
        (scanned(unread=1), None, True, Status.INCOMPLETE),
        (scanned(unread=1), None, False, Status.OK),
        (scanned(errors=1), None, False, Status.FINDINGS),
        (scanned(warnings=1), None, False, Status.OK),
        (scanned(warnings=1, fail_on="warning"), None, False, Status.FINDINGS),
        (scanned(warnings=1, fail_on="warning"), "error", False, Status.OK),
        (scanned(errors=1, fail_on="never"), None, False, Status.OK),
    ],
)
def test_a_status_follows_from_the_outcome_and_the_gate(
    outcome: Scanned | Failed, fail_on: str | None, strict: bool, expected: Status
) -> None:
    assert fleet.row("a", outcome, fail_on, strict=strict).status is expected


def test_hostile_names_are_harmless_in_every_output() -> None:
    rows = [Row("a\x1b[2J\u202e##[error]", Failed("b\x1b]0;x\x07\n::error::"), Status.FAILED, "b\x1b]0;x\x07\n::error::")]
    for text in (
        printer.text(rows, Printing("")),
        printer.text(rows, Printing("", quiet=True)),
        printer.json(rows, TODAY),
        printer.json_line(rows[0]),
    ):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]|##\[|^\s*::", text, re.MULTILINE)
    assert printer.json_line(rows[0]).count("\n") == 1


def test_lines_of_json_are_those_of_the_summary(folder: Path) -> None:
    lines = [json.loads(line) for line in run(folder, "--quiet", "--format", "jsonl")[1].splitlines()]
    document = summary(folder)
    assert lines[:-1] == document["repositories"]
    assert lines[-1] == {"total": document["total"], "exit_status": 3}


def test_the_schema_describes_every_field() -> None:
    schema = json.loads(routelint_schemas.text("fleet"))
    Draft202012Validator.check_schema(schema)

    def undescribed(part: Any, path: str) -> list[str]:
        found = [
            f"{path}/{name}"
            for name, each in part.get("properties", {}).items()
            if "description" not in each and "$ref" not in each
        ]
        for key, each in part.items():
            if isinstance(each, dict):
                found.extend(undescribed(each, f"{path}/{key}"))
        return found

    assert undescribed(schema, "fleet") == []


# Each repository by itself.


def test_every_repository_is_judged_by_its_own_policy(folder: Path) -> None:
    write_tree(folder, {"dear/routelint.yaml": "version: 1\nrules:\n  unjustified-premium-model: off\n"})
    document = summary(folder)
    assert statuses(document)["dear"] == "ok"
    assert [each["policy"] for each in document["repositories"]] == [None, "routelint.yaml", None]


def test_a_policy_with_faults_costs_its_repository(folder: Path) -> None:
    write_tree(folder, {"dear/routelint.yaml": "version: 1\nmodles: {}\nworkload: {}\n"})
    cheap, dear, _ = summary(folder)["repositories"]
    assert (cheap["status"], dear["status"]) == ("ok", "failed")
    assert dear["reason"].startswith("routelint.yaml:2:1: ")
    assert dear["reason"].endswith("(and 1 more)")


def test_repositories_that_are_not_trusted_have_no_say(folder: Path) -> None:
    trusting = "version: 1\nrules:\n  unjustified-premium-model: off\n"
    silenced = DEAR.replace("\n", "  # routelint: ignore[unjustified-premium-model] -- mine\n", 1)
    write_tree(folder, {"dear/routelint.yaml": trusting, "dear/main.tf": silenced, "strict.yaml": "version: 1\n"})
    assert statuses(summary(folder))["dear"] == "ok"
    assert statuses(summary(folder, "--no-repo-config"))["dear"] == "findings"
    document = summary(folder, "--no-repo-config", "--policy", folder / "strict.yaml")
    assert statuses(document)["dear"] == "findings"
    assert document["repositories"][1]["policy"] == "../strict.yaml"


def test_what_is_no_folder_costs_its_row(folder: Path) -> None:
    write_tree(folder, {"gone": "a file\n"})
    assert summary(folder)["repositories"][2]["reason"] == "it is a file; expected a folder"


def test_a_fault_of_ours_costs_its_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = session.open_session

    def failing(paths: Any, *arguments: Any, **named: Any) -> Any:
        if paths[0].name == "dear":
            raise KeyError("unforeseen")
        return real(paths, *arguments, **named)

    monkeypatch.setattr(fleet_scanning, "open_session", failing)
    result = routelint("fleet", folder / "repos.txt", "--jobs", "1", "--format", "json", "--output-dir", folder / "out")
    cheap, dear, _ = json.loads(result.stdout)["repositories"]
    assert (cheap["status"], dear["status"], result.return_value) == ("ok", "failed", 3)
    assert dear["reason"] == "routelint failed on it: KeyError: 'unforeseen'"
    assert "Traceback" in result.stderr
    assert "this is a fault of routelint" in result.stderr


def test_a_worker_with_another_routelint_is_not_believed(folder: Path) -> None:
    job = Job(str(folder / "cheap"), date(2026, 11, 24), program="another")
    assert fleet_scanning.scan(job) == Failed(
        "the worker runs another routelint or another Python than this one; install the same there"
    )


def test_the_full_report_is_that_of_a_scan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(folder, {"dear/.github/routelint.yml": "", "dear/a b.tf": BROKEN})
    out = folder / "out"
    dear = summary(folder, "--output-dir", out, *(f"--format={name}" for name in fleet_scanning.FORMATS if name != "json"))
    reports = dear["repositories"][1]["reports"]
    assert [name.partition(".")[2] for name in reports] == list(fleet_scanning.FORMATS.values())
    monkeypatch.chdir(folder / "dear")
    for name, report in zip(fleet_scanning.FORMATS, reports, strict=True):
        alone = routelint("scan", "--today", TODAY, "--format", f"{name}={folder / 'alone'}", ".")
        assert alone.return_value == 1
        assert (out / report).read_bytes() == (folder / "alone").read_bytes(), name
    assert json.loads((out / "fleet.json").read_bytes()) == dear


def test_reports_in_a_repository_are_not_scanned(folder: Path) -> None:
    write_tree(folder, {"repos.txt": ".\n"})
    before = summary(folder)["total"]
    assert summary(folder, "--output-dir", folder / "out [1]")["total"] == before
    assert summary(folder, "--output-dir", folder / "out [1]", "--no-resume")["total"] == before


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["scan", "cheap"], {"distributed", "dask", "routelint.cli.fleet", "routelint.fleet"}),
        (["fleet", "repos.txt", "--jobs", "2"], {"distributed", "dask"}),
    ],
    ids=["scan", "fleet"],
)
def test_nobody_pays_for_a_cluster_that_is_not_used(arguments: list[str], unwanted: set[str], folder: Path) -> None:
    code = (
        "import sys; from routelint.cli import main\n"
        "if __name__ == '__main__':\n"
        "    main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert not unwanted & set(done.stderr.split())


# What is not scanned again.

CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": lambda root: write_tree(root, {"main.tf": CHEAP}),
    "a new file": lambda root: write_tree(root, {"more.tf": CHEAP}),
    "a new file of no language": lambda root: write_tree(root, {"photo.png": b"\x89"}),
    "a file that is gone": lambda root: (root / "notes.txt").unlink(),
    "the policy": lambda root: write_tree(root, {"routelint.yaml": "version: 1\nextends: [shared.yaml]\nfail_on: warning\n"}),
    "what the policy extends": lambda root: write_tree(root, {"shared.yaml": "version: 1\nfail_on: note\n"}),
    "the code owners": lambda root: write_tree(root, {"CODEOWNERS": "* @somebody\n"}),
    "the commit, where approvals count": lambda root: commit(root, {}),
    "the code owners of the repository around it": lambda root: write_tree(root.parent, {"CODEOWNERS": "* @somebody\n"}),
}
APPROVED = """\
version: 1
extends: [shared.yaml]
justification:
  roles: {finance: {approvers: ["a@example.com"]}}
justifications:
  - id: FIN-1
    models: ["anthropic.claude-opus-5-5"]
    reason: The next tier down found too little.
    approvals: {finance: {by: a@example.com, on: 2026-09-01}}
    expires: 2027-02-01
"""


@pytest.fixture
def whole(folder: Path) -> Path:
    """A repository with a policy that extends another one, inside another repository; scanned once."""
    write_tree(folder, {"repos.txt": "dear\n"})
    if not (folder / ".git").exists():
        commit(folder, {".gitignore": "*\n", "CODEOWNERS": "* @nobody\n"})
    commit(
        folder / "dear",
        {
            "routelint.yaml": APPROVED,
            "shared.yaml": "version: 1\n",
            "notes.txt": "",
            "CODEOWNERS": "* @nobody\n",
            "main.tf": DEAR,
        },
    )
    assert again(folder) == 1
    return folder


def again(folder: Path, *arguments: str | Path) -> int:
    """How many repositories a run scans that an earlier one left."""
    lines = routelint(
        "fleet", folder / "repos.txt", "--jobs", "1", "--today", TODAY, "--output-dir", folder / "out", "-v", *arguments
    )
    done = [line for line in lines.stderr.splitlines() if line.startswith("[")]
    return sum(1 for line in done if ": unchanged: " not in line)


def test_what_is_unchanged_is_not_scanned_again(whole: Path) -> None:
    before = (whole / "out" / "fleet.json").read_bytes()
    assert again(whole) == 0
    assert again(whole, "--no-resume") == 1
    assert (whole / "out" / "fleet.json").read_bytes() == before


def test_a_fresh_clone_of_the_same_content_is_unchanged(whole: Path) -> None:
    os.utime(whole / "dear" / "main.tf", (1, 1))
    assert again(whole) == 0


@pytest.mark.parametrize("change", [name for name in CHANGES if "around" not in name])
def test_a_change_is_seen(change: str, whole: Path) -> None:
    CHANGES[change](whole / "dear")
    assert again(whole) == 1, change
    assert again(whole) == 0


def test_a_change_of_the_code_owners_above_is_seen(folder: Path) -> None:
    commit(folder, {"repos.txt": "dear\n", "CODEOWNERS": "* @nobody\n"})
    assert (again(folder), again(folder)) == (1, 0)
    CHANGES["the code owners of the repository around it"](folder / "dear")
    assert again(folder) == 1


def test_a_file_that_git_ignores_and_a_scan_reads_is_compared(folder: Path) -> None:
    call = (
        'module "a" {\n  source = "./ignored"\n  model  = "amazon.nova-lite-v1:0"\n}\nresource "aws_bedrockagent_agent" "a" {\n'
    )
    call += '  foundation_model = jsondecode(file("ignored/model.json")).id\n}\n'
    commit(folder / "dear", {".gitignore": "ignored/\n", "main.tf": call})
    write_tree(folder, {"dear/ignored/model.json": f'{{"id": "{OPUS}"}}', "repos.txt": "dear\n"})
    assert (again(folder), again(folder)) == (1, 0)
    write_tree(folder, {"dear/ignored/model.json": '{"id": "amazon.nova-lite-v1:0"}'})
    assert again(folder) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--today", "2026-11-25"],
        ["--environment", "prod"],
        ["--exclude", "tests"],
        ["--format", "sarif"],
        ["--policy", "shared.yaml"],
        ["--no-repo-config"],
    ],
    ids=" ".join,
)
def test_other_options_are_another_scan(arguments: list[str], whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(whole, {"shared.yaml": "version: 1\n"})
    monkeypatch.chdir(whole)
    assert again(whole, *arguments) == 1


@pytest.mark.parametrize("arguments", [["--fail-on", "note"], ["--strict"], ["--sort", "worst"]], ids=" ".join)
def test_how_a_result_is_weighed_is_no_other_scan(arguments: list[str], whole: Path) -> None:
    assert again(whole, *arguments) == 0


def test_another_program_scans_anew(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("fleet", "fleet_scanning", "fleet_state"):
        monkeypatch.setattr(f"routelint.cli.{module}.program", lambda: "another")
    assert again(whole) == 1


def state_of(whole: Path) -> Path:
    (path,) = (whole / "out" / fleet_store.STATES).iterdir()
    return path


def report_of(whole: Path) -> Path:
    (path,) = (each for each in (whole / "out").glob("*.json") if each.name != "fleet.json")
    return path


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a report that is gone": lambda whole: report_of(whole).unlink(),
    "a report that was edited": lambda whole: report_of(whole).write_text("{}", "utf-8"),
    "a state that is cut": lambda whole: state_of(whole).write_bytes(state_of(whole).read_bytes()[:40]),
    "a state of another version": lambda whole: edit(state_of(whole), {"version": 2}),
    "a state with a word for a number": lambda whole: edit(state_of(whole), {"scanned": {"counts": "many"}}),
    "a state with no scan": lambda whole: edit(state_of(whole), {"scanned": None}),
    "a report elsewhere": lambda whole: edit(state_of(whole), {"reports": {"../repos.txt": ""}}),
    "a gate that is none": lambda whole: edit(
        state_of(whole), {"scanned": {**json.loads(state_of(whole).read_bytes())["scanned"], "fail_on": "x"}}
    ),
    "a state that is a list": lambda whole: state_of(whole).write_text("[]", "utf-8"),
    "a state that nests without end": lambda whole: state_of(whole).write_text("[" * 100_000, "utf-8"),
}


def edit(path: Path, changes: Mapping[str, object]) -> None:
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}), "utf-8")


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_does_not_fit_together_is_not_believed(damage: str, whole: Path) -> None:
    before = (whole / "out" / "fleet.json").read_bytes()
    DAMAGES[damage](whole)
    assert again(whole) == 1
    assert (whole / "out" / "fleet.json").read_bytes() == before


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["version", "digest", "besides", "reports", "scanned", "counts", "rules", "policy"]), inner
            )
        ),
    )
)
def test_any_state_is_read_or_not_believed(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    store = fleet_store.Store(tmp_path_factory.mktemp("store"))
    store.open()
    (store.folder / fleet_store.STATES / "a.json").write_text(json.dumps(document), "utf-8")
    assert store.remembered("a") is None
