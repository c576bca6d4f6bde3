"""`scan --diff` and `--staged`: new, fixed and unchanged findings, swaps, and what was compared with what."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routelint_schemas
from commands import status
from git_repositories import commit, git
from routelint import changes, engine, model_id
from routelint.changes import Swap
from routelint.collect import DiskTree
from routelint.collect.revision import Blob, RevisionTree
from routelint.collect.tree import UnreadableError
from routelint.model import Choice, Finding, Kind, Known, Location, ModelReference, OneOf, Severity, Span, Unknown
from scans import write_tree

OPUS, SONNET, HAIKU = "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-haiku-5-5"
PREMIUM, SWAP = "unjustified-premium-model", "blind-model-swap"
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")


def {name}(text):
    return client.converse(modelId="{model}", messages=[text])
"""
AGENT = """\
resource "aws_bedrockagent_agent" "{name}" {{
  foundation_model = "{model}"
}}
"""


def call(model: str = OPUS, name: str = "triage") -> str:
    return CALL.format(model=model, name=name)


def agent(model: str = OPUS, name: str = "support") -> str:
    return AGENT.format(model=model, name=name)


# Routes


def choice(model: str, *environments: str) -> Choice:
    found = model_id.read(model)
    assert found is not None
    return Choice(found, environments=environments)


def route(
    *models: str | Choice,
    path: str = "app.py",
    symbol: str = "app:triage/converse",
    root: str = ".",
    sink: str = "converse",
    rest: str = "",
    kind: Kind = Kind.INVOKE,
    line: int = 1,
) -> ModelReference:
    choices = tuple(each if isinstance(each, Choice) else choice(each) for each in models)
    unknown = Unknown(rest) if rest else None
    value = (
        unknown
        if unknown and not choices
        else Known(choices[0])
        if len(choices) == 1 and not unknown
        else OneOf(choices, unknown)
    )
    assert value is not None
    return ModelReference(
        Location(path, Span(line, 1, line, 9), symbol), "python", kind, sink, value, Span(line, 1, line, 9), root
    )


