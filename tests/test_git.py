"""What git is asked, and that the repository asked about runs, fetches and changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from git_repositories import commit, git
from routelint.catalog import load as load_catalog
from routelint.cli import history, session
from routelint.cli.git import Repository, open_repository
from routelint.cli.judging import changed_on
from routelint.cli.objects import GitError
from routelint.cli.sides import staged_side
from routelint_rules import RULES
from scans import TODAY, write_tree

FILES = {"app.py": "print(1)\nprint(2)\n", "infra/main.tf": "# one\n# two\n# three\n"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    commit(tmp_path / "r", FILES)
    return tmp_path / "r"


def content(repository: Repository, blob_id: str) -> bytes:
    chunks: list[bytes] = []
    repository.store.stream(blob_id, chunks.append)
    return b"".join(chunks)


def said(folder: Path, ref: str) -> str:
    with open_repository(folder) as repository, pytest.raises(GitError) as caught:
        repository.base(ref)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_a_commit_is_read_file_by_file(clone: Path) -> None:
    odd = {"söme dir/ä b.py": "ä", "tab\there.tf": "", 'quote".tf': "x", "empty": ""}
    commit(clone, odd)
    (clone / "link.py").symlink_to("app.py")
    commit(clone, {})
    with open_repository(clone / "infra") as repository:
        head = repository.head()
        assert head is not None
        entries = repository.entries(head)
        assert sorted(entries) == sorted([*FILES, *odd, "link.py"])
        assert content(repository, entries["söme dir/ä b.py"].id) == "ä".encode()
        assert content(repository, entries["empty"].id) == b""
        assert [path for path, entry in entries.items() if entry.is_link] == ["link.py"]
        assert repository.store.size(entries["app.py"].id) == len(FILES["app.py"])
        assert repository.store.size("0" * 40) is None
        assert entries == repository.index_entries()


@pytest.mark.skipif(os.name == "nt", reason="names that are not UTF-8 do not exist there")
def test_names_that_are_not_utf8_keep_their_bytes(clone: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    commit(clone, {name: "x"})
    with open_repository(clone) as repository:
        head = repository.head()
        assert head is not None
        assert name in repository.entries(head)


def test_a_difference_follows_renames_and_knows_what_is_staged(clone: Path) -> None:
    first = git(clone, "rev-parse", "HEAD")
    git(clone, "mv", "infra/main.tf", "infra/agents.tf")
    (clone / "app.py").write_text("print(3)\n", "utf-8")
    with open_repository(clone) as repository:
        base = repository.commit(first)
        assert repository.difference(base, staged=True).touched == {"infra/main.tf"}
        everything = repository.difference(base, staged=False)
        assert everything.touched == {"infra/main.tf", "app.py"}
        assert everything.renames == {"infra/main.tf": "infra/agents.tf"}
        assert repository.unstaged() == {"app.py"}


def test_a_base_is_where_two_branches_part(clone: Path) -> None:
    fork = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "-q", "-b", "topic")
    commit(clone, {"topic.py": ""})
    git(clone, "checkout", "-q", "main")
    commit(clone, {"main.py": ""})
    git(clone, "checkout", "-q", "topic")
    with open_repository(clone) as repository:
        base = repository.base("main")
        assert (base.ref, base.id, base.short) == ("main", fork, fork[:7])
        assert repository.base(fork[:10]).id == fork
        assert repository.base("HEAD").id == git(clone, "rev-parse", "topic")


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("-x", "'-x' is no git ref"),
        ("--output=/tmp/x", "'--output=/tmp/x' is no git ref"),
        ("", "'' is no git ref"),
        ("mian", "git ref 'mian' does not exist here; did you mean 'main'?"),
        ("release", "git ref 'release' does not exist here; did you mean 'origin/release'?"),
        ("zzz", "git ref 'zzz' does not exist here; expected a branch, a tag or a commit; 'git fetch origin zzz:"),
        ("HEAD:app.py", "git ref 'HEAD:app.py' does not exist here"),
        ("HEAD..HEAD", "git ref 'HEAD..HEAD' does not exist here"),
        ("1" * 40, "git ref '1111"),
    ],
)
def test_a_ref_that_does_not_exist_is_told_with_the_way_to_one(clone: Path, ref: str, expected: str) -> None:
    git(clone, "update-ref", "refs/remotes/origin/release", "HEAD")
    assert said(clone, ref).startswith(expected)


def test_unrelated_histories_have_no_base(clone: Path) -> None:
    git(clone, "checkout", "-q", "--orphan", "other")
    commit(clone, {"x": ""})
    assert "they have no commit in common" in said(clone, "main")


def test_before_the_first_commit_there_is_nothing_to_compare(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with open_repository(tmp_path) as repository:
        assert repository.head() is None
        assert repository.entries(repository.nothing()) == {}
    assert said(tmp_path, "HEAD") == "git ref 'HEAD' does not exist here; expected a branch, a tag or a commit; " + (
        "'git fetch origin HEAD:refs/remotes/origin/HEAD' brings a branch and its history"
    )


def test_a_shallow_clone_says_what_it_lacks(clone: Path, tmp_path: Path) -> None:
    fork = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "-q", "-b", "topic")
    for number in range(3):
        commit(clone, {f"topic{number}.py": ""})
    git(clone, "checkout", "-q", "main")
    commit(clone, {"main.py": ""})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=topic", clone.as_uri(), str(shallow))
    assert said(shallow, "main").startswith(
        "git ref 'main' does not exist here; this clone is shallow; 'git fetch origin main:"
    )
    git(shallow, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    told = said(shallow, "origin/main")
    assert "this clone is shallow and its history ends before" in told
    assert "'git fetch --unshallow'" in told
    assert "'fetch-depth: 0'" in told
    git(shallow, "fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    with open_repository(shallow) as repository:
        assert repository.base("origin/main").id == fork


def test_without_git_or_a_repository_an_error_says_so(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match="no git repository holds"), open_repository(tmp_path / "plain"):
        pass
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(GitError, match="git is not installed or not on PATH"), open_repository(clone):
        pass


def test_a_broken_repository_is_an_error_and_no_traceback(clone: Path) -> None:
    (clone / ".git" / "config").write_text("[core\n", "utf-8")
    with pytest.raises(GitError, match="git cannot read the repository"), open_repository(clone):
        pass


def test_a_lost_object_is_an_error(clone: Path) -> None:
    for path in (clone / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(b"damaged")
    with open_repository(clone) as repository, pytest.raises(GitError):
        repository.base("main")


def test_linked_work_trees_and_sha256_are_repositories_too(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    with open_repository(tmp_path / "linked") as repository:
        assert repository.base("main").id == git(clone, "rev-parse", "main")
        assert not repository.difference(repository.commit("main"), staged=False).touched
    git(tmp_path, "init", "-q", "--object-format=sha256", "sha256")
    head = commit(tmp_path / "sha256", FILES)
    with open_repository(tmp_path / "sha256") as repository:
        assert repository.algorithm == "sha256"
        assert sorted(repository.entries(repository.base(head))) == sorted(FILES)


# The repository is not trusted


HOSTILE = """\
[core]
	fsmonitor = {run}
	sshCommand = {run}
	pager = {run}
	editor = {run}
	hooksPath = hooks
	attributesFile = attributes
	alternateRefsCommand = {run}
[diff]
	external = {run}
[diff "evil"]
	textconv = {run}
	command = {run}
[filter "evil"]
	clean = {run}
	smudge = {run}
	process = {run}
	required = true
[log]
	showSignature = true
[gpg]
	program = {run}
[alias]
	ls-tree = !{run}
	merge-base = !{run}
	rev-parse = !{run}
[blame]
	ignoreRevsFile = /dev/zero
[remote "origin"]
	url = ext::{run}
	promisor = true
	partialclonefilter = blob:none
	uploadpack = {run}
[extensions]
	partialClone = origin
"""


@pytest.mark.skipif(os.name == "nt", reason="the trap is a shell script")
def test_nothing_that_the_repository_names_is_run_and_nothing_is_written(clone: Path, tmp_path: Path) -> None:
    commit(clone, {".gitattributes": "* filter=evil diff=evil\n"})
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >> {sprung}\nexit 1\n', "utf-8")
    trap.chmod(0o755)
    config = clone / ".git" / "config"
    written = config.read_text("utf-8").replace("repositoryformatversion = 0", "repositoryformatversion = 1")
    config.write_text(written + HOSTILE.format(run=trap), "utf-8")
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(trap, clone / ".git" / "hooks" / hook)
    (clone / "app.py").write_text("print(5)\nprint(2)\n", "utf-8")
    os.utime(clone / "infra" / "main.tf", (1, 1))
    before = {path: path.stat().st_mtime_ns for path in (clone / ".git").rglob("*") if path.is_file()}
    with open_repository(clone) as repository:
        base = repository.base("main")
        difference = repository.difference(base, staged=False)
        repository.difference(base, staged=True)
        repository.unstaged()
        entries = repository.entries(base)
        assert content(repository, entries["app.py"].id) == FILES["app.py"].encode()
        assert repository.store.size("f" * 40) is None
        assert repository.blame("app.py", [1, 2], 20, b"print(5)\nprint(2)\n")
        assert repository.blame("app.py", [1], 20, base)
        with pytest.raises(GitError):
            repository.commit("e" * 40)
    assert "app.py" in difference.touched
    assert not sprung.exists(), sprung.read_text("utf-8")
    assert before == {path: path.stat().st_mtime_ns for path in (clone / ".git").rglob("*") if path.is_file()}
    subprocess.run(["git", "status"], cwd=clone, capture_output=True, check=False)
    assert sprung.exists(), "the trap does not work"


def test_the_environment_does_not_lead_git_elsewhere(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    commit(elsewhere, {"other.py": ""})
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(elsewhere))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(elsewhere / ".git" / "objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor=touch x'")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    with open_repository(clone) as repository:
        assert sorted(repository.entries(repository.base("main"))) == sorted(FILES)
    assert not (tmp_path / "trace").exists()


def test_the_index_of_a_partial_commit_is_the_one_git_names(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(clone / ".git" / "index", clone / ".git" / "next-index")
    (clone / "new.py").write_text("", "utf-8")
    git(clone, "add", "new.py")
    monkeypatch.chdir(clone)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    with open_repository(clone) as repository:
        assert "new.py" not in repository.index_entries()
        side = staged_side(repository)
        assert "new.py" not in side.collect(clone, [], lambda done, whole: None).tree.paths()


# When a line changed


POLICY = """\
version: 1
justification:
  roles:
    product: {approvers: ["p@example.com"]}