def told(swaps: Sequence[Swap]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        ("+".join(each.model.id for each in swap.before), "+".join(each.model.id for each in swap.after), swap.environments)
        for swap in swaps
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([route(OPUS)], [route(OPUS)], []),
        ([route(OPUS)], [route(HAIKU)], [(OPUS, HAIKU, ())]),
        ([route(OPUS)], [route(f"us.{OPUS}")], []),
        ([route(OPUS)], [route(HAIKU, symbol="app:other/converse")], []),
        ([], [route(HAIKU)], []),
        ([route(OPUS)], [], []),
        ([route(OPUS, kind=Kind.GRANT)], [route(HAIKU, kind=Kind.GRANT)], []),
        ([route(rest="var.x has no value")], [route(HAIKU)], []),
        ([route(OPUS, rest="?")], [route(OPUS, HAIKU)], []),
        ([route(OPUS, rest="?")], [route(HAIKU)], [(OPUS, HAIKU, ())]),
        ([route(OPUS)], [route(HAIKU, rest="?")], [(OPUS, HAIKU, ())]),
        ([route(OPUS)], [route(rest="?")], []),
        ([route(OPUS)], [route(OPUS, HAIKU)], [(OPUS, f"{OPUS}+{HAIKU}", ())]),
        (
            [route(choice(OPUS, "prod"), choice(HAIKU, "dev"))],
            [route(choice(HAIKU, "prod"), choice(OPUS, "dev"))],
            [(HAIKU, OPUS, ("dev",)), (OPUS, HAIKU, ("prod",))],
        ),
        ([route(OPUS)], [route(choice(OPUS, "prod"), choice(HAIKU, "dev"))], [(OPUS, HAIKU, ("dev",))]),
        ([route(choice(OPUS, "prod"))], [route(choice(OPUS, "prod"), choice(HAIKU, "dev"))], []),
        (
            [route(choice(OPUS, "prod"), choice(OPUS, "staging"))],
            [route(choice(HAIKU, "prod"), choice(HAIKU, "staging"))],
            [(f"{OPUS}+{OPUS}", f"{HAIKU}+{HAIKU}", ("prod", "staging"))],
        ),
        ([route(OPUS, line=1), route(HAIKU, line=2)], [route(HAIKU, line=1), route(SONNET, line=2)], [(OPUS, SONNET, ())]),
        ([route(OPUS, root="envs/a")], [route(HAIKU, root="envs/b")], [(OPUS, HAIKU, ())]),
    ],
    ids=[
        "the same",
        "another model",
        "another scope of the same",
        "another route",
        "a new route",
        "a route that is gone",
        "a permission",
        "it could not be told before",
        "what came may have been there",
        "what was there is gone, for all that is not told",
        "what is there came, for all that is not told",
        "it cannot be told now",
        "one more model",
        "swapped between environments",
        "an environment of its own",
        "a new environment",
        "two environments alike",
        "a removed call moves no other",
        "another caller",
    ],
)
def test_swaps_of_routes(
    before: list[ModelReference], after: list[ModelReference], expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert told(changes.swaps(before, after)) == expected


MOVED = [
    ("a renamed file", {"path": "src/main.py", "symbol": "src.main:triage/converse"}, {"app.py": "src/main.py"}, True),
    ("a file moved elsewhere", {"path": "src/app.py", "symbol": "src.app:triage/converse"}, {}, True),
    ("the function in another file", {"path": "b.py", "symbol": "b:triage/converse"}, {}, True),
    ("another function in another file", {"path": "b.py", "symbol": "b:classify/converse"}, {}, False),
    ("another sink", {"path": "b.py", "symbol": "b:triage/converse", "sink": "invoke_model"}, {}, False),
]


@pytest.mark.parametrize(("place", "renames", "found"), [each[1:] for each in MOVED], ids=[each[0] for each in MOVED])
def test_a_route_is_followed(place: dict[str, str], renames: dict[str, str], found: bool) -> None:
    swaps = changes.swaps([route(OPUS)], [route(HAIKU, **place)], renames)  # type: ignore[arg-type]
    assert told(swaps) == ([(OPUS, HAIKU, ())] if found else [])


def test_moved_code_is_believed_only_where_one_name_left_and_came() -> None:
    gone = [route(OPUS, path=f"{name}/a.py", symbol="a:handler/converse") for name in "ab"]
    come = [route(HAIKU, path=f"{name}/b.py", symbol="b:handler/converse") for name in "cd"]
    assert changes.swaps(gone, come) == ()
    assert len(changes.swaps(gone[:1], come[:1])) == 1


def test_a_renamed_folder_renames_the_calling_root() -> None:
    renames = {"envs/prod/main.tf": "live/prod/main.tf", "envs/prod/a.tf": "live/prod/a.tf"}
    before = [route(OPUS, root="envs/prod"), route(HAIKU, root="envs/dev")]
    after = [route(OPUS, root="envs/dev"), route(OPUS, root="live/prod")]
    assert told(changes.swaps(before, after, renames)) == [(HAIKU, OPUS, ())]


ROUTES = st.lists(
    st.builds(
        lambda path, name, root, models, rest: route(*models, path=path, symbol=f"{path[:-3]}:{name}/x", root=root, rest=rest),
        st.sampled_from(["a.py", "b.py"]),
        st.sampled_from("xyz"),
        st.sampled_from([".", "r"]),
        st.lists(st.sampled_from([OPUS, SONNET, HAIKU]), min_size=1, max_size=2, unique=True),
        st.sampled_from(["", "?"]),
    ),
    max_size=6,
)


@given(ROUTES)
def test_nothing_is_swapped_between_a_revision_and_itself(routes: list[ModelReference]) -> None:
    assert changes.swaps(routes, routes) == ()
    assert changes.swaps(routes, list(reversed(routes))) == ()


@given(ROUTES, ROUTES)
def test_every_swap_names_models_of_both_sides(before: list[ModelReference], after: list[ModelReference]) -> None:
    for swap in changes.swaps(before, after):
        assert swap.reference in after
        assert swap.before
        assert swap.after
        assert {each.model.base for each in swap.before} != {each.model.base for each in swap.after}


# Findings


def finding(
    path: str = "app.py",
    symbol: str = "app:triage/x",
    model: str | None = OPUS,
    message: str = "m",
    line: int = 1,
    rule: str = PREMIUM,
) -> Finding:
    span = Span(line, 1, line, 2)
    return Finding(rule, Severity.ERROR, message, Location(path, span, symbol), span, model=model)


@pytest.mark.parametrize(
    ("after", "renames", "same"),
    [
        (finding(line=9), {}, True),
        (finding(message="other words"), {}, True),
        (finding(model=HAIKU), {}, False),
        (finding(rule="unknown-model"), {}, False),
        (finding(path="b.py", symbol="b:triage/x"), {"app.py": "b.py"}, True),
        (finding(path="b.py", symbol="b:triage/x"), {}, True),
        (finding(path="b.py", symbol="b:triage/x", message="other words"), {}, False),
        (finding(symbol="app:renamed/x"), {}, True),
        (finding(path="b.py", symbol="b:renamed/x"), {"app.py": "b.py"}, True),
        (finding(path="b.py", symbol="b:renamed/x"), {}, False),
        (finding(symbol="app:renamed/x", line=7), {}, False),
    ],
    ids=[
        "moved down",
        "said otherwise",
        "another model",
        "another rule",
        "a renamed file",
        "moved code",
        "moved code, said otherwise",
        "a renamed function",
        "a renamed function in a renamed file",
        "another function elsewhere",
        "another function on another line of code",
    ],
)
def test_findings_of_two_revisions(after: Finding, renames: dict[str, str], same: bool) -> None:
    texts = {1: "call(model)", 7: "call(other)", 9: "call(model)"}

    def line(each: Finding) -> str:
        return texts[each.location.span.start_line]

    found = changes.compare([finding()], [after], renames=renames, line_before=line, line_after=line)
    if same:
        assert (found.new, found.fixed, len(found.unchanged)) == ((), (), 1)
    else:
        assert (found.new, found.fixed, found.unchanged) == ((after,), (finding(),), ())


def test_of_several_at_a_place_the_one_that_says_the_same_is_the_same() -> None:
    before = [finding(message="lacks 'team'"), finding(message="lacks 'owner'")]
    after = [finding(message="lacks 'project'"), finding(message="lacks 'owner'"), finding(message="lacks 'stage'")]
    found = changes.compare(before, after)
    assert [each.message for each in found.new] == ["lacks 'stage'"]


def test_what_is_silenced_now_is_not_fixed() -> None:
    found = changes.compare([finding(), finding(model=HAIKU)], [], [finding(line=4)])
    assert found.fixed == (finding(model=HAIKU),)


FINDINGS = st.lists(
    st.builds(
        lambda path, name, model, message: finding(path, f"{path[:-3]}:{name}/x", model, message),
        st.sampled_from(["a.py", "b.py"]),
        st.sampled_from("xyz"),
        st.sampled_from([OPUS, HAIKU, None]),
        st.sampled_from("mn"),
    ),
    max_size=7,
)


@given(FINDINGS, FINDINGS)
def test_every_finding_is_on_one_side_of_the_ledger(before: list[Finding], after: list[Finding]) -> None:
    found = changes.compare(before, after)
    assert len(found.new) + len(found.unchanged) == len(after)
    assert len(found.fixed) + len(found.unchanged) == len(before)
    back = changes.compare(after, before)
    assert (len(back.new), len(back.fixed)) == (len(found.fixed), len(found.new))
    assert changes.compare(after, after).new == ()


# Trees


class MemoryStore:
    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        self.read: list[str] = []

    def size(self, blob_id: str) -> int | None:
        return None if blob_id not in self.contents else len(self.contents[blob_id])

    def stream(self, blob_id: str, take: Any) -> None:
        self.read.append(blob_id)
        take(self.contents[blob_id])


def test_a_revision_reads_what_is_unchanged_at_hand_and_follows_links_inside_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"same.py": "now", "b/changed.py": "now"})
    blobs = {
        "b/changed.py": Blob("1"),
        "link.py": Blob("2", link=True),
        "b/up.py": Blob("3", link=True),
        "out.py": Blob("4", link=True),
        "loop.py": Blob("5", link=True),
        "large.py": Blob("6"),
        "lost.py": Blob("7"),
        "absolute.py": Blob("8", link=True),
    }
    store = MemoryStore(
        {
            "1": b"then",
            "2": b"b/changed.py",
            "3": b"../same.py",
            "4": b"../out.py",
            "5": b"loop.py",
            "6": b"x" * 99,
            "8": b"/etc/passwd",
        }
    )
    tree = RevisionTree(blobs, store, DiskTree(tmp_path, ["same.py", "b/changed.py"]), frozenset(["same.py"]), ["large*"], 50)
    assert tree.paths() == ("absolute.py", "b/changed.py", "b/up.py", "link.py", "loop.py", "lost.py", "out.py", "same.py")
    read = {path: tree.read(path) for path in (*tree.paths(), "large.py", "absent.py")}
    assert read == {
        **dict.fromkeys(("absolute.py", "loop.py", "lost.py", "out.py", "large.py", "absent.py")),
        **{"b/changed.py": b"then", "link.py": b"then", "b/up.py": b"now", "same.py": b"now"},
    }
    with pytest.raises(UnreadableError, match="its content is not in this clone"):
        tree.stream("lost.py", lambda chunk: None)
    with pytest.raises(UnreadableError, match="a loop of symbolic links"):
        tree.stream("loop.py", lambda chunk: None)