justifications:
  - id: FIN-1
    models: ["anthropic.claude-*"]
    routes: ["**"]
    environments: ["**"]
    reason: Needed.
    approvals:
      product: {by: p@example.com, on: 2026-02-02}
    expires: 2027-01-01
"""
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="{0}", messages=[])
"""
OPUS, SONNET = "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5"


def days(folder: Path) -> dict[str, date] | None:
    opened = session.open_session([folder], None, TODAY, rule_ids=[rule.id for rule in RULES], quiet=True)
    found = changed_on(opened)
    return None if found is None else {f"{place.path}:{place.span.start_line}": day for place, day in found.items()}


def test_a_model_that_replaced_another_after_the_approval_has_a_day(tmp_path: Path) -> None:
    commit(tmp_path / "r", {"routelint.yaml": POLICY, "app.py": CALL.format(SONNET)}, day="2026-02-03")
    commit(tmp_path / "r", {"app.py": CALL.format(OPUS)}, day="2026-05-09", author_day="2026-05-06")
    assert days(tmp_path / "r") == {"app.py:3": date(2026, 5, 6)}
    commit(tmp_path / "r", {"app.py": "# moved\n" + CALL.format(OPUS)}, day="2026-06-01")
    assert days(tmp_path / "r") == {"app.py:4": date(2026, 5, 6)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"routelint.yaml": POLICY, "app.py": CALL.format(OPUS)}, {"other.py": ""}),
        ({"app.py": CALL.format(SONNET)}, {"routelint.yaml": POLICY, "app.py": CALL.format(OPUS)}),
        ({"routelint.yaml": POLICY}, {"app.py": CALL.format(OPUS)}),
        ({"routelint.yaml": POLICY, "app.py": "x = 1\n"}, {"app.py": CALL.format(OPUS)}),
        ({"routelint.yaml": POLICY, "app.py": CALL.format(OPUS)}, {"app.py": CALL.format(OPUS).replace("[]", "[1]")}),
    ],
    ids=["nothing changed", "approved in the same commit", "a new file", "a new route", "the line around it"],
)
def test_no_day_is_told_where_no_model_changed_after_its_approval(
    tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    commit(tmp_path / "r", first, day="2026-02-03")
    commit(tmp_path / "r", second, day="2026-05-06")
    assert days(tmp_path / "r") == {}


def test_what_is_not_committed_has_no_day(tmp_path: Path) -> None:
    commit(tmp_path / "r", {"routelint.yaml": POLICY, "app.py": CALL.format(SONNET)}, day="2026-02-03")
    write_tree(tmp_path / "r", {"app.py": CALL.format(OPUS), "untracked.py": CALL.format(OPUS)})
    assert days(tmp_path / "r") == {}


def test_without_history_nothing_is_known(tmp_path: Path) -> None:
    write_tree(tmp_path / "plain", {"routelint.yaml": POLICY, "app.py": CALL.format(OPUS)})
    assert days(tmp_path / "plain") is None


def test_a_shallow_clone_knows_no_days(tmp_path: Path) -> None:
    commit(tmp_path / "r", {"routelint.yaml": POLICY, "app.py": CALL.format(SONNET)}, day="2026-02-03")
    commit(tmp_path / "r", {"app.py": CALL.format(OPUS)}, day="2026-05-06")
    git(tmp_path, "clone", "-q", "--depth=1", (tmp_path / "r").as_uri(), str(tmp_path / "shallow"))
    assert days(tmp_path / "shallow") is None


def test_the_time_for_history_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(tmp_path / "r", {"routelint.yaml": POLICY, "app.py": CALL.format(SONNET)}, day="2026-02-03")
    commit(tmp_path / "r", {"app.py": CALL.format(OPUS)}, day="2026-05-06")
    monkeypatch.setattr(history, "SECONDS", 0)
    assert days(tmp_path / "r") == {}


def test_blame_is_read_line_by_line() -> None:
    text = (
        "a1 1 1 2\nauthor A\nauthor-time 5\ncommitter-time 7\nprevious b0 old name.py\nfilename x\n\tfirst\n"
        "a1 2 2\n\ta1 3 9 1\nc2 3 3 1\nauthor-time 1\ncommitter-time 2\nboundary\nfilename x\n\tauthor-time 99\n"
    )
    found = history.parse(text)
    assert sorted(found) == [1, 2, 3]
    assert found[1] == found[2]
    assert (found[1].written, found[1].committed, found[1].previous, found[1].boundary) == (5, 7, "b0:old name.py", False)
    assert (found[3].written, found[3].boundary, found[3].previous) == (1, True, "")


def test_the_catalog_knows_the_models_of_these_tests() -> None:
    known = load_catalog()
    assert all(known.knows(name) for name in (OPUS, SONNET))