# The command


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    commit(tmp_path / "r", {"app.py": call(), "infra/main.tf": agent()})
    git(tmp_path / "r", "checkout", "-q", "-b", "topic")
    monkeypatch.chdir(tmp_path / "r")
    return tmp_path / "r"


def compared(*arguments: str | Path, rules: Sequence[str] = (PREMIUM, SWAP)) -> dict[str, Any]:
    select = [each for rule in rules for each in ("--select", rule)]
    code, output = status("scan", "--format", "json", "--today", "2026-11-24", *select, *arguments)
    assert output.startswith("{"), output
    found: dict[str, Any] = json.loads(output)
    jsonschema.validate(found, json.loads(routelint_schemas.text("scan")))
    assert code == (1 if found["findings"] else 0)
    return found


def brief(found: dict[str, Any]) -> tuple[list[str], list[str], int]:
    """New and fixed findings as `rule path`, and the number of unchanged ones."""
    new = [f"{each['rule']} {each['path']}" for each in found["findings"]]
    fixed = [f"{each['rule']} {each['path']}" for each in found["diff"]["fixed"]]
    assert found["diff"]["new"] == len(new)
    return new, fixed, found["diff"]["unchanged"]


def test_new_fixed_and_unchanged(clone: Path) -> None:
    commit(clone, {"app.py": call(HAIKU), "new.py": call(name="other")})
    found = compared("--diff", "main")
    assert brief(found) == ([f"{SWAP} app.py", f"{PREMIUM} new.py"], [f"{PREMIUM} app.py"], 1)
    assert found["diff"]["ref"] == "main"
    assert found["diff"]["base"] == git(clone, "rev-parse", "main")


def test_the_commit_where_both_part_counts_and_not_the_tip(clone: Path) -> None:
    commit(clone, {"topic.md": ""})
    git(clone, "checkout", "-q", "main")
    fork = git(clone, "rev-parse", "HEAD")
    commit(clone, {"app.py": call(HAIKU), "infra/main.tf": agent(HAIKU)})
    git(clone, "checkout", "-q", "topic")
    found = compared("--diff", "main")
    assert brief(found) == ([], [], 2)
    assert found["diff"]["base"] == fork


def test_the_work_tree_counts_with_untracked_and_without_ignored_files(clone: Path) -> None:
    commit(clone, {".gitignore": "ignored/\n"})
    write_tree(clone, {"untracked.py": call(name="b"), "ignored/x.py": call(), "app.py": "\n\n" + call()})
    assert brief(compared("--diff", "HEAD")) == ([f"{PREMIUM} untracked.py"], [], 2)


def test_the_index_is_judged_where_asked(clone: Path) -> None:
    write_tree(clone, {"staged.py": call(name="b")})
    git(clone, "add", "-A")
    write_tree(clone, {"staged.py": call(HAIKU, name="b"), "untracked.py": call(name="c"), "app.py": call(HAIKU)})
    assert brief(compared("--staged")) == ([f"{PREMIUM} staged.py"], [], 2)
    assert brief(compared("--diff", "HEAD")) == ([f"{SWAP} app.py", f"{PREMIUM} untracked.py"], [f"{PREMIUM} app.py"], 1)
    commit(clone, {})
    write_tree(clone, {"app.py": call()})
    git(clone, "add", "-A")
    found = compared("--staged", "--diff", "main")
    assert found["diff"]["base"] == git(clone, "rev-parse", "main")
    assert brief(found)[0] == [f"{PREMIUM} untracked.py"]


def test_the_policy_of_the_index_governs_the_index(clone: Path) -> None:
    write_tree(clone, {"routelint.yaml": f"version: 1\nrules: {{{PREMIUM}: off}}\n"})
    assert brief(compared("--staged"))[2] == 2
    git(clone, "add", "-A")
    write_tree(clone, {"routelint.yaml": "version: 1\n"})
    assert brief(compared("--staged"))[2] == 0


def test_the_first_commit_is_all_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"app.py": call()})
    git(tmp_path, "add", "-A")
    monkeypatch.chdir(tmp_path)
    assert brief(compared("--staged")) == ([f"{PREMIUM} app.py"], [], 0)


def test_renamed_files_and_functions_bring_nothing_new(clone: Path) -> None:
    git(clone, "mv", "app.py", "service.py")
    (clone / "service.py").write_text(call(name="renamed") + "\n\nprint(1)\n", "utf-8")
    commit(clone, {"live/main.tf": agent(), "infra/main.tf": None})
    assert brief(compared("--diff", "main")) == ([], [], 2)


def test_a_swap_in_a_renamed_file_is_one(clone: Path) -> None:
    git(clone, "mv", "infra/main.tf", "infra/agents.tf")
    commit(clone, {"infra/agents.tf": agent(HAIKU)})
    assert brief(compared("--diff", "main", rules=[SWAP]))[0] == [f"{SWAP} infra/agents.tf"]


def test_a_file_renamed_behind_gits_back_is_followed(clone: Path) -> None:
    (clone / "app.py").rename(clone / "service.py")
    found = compared("--diff", "HEAD")
    assert brief(found) == ([], [], 2)


def test_a_model_that_moves_into_a_variable_is_no_swap(clone: Path) -> None:
    variable = f'variable "model" {{ default = "{OPUS}" }}\n'
    commit(clone, {"infra/main.tf": variable + agent().replace(f'"{OPUS}"', "var.model")})
    assert brief(compared("--diff", "main", rules=[SWAP])) == ([], [], 0)


def test_environments_are_compared_one_by_one(clone: Path) -> None:
    both = {"infra/main.tf": 'variable "model" {}\n' + agent().replace(f'"{OPUS}"', "var.model")}
    base = commit(clone, {**both, "infra/prod.tfvars": f'model = "{OPUS}"\n', "infra/dev.tfvars": f'model = "{HAIKU}"\n'})
    commit(clone, {"infra/prod.tfvars": f'model = "{SONNET}"\n'})
    found = compared("--diff", base, rules=[SWAP])
    assert [(each["model"], each["environments"]) for each in found["findings"]] == [(SONNET, ["prod"])]


def test_paths_choose_what_is_reported_on_both_sides(clone: Path) -> None:
    git(clone, "mv", "app.py", "service.py")
    commit(clone, {"new.py": call(name="b"), "infra/main.tf": agent(HAIKU)})
    assert brief(compared("--diff", "main", "service.py")) == ([], [], 1)
    assert brief(compared("--diff", "main", "new.py")) == ([f"{PREMIUM} new.py"], [], 0)


def test_a_folder_below_the_root_is_compared_with_itself(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(clone, {"infra/more.tf": agent(name="more"), "other.py": call(name="b")})
    assert brief(compared("--diff", "main", "infra")) == ([f"{PREMIUM} more.tf"], [], 1)
    monkeypatch.chdir(clone / "infra")
    assert brief(compared("--diff", "main")) == ([f"{PREMIUM} more.tf"], [], 1)


def test_each_side_is_judged_by_its_own_policy(clone: Path) -> None:
    base = commit(clone, {"routelint.yaml": f"version: 1\nrules: {{{PREMIUM}: off}}\n"})
    commit(clone, {"routelint.yaml": f"version: 1\nrules: {{{PREMIUM}: warning}}\n"})
    found = compared("--diff", base, "--fail-on", "warning")
    assert brief(found) == ([f"{PREMIUM} app.py", f"{PREMIUM} infra/main.tf"], [], 0)
    assert "each side is judged by its own" in "".join(found["notices"])


@pytest.mark.parametrize("old", [None, "version: 9\n"], ids=["no policy", "a faulty one"])
def test_a_first_policy_is_the_yardstick_of_both_sides(clone: Path, old: str | None) -> None:
    base = commit(clone, {"routelint.yaml": old} if old else {})
    commit(clone, {"routelint.yaml": "version: 1\nextends: [strict]\n"})
    found = compared("--diff", base)
    assert brief(found) == ([], [], 2)
    assert "both sides are judged by the new one" in "".join(found["notices"])


def test_a_removed_justification_makes_what_it_covered_new(clone: Path) -> None:
    directive = f"    # routelint: ignore[{PREMIUM}] until=2027-01-31 -- measured, OPS-1\n    return"
    base = commit(clone, {"app.py": call().replace("    return", directive)})
    commit(clone, {"app.py": call()})
    assert brief(compared("--diff", base)) == ([f"{PREMIUM} app.py"], [], 1)
    commit(clone, {"app.py": call().replace("    return", directive)})
    found = compared("--diff", "HEAD~1")
    assert brief(found) == ([], [], 1)
    assert len(found["suppressed"]) == 1


def test_a_baseline_and_a_comparison_go_together(clone: Path) -> None:
    status("baseline")
    commit(clone, {"new.py": call(name="b")})
    found = compared("--diff", "main", "--baseline", "routelint-baseline.json")
    assert brief(found) == ([f"{PREMIUM} new.py"], [], 0)
    assert len(found["suppressed"]) == 2


def test_links_and_large_and_odd_files_of_both_sides(clone: Path) -> None:
    (clone / "link.py").symlink_to("app.py")
    (clone / "out.py").symlink_to("/etc/hostname")
    (clone / "folder").symlink_to("infra")
    base = commit(clone, {"large.py": call() + "#" * 10_500_000, "bad.py": b"\xff\xfe\x00bedrock", "söm e.py": call(name="s")})
    commit(clone, {"app.py": call(HAIKU)})
    found = compared("--diff", base)
    assert brief(found) == ([f"{SWAP} app.py", f"{SWAP} link.py"], [f"{PREMIUM} app.py", f"{PREMIUM} link.py"], 2)


def test_a_sparse_work_tree_compares_what_is_there(clone: Path) -> None:
    git(clone, "sparse-checkout", "set", "--no-cone", "/app.py")
    assert not (clone / "infra").exists()
    assert brief(compared("--diff", "main")) == ([], [], 1)
    assert brief(compared("--staged")) == ([], [], 2)


def test_submodules_are_what_they_are_now(clone: Path, tmp_path: Path) -> None:
    commit(tmp_path / "library", {"lib.py": call(name="lib")})
    git(clone, "submodule", "--quiet", "add", (tmp_path / "library").as_uri(), "vendor/library")
    base = commit(clone, {})
    assert brief(compared("--diff", base)) == ([], [], 3)
    commit(clone / "vendor" / "library", {"lib.py": call(name="lib"), "more.py": call(name="more")})
    commit(clone, {})
    found = compared("--diff", base)
    assert brief(found) == ([], [], 4)
    assert "what changed inside of submodule 'vendor/library' is not compared" in "".join(found["notices"])


def test_a_partial_clone_says_what_to_fetch(clone: Path, tmp_path: Path) -> None:
    commit(clone, {"app.py": call(HAIKU)})
    git(clone, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--branch=topic", clone.as_uri(), str(partial))
    code, said = status("scan", str(partial), "--diff", "origin/main")
    assert code == 2
    assert "this clone lacks the contents of 1 files" in said
    git(partial, "diff", "--stat", "origin/main")
    assert status("scan", str(partial), "--diff", "origin/main", "--select", SWAP)[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--diff", "nope"], "git ref 'nope' does not exist here"),
        (["--diff=-x"], "'-x' is no git ref"),
        (["--diff="], "'' is no git ref"),
    ],
)
def test_a_ref_that_cannot_be_used_ends_with_2(clone: Path, arguments: list[str], said: str) -> None:
    code, output = status("scan", *arguments)
    assert code == 2
    assert output.startswith(said)


@pytest.mark.parametrize("arguments", [["--diff", "main"], ["--staged"]])
def test_without_a_repository_there_is_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(write_tree(tmp_path, {"app.py": call()}))
    code, output = status("scan", *arguments)
    assert code == 2
    assert output.startswith("no git repository holds")


def test_the_summary_says_what_was_compared(clone: Path) -> None:
    commit(clone, {"app.py": call(HAIKU), "new.py": call(name="other")})
    short = git(clone, "rev-parse", "main")[:7]
    select = ("--select", PREMIUM)
    told = f"1 new, 1 fixed, 1 unchanged against main ({short})"
    assert told in status("scan", "--diff", "main", *select)[1].splitlines()
    assert (
        f"::notice title=routelint::{told}" in status("scan", "--diff", "main", "--format", "github", *select)[1].splitlines()
    )
    for profile, states in (("github", ["new"]), ("full", ["new", "absent"])):
        arguments = ("scan", "--diff", "main", "--format", "sarif", "--sarif-profile", profile, *select)
        run = json.loads(status(*arguments)[1])["runs"][0]
        assert sorted(each["baselineState"] for each in run["results"]) == sorted(states)
        assert run["properties"]["diff"]["base"] == git(clone, "rev-parse", "main")
    assert "no new findings" in status("scan", "--diff", "HEAD", *select)[1]


def test_where_nothing_differs_one_scan_is_both_sides(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: list[str] = []
    resolve = engine.resolve

    def counted(*arguments: Any, **options: Any) -> engine.Resolved:
        resolved.append("once")
        return resolve(*arguments, **options)

    monkeypatch.setattr(engine, "resolve", counted)
    compared("--diff", "HEAD")
    assert len(resolved) == 1
    write_tree(clone, {"app.py": call(HAIKU)})
    compared("--diff", "HEAD")
    assert len(resolved) == 3


def test_the_clone_is_left_as_it_was(clone: Path) -> None:
    write_tree(clone, {"app.py": call(HAIKU), "staged.py": call()})
    git(clone, "add", "staged.py")
    os.utime(clone / "infra" / "main.tf", (1, 1))
    before = {path: path.stat().st_mtime_ns for path in clone.rglob("*") if path.is_file()}
    compared("--diff", "main")
    compared("--staged")
    assert before == {path: path.stat().st_mtime_ns for path in clone.rglob("*") if path.is_file()}


def test_a_finding_keeps_its_fingerprint_in_a_comparison(clone: Path) -> None:
    commit(clone, {"new.py": call(name="b")})
    alone = [each for each in json.loads(status("scan", "--format", "json")[1])["findings"] if each["path"] == "new.py"]
    found = [each for each in compared("--diff", "main", rules=[])["findings"] if each["path"] == "new.py"]
    assert [each["fingerprint"] for each in found] == [each["fingerprint"] for each in alone]
