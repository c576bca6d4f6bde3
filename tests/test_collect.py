from __future__ import annotations

import errno
import functools
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint import surfaces
from routelint.collect import Collected, collect, listing, markers, matching, patterns, sought, units
from routelint.collect.matching import Matcher
from routelint.collect.tree import CHUNK_BYTES, DiskTree, UnreadableError
from routelint.model import Kind
from routelint.surfaces import Surface

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")
not_as_root = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")

MODEL = "us.amazon.nova-lite-v1:0"


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def git(root: Path, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def unit(collected: Collected, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for each in collected.units:
        if each.language == language:
            return each.paths, each.marked
    return (), ()


def paths(root: Path) -> list[str]:
    return list(collect(root).tree.paths())


# Units and markers.


def test_files_are_sorted_into_units_and_marked(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.tf": 'resource "aws_bedrockagent_agent" "a" {}',
            "variables.tf": 'variable "name" {}',
            "agent.tf.json": '{"resource": {"aws_bedrockagent_agent": {"a": {}}}}',
            "prod.auto.tfvars.json": '{"ParameterKey": "AWS::X"}',
            "prod.tfvars": f'model = "{MODEL}"',
            "terragrunt.hcl": "inputs = {}",
            "plan.json": '{"format_version": "1.2", "terraform_version": "1.9", "planned_values": {}}',
            "template.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n",
            "stack.json": '{"Resources": {"A": {"Type": "AWS::Bedrock::Agent"}}}',
            "flow.asl.json": '{"StartAt": "A", "States": {}}',
            "params.json": '[{"ParameterKey": "ModelId", "ParameterValue": "x"}]',
            "samconfig.toml": "[prod.deploy.parameters]",
            "app.py": "import litellm\n",
            "plain.py": "print('hello')\n",
            "note.ipynb": '{"cells": ["boto3.client(\\"bedrock-runtime\\")"]}',
            "config.yaml": f"model: {MODEL}\n",
            "app.ts": "export {}",
            ".env.example": f"MODEL={MODEL}",
            "README.md": f"uses {MODEL}",
            "package-lock.json": f'{{"model": "{MODEL}"}}',
            "bundle.min.js": f'm="{MODEL}"',
            "app.js.map": f'{{"model": "{MODEL}"}}',
            "types.d.ts": f'type M = "{MODEL}"',
            "terraform.tfstate": f'{{"model": "{MODEL}"}}',
        },
    )
    collected = collect(tmp_path)
    assert unit(collected, "terraform") == (
        ("agent.tf.json", "main.tf", "plan.json", "prod.auto.tfvars.json", "prod.tfvars", "terragrunt.hcl", "variables.tf"),
        ("agent.tf.json", "main.tf", "prod.tfvars"),
    )
    assert unit(collected, "cloudformation") == (
        ("flow.asl.json", "params.json", "samconfig.toml", "stack.json", "template.yaml"),
        ("stack.json",),
    )
    assert unit(collected, "python") == (("app.py", "note.ipynb", "plain.py"), ("app.py", "note.ipynb"))
    assert unit(collected, "text") == ((".env.example", "app.ts", "config.yaml"), (".env.example", "config.yaml"))
    assert [each.language for each in collected.units] == ["terraform", "cloudformation", "python", "text"]
    assert collected.files == 18
    assert collected.errors == ()
    assert "README.md" in collected.tree.paths()


def test_a_folder_that_holds_nothing_gives_no_unit(tmp_path: Path) -> None:
    collected = collect(tmp_path)
    assert (collected.units, collected.files, collected.errors) == ((), 0, ())


@pytest.mark.parametrize(
    ("content", "marked"),
    [
        pytest.param("client = boto3.client('BEDROCK-runtime')", True, id="service in capitals"),
        pytest.param("answer = self.client.converse(**request)", True, id="runtime call without the service"),
        pytest.param("client.invoke_model_with_response_stream(body=b)", True, id="longer runtime call"),
        pytest.param("MODEL = 'anthropic.claude-v2'", True, id="identifier"),
        pytest.param("from strands import Agent", True, id="framework with its own default"),
        pytest.param("import os, litellm", False, id="import behind another in one line"),
        pytest.param("x = 1\nimport  litellm", True, id="import with two blanks"),
        pytest.param("# the two strands of this story", False, id="framework's name in prose"),
        pytest.param("url = 'https://amazon.com/x'", False, id="provider's name alone"),
        pytest.param("anthropic.messages.create()", False, id="provider's module"),
        pytest.param("", False, id="empty"),
    ],
)
def test_markers_of_python(tmp_path: Path, content: str, marked: bool) -> None:
    write(tmp_path, {"app.py": content})
    assert (unit(collect(tmp_path), "python")[1] == ("app.py",)) is marked


def test_every_python_surface_with_its_own_default_is_marked_by_its_import() -> None:
    found = markers.derive(surfaces.load("python"))
    for row in surfaces.load("python"):
        package = row.symbol.split(".")[0].split("(")[0].strip()
        if row.default is None or row.kind is None or not package.isidentifier() or "*" in row.carrier:
            continue
        name = row.symbol.split("(")[0].split(" ")[0].split(".")[-1]
        line = f"from {row.symbol.split('(')[0].rsplit('.', 1)[0]} import {name}\n"
        assert found.found(line.encode()), row.symbol


@pytest.mark.parametrize("provider", sorted(markers.STEMS))
def test_every_stem_is_found_across_a_chunk(provider: str) -> None:
    stem = provider + markers.STEMS[provider].split("|")[0].replace("(?:ai)?\\", "").replace("[rv]\\d", "r1")
    found = markers.derive(())
    assert found.found(f"x = '{stem.upper()}'".encode())
    assert len(stem) < markers.OVERLAP_BYTES


MATCHERS: dict[str, Callable[[], Matcher]] = {
    "one after the other": lambda: matching.Plain(sought),
    "one pass": lambda: matching.OnePass(sought, units.WORDS),
    "at once": lambda: matching.Hyperscan(sought, units.WORDS),
}


@functools.cache
def matcher(name: str) -> Matcher:
    if name == "at once":
        pytest.importorskip("hyperscan")
    return MATCHERS[name]()


QUICK = sorted(MATCHERS.keys() - {"one after the other"})
EVERY_MARKER = sorted({word for language in units.LANGUAGES for word in (*sought(language).words, *sought(language).packages)})
IDENTIFIERS = [b"ai21.j2", b"deepseek.r1", b"deepseek.v3", b"moonshot.kimi", b"moonshotai.kimi"]
IDENTIFIERS += [
    f"{provider}{stem}".encode()
    for provider, stems in markers.STEMS.items()
    for stem in stems.split("|")
    if stem.isalnum() and provider.endswith(".")
]
PIECES = [
    b"import",
    b"from",
    b" ",
    b"\t",
    b"\n",
    b" " * 9,
    b"bedroc",
    b"x",
    b"\xff",
    b"\0",
    b"anthropic.",
    b"claude",
    b"ai.kimi",
    b"",
]
PIECES += [b"Type", b"'", b'"', b":", b"AWS:", b"{", *units.WORDS, *EVERY_MARKER, *IDENTIFIERS]
bytes_of_files = st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=24).map(b"".join)


@pytest.mark.parametrize("name", QUICK)
@given(bytes_of_files | bytes_of_files.map(bytes.upper), st.sampled_from(units.LANGUAGES))
def test_every_matcher_finds_what_the_plain_way_finds(name: str, data: bytes, language: str) -> None:
    assert matcher(name).marked(data, language) is sought(language).found(data)


@pytest.mark.parametrize("name", QUICK)
@given(bytes_of_files)
def test_what_no_matcher_calls_plain_is_text_without_a_marker(name: str, data: bytes) -> None:
    plain = matcher(name).is_plain(data)
    assert not plain or (
        units.language_of_content(data) == "text" and not any(sought(each).found(data) for each in matching.UNDECIDED)
    )
    assert (
        plain
        or any(sought(each).found(data) for each in matching.UNDECIDED)
        or any(word.lower() in data.lower() for word in units.WORDS)
    )


@pytest.mark.parametrize(
    "before", [b"", b"x", b" ", b"\n", b"import ", b"import", b"from" + b" " * 12, b"from" + b" " * 13, b"import\t" + b" " * 10]
)
@pytest.mark.parametrize("name", sorted(MATCHERS))
@pytest.mark.parametrize("language", units.LANGUAGES)
def test_every_marker_is_found_by_every_matcher(name: str, before: bytes, language: str) -> None:
    for marker in (*EVERY_MARKER, *IDENTIFIERS):
        for written in (marker, marker.upper(), marker.title()):
            data = b"a = 1\n" + before + written + b"\xe9\n"
            assert matcher(name).marked(data, language) is sought(language).found(data), data


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("word", units.WORDS, ids=bytes.decode)
def test_a_file_with_a_word_of_a_template_is_looked_into(name: str, word: bytes) -> None:
    assert not matcher(name).is_plain(b"a: b\n" + word + b"\n")
    assert matcher(name).is_plain(b"a: b\n" + word[:-1] + b"\n")


def test_many_files_are_searched_like_few(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"f{number}.py": "import boto3\nboto3.client('BEDROCK')\n" * (number % 9 == 0)
        for number in range(matching.MANY_FILES + 1)
    }
    write(tmp_path, files)
    many = unit(collect(tmp_path), "python")
    (tmp_path / "f1.py").unlink()
    (tmp_path / "f2.py").unlink()
    assert many[1] == unit(collect(tmp_path), "python")[1]
    assert many[1] == tuple(sorted(path for path, text in files.items() if text))


def test_markers_come_from_the_surfaces() -> None:
    row = Surface("X1", "new-framework", "new_framework.Agent", "model", kind=Kind.AGENT, bedrock_only=False)
    assert not markers.derive(()).found(b"import new_framework")
    assert markers.derive([row]).found(b"import new_framework")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark_does_not_hide_a_marker(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"config.yaml": f"model: {MODEL}\n".encode(encoding)})
    assert unit(collect(tmp_path), "text")[1] == ("config.yaml",)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.tf", "terraform"),
        ("a.tofu", "terraform"),
        ("a.tf.json", "terraform"),
        ("x/dev.auto.tfvars", "terraform"),
        ("dev.tfvars.json", "terraform"),
        ("a.PY", "python"),
        ("docker/Dockerfile", "text"),
        ("api.Dockerfile", "text"),
        ("Dockerfile.prod", "text"),
        (".env", "text"),
        (".env.local", "text"),
        ("env.example", "text"),
        ("docker-compose.override.yml", "text"),
        ("Makefile", "text"),
        ("a.properties", "text"),
        ("a.md", None),
        ("uv.lock", None),
        (".terraform.lock.hcl", None),
        ("yarn-lock.json", None),
        ("logo.png", None),
        ("environment.ts", "text"),
        ("envelope", None),
    ],
)
def test_a_name_says_the_language(path: str, language: str | None) -> None:
    assert units.language_of(path) == language


def test_include_and_exclude_choose_by_pattern(tmp_path: Path) -> None:
    write(tmp_path, {"app/a.py": "bedrock", "app/gen/b.py": "bedrock", "lib/c.py": "bedrock"})
    assert unit(collect(tmp_path, exclude=["gen/"]), "python")[0] == ("app/a.py", "lib/c.py")
    assert unit(collect(tmp_path, include=["app/**"], exclude=["**/gen"]), "python")[0] == ("app/a.py",)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.py", "a/b.py", True),
        ("/*.py", "a/b.py", False),
        ("/*.py", "b.py", True),
        ("a/*.py", "a/b.py", True),
        ("a/*.py", "a/c/b.py", False),
        ("a/**/b.py", "a/b.py", True),
        ("a/**/b.py", "a/c/d/b.py", True),
        ("a/**", "a/b/c.py", True),
        ("gen", "x/gen/y.py", True),
        ("gen/", "x/gen", False),
        ("gen/", "x/gen/y", True),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("[ab].py", "a.py", True),
        ("[!ab].py", "a.py", False),
        ("a.py", "aXpy", False),
        ("a+b.py", "a+b.py", True),
        ("[", "[", True),
        ("[z-a].py", "[z-a].py", True),
        ("[[a].py", "[.py", True),
        ("[!a]b", "/b", False),
    ],
)
def test_patterns_read_like_gitignore(pattern: str, path: str, fits: bool) -> None:
    assert patterns.matcher([pattern])(path) is fits


def test_a_later_pattern_takes_back() -> None:
    fits = patterns.matcher(["*.py", "!keep.py"])
    assert fits("a.py")
    assert not fits("x/keep.py")


@given(st.text(alphabet="ab-*?[]!/.^&|~\\\\", max_size=12), st.text(alphabet="ab/.", max_size=8))
def test_no_pattern_breaks_the_matcher(pattern: str, path: str) -> None:
    assert patterns.matcher([pattern])(path) in (True, False)


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.py": "x" for number in range(600)})
    told: list[tuple[int, int]] = []
    collect(tmp_path, on_progress=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (600, 600)


# Listing.


@needs_git
def test_git_lists_tracked_and_untracked_files_without_ignored_ones(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(
        tmp_path,
        {
            ".gitignore": "*.secret.py\nout/\n",
            "tracked.py": "",
            "untracked.py": "",
            "a.secret.py": "",
            "out/b.py": "",
            "deleted.py": "",
            "sub/.gitignore": "c.py",
            "sub/c.py": "",
            "sub/d.py": "",
            ".git/info/exclude": "excluded.py\n",
            "excluded.py": "",
        },
    )
    git(tmp_path, "add", "tracked.py", "deleted.py")
    (tmp_path / "deleted.py").unlink()
    assert [path for path in paths(tmp_path) if path.endswith(".py")] == ["sub/d.py", "tracked.py", "untracked.py"]
    assert paths(tmp_path / "sub") == [".gitignore", "d.py"]


@needs_git
def test_a_file_in_conflict_and_a_linked_work_tree_are_listed_once(tmp_path: Path) -> None:
    main, linked = tmp_path / "main", tmp_path / "linked"
    main.mkdir()
    git(main, "init", "-q", "-b", "main")
    write(main, {"a.py": "one\n"})
    git(main, "add", "a.py")
    git(main, "commit", "-q", "-m", "one")
    git(main, "worktree", "add", "-q", "-b", "other", str(linked))
    write(linked, {"a.py": "two\n"})
    git(linked, "commit", "-q", "-am", "two")
    write(main, {"a.py": "three\n"})
    git(main, "commit", "-q", "-am", "three")
    with pytest.raises(subprocess.CalledProcessError):
        git(main, "merge", "-q", "other")
    assert paths(main) == ["a.py"]
    assert paths(linked) == [".git", "a.py"] or paths(linked) == ["a.py"]


@needs_git
def test_nested_repositories_are_looked_into(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    inner = tmp_path / "vendor" / "inner"
    write(inner, {"b.py": "", "ignored.py": "", ".gitignore": "ignored.py"})
    git(inner, "init", "-q")
    git(inner, "add", ".")
    assert paths(tmp_path) == ["vendor/inner/.gitignore", "vendor/inner/b.py"]


@needs_git
def test_git_is_asked_about_so_many_repositories_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_REPOSITORIES", 3)
    git(tmp_path, "init", "-q")
    for name in "abcd":
        write(tmp_path, {f"{name}/kept.py": "", f"{name}/ignored.py": "", f"{name}/.gitignore": "ignored.py\n"})
        git(tmp_path / name, "init", "-q")
    found = [path for path in paths(tmp_path) if path.endswith(".py")]
    assert found == ["a/kept.py", "b/kept.py", "c/ignored.py", "c/kept.py", "d/ignored.py", "d/kept.py"]


@needs_git
@posix_only
@pytest.mark.parametrize(
    "configuration",
    [
        "[core]\n\tfsmonitor = {program}\n",
        "[core]\n\tfsmonitor = {program}\n\tuntrackedCache = true\n[feature]\n\tmanyFiles = true\n",
        "[core]\n\thooksPath = {folder}\n",
        "[core]\n\tworktree = {elsewhere}\n",
        "[include]\n\tpath = {folder}/more\n",
        '[alias]\n\tls-files = "!{program}"\n',
        "[core]\n\tpager = {program}\n\tsshCommand = {program}\n[diff]\n\texternal = {program}\n",
        '[filter "x"]\n\tclean = {program}\n\tsmudge = {program}\n\tprocess = {program}\n',
        "not a configuration at all",
    ],
)
def test_the_configuration_of_a_scanned_repository_runs_nothing(tmp_path: Path, configuration: str) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write(root, {"a.py": "", ".gitattributes": "* filter=x"})
    write(elsewhere, {"secret.py": ""})
    git(root, "init", "-q")
    git(root, "add", ".")
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    write(tmp_path, {"folder/more": f"[core]\n\tfsmonitor = {program}\n"})
    shutil.copy(program, tmp_path / "folder" / "post-index-change")
    (root / ".git" / "config").write_text(
        configuration.format(program=program, folder=tmp_path / "folder", elsewhere=elsewhere), "utf-8"
    )
    os.utime(root / "a.py", (1, 1))
    assert paths(root) == [".gitattributes", "a.py"]
    assert not ran.exists()


def forge_index(root: Path, names: list[str]) -> None:
    """Writes an index that names files as `git add` would not."""
    entries = b""
    for name in sorted(map(os.fsencode, names)):
        entry = struct.pack(">10I20sH", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 7, b"\1" * 20, len(name)) + name
        entries += entry + b"\0" * (8 - len(entry) % 8)
    content = b"DIRC" + struct.pack(">II", 2, len(names)) + entries
    (root / ".git" / "index").write_bytes(content + hashlib.sha1(content, usedforsecurity=False).digest())


@needs_git
@posix_only
@pytest.mark.parametrize(
    "name",
    [
        "../secret.py",
        "sub/../../secret.py",
        "../secret/x.py",
        "link/x.py",
        "link/deeper/y.py",
        "sub/up/secret.py",
        "/secret.py",
        "//sub/a.py",
        "sub//a.py",
        "./sub/a.py",
        "sub/./a.py",
        ".git/config.py",
        "sub/..",
        "{outside}/secret.py",
    ],
)
def test_a_forged_index_leads_nowhere(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    write(
        tmp_path,
        {"secret.py": "outside", "secret/x.py": "outside", "secret/deeper/y.py": "outside", "root/sub/a.py": "bedrock"},
    )
    git(root, "init", "-q")
    (root / ".git" / "config.py").write_text("bedrock")
    (root / "link").symlink_to("../secret")
    (root / "sub" / "up").symlink_to("../..")
    forge_index(root, ["sub/a.py", name.format(outside=tmp_path)])
    collected = collect(root)
    assert collected.tree.paths() == ("sub/a.py",)
    assert unit(collected, "python") == (("sub/a.py",), ("sub/a.py",))
    # A tree that is told its paths, as that of a revision is, does not follow them either.
    told = DiskTree(root, ["sub/a.py", name.format(outside=tmp_path)])
    assert told.read(name.format(outside=tmp_path)) in (None, b"bedrock")


@pytest.mark.parametrize(
    ("name", "separator", "leads_elsewhere"),
    [
        ("..", "/", True),
        ("", "/", True),
        ("a.py", "/", False),
        ("...", "/", False),
        ("a\\b:c", "/", False),
        ("..\\a.py", "\\", True),
        ("C:a.py", "\\", True),
        ("a.py", "\\", False),
    ],
)
def test_what_leads_elsewhere_is_no_name(name: str, separator: str, leads_elsewhere: bool) -> None:
    assert listing.is_no_name(name, separator) is leads_elsewhere


def test_forged_paths_of_a_revision_are_left_out() -> None:
    forged = ["../a.py", "/a.py", "/etc/a.py", "b/../../a.py", "b//a.py", "./a.py", "../x.dist-info/RECORD"]
    assert listing.worth_reading([*forged, "b/a.py"], lambda path: b"") == ("b/a.py",)


@needs_git
@posix_only
def test_a_tracked_file_that_became_something_else_is_not_read(tmp_path: Path) -> None:
    names = ["deleted.py", "folder.py", "gone.py", "kept.py", "leads_out.py", "leads_in.py", "pipe.py"]
    root = tmp_path / "root"
    write(root, dict.fromkeys(names, "bedrock"))
    write(tmp_path, {"secret.py": "bedrock"})
    git(root, "init", "-q")
    git(root, "add", ".")
    for name in names:
        if name != "kept.py":
            (root / name).unlink()
    write(root, {"folder.py/inner.py": "bedrock"})
    (root / "gone.py").symlink_to("nowhere")
    (root / "leads_out.py").symlink_to("../secret.py")
    (root / "leads_in.py").symlink_to("kept.py")
    os.mkfifo(root / "pipe.py")
    collected = collect(root)
    assert collected.tree.paths() == ("folder.py/inner.py", "kept.py", "leads_in.py", "leads_out.py")
    assert unit(collected, "python")[1] == ("folder.py/inner.py", "kept.py", "leads_in.py")
    assert [(error.path, error.message) for error in collected.errors] == [
        ("leads_out.py", "cannot read the file: outside the scanned root")
    ]


@posix_only
@pytest.mark.parametrize("become", ["pipe", "device", "link", "folder"])
def test_what_changes_after_it_was_listed_is_not_read(tmp_path: Path, become: str) -> None:
    write(tmp_path, {"root/a.py": "bedrock", "secret.py": "bedrock"})
    root = tmp_path / "root"
    tree = collect(root).tree
    (root / "a.py").unlink()
    match become:
        case "pipe":
            os.mkfifo(root / "a.py")
        case "device":
            (root / "a.py").symlink_to("/dev/zero")
        case "link":
            (root / "a.py").symlink_to("../secret.py")
        case "folder":
            (root / "a.py").mkdir()
    assert tree.read("a.py") is None
    with pytest.raises(UnreadableError):
        tree.stream("a.py", lambda chunk: None)


@pytest.mark.parametrize("size", [0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5])
def test_a_file_is_read_whole_and_no_more_often_than_needed(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.urandom(size)
    (tmp_path / "a.py").write_bytes(data)
    asked: list[int] = []
    real = os.read

    def read(descriptor: int, most: int) -> bytes:
        asked.append(most)
        return real(descriptor, most)

    monkeypatch.setattr(os, "read", read)
    assert DiskTree(tmp_path, ["a.py"]).read("a.py") == data
    assert len(asked) == size // CHUNK_BYTES + 1
    assert asked[0] <= size + 1


@needs_git
def test_each_file_costs_one_opening_and_no_other_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"app/logo.png": "x", "README.md": "x", **{f"app/{number}.py": "x" for number in range(40)}})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    opened: list[str] = []
    asked: list[str] = []
    real_open, real_lstat = os.open, os.lstat

    def open_(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.extend([path] * (dir_fd is None and path.endswith(".py")))
        return real_open(path, flags, mode, dir_fd=dir_fd)

    def lstat(path: str | Path, *, dir_fd: int | None = None) -> os.stat_result:
        asked.append(os.fspath(path))
        return real_lstat(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "lstat", lstat)
    collect(tmp_path)
    assert sorted(opened) == sorted(f"{tmp_path}/app/{number}.py" for number in range(40))
    assert not any("/app/" in path for path in asked)


@needs_git
def test_the_environment_of_git_does_not_redirect_the_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write(root, {"a.py": ""})
    write(elsewhere, {"b.py": ""})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(elsewhere, "init", "-q")
    git(elsewhere, "add", ".")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(elsewhere / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(elsewhere))
    assert paths(root) == ["a.py"]


@needs_git
def test_a_broken_repository_is_walked(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", ".git/HEAD": "ref: refs/heads/main\n", ".git/index": b"DIRC\0\0\0\x09garbage"})
    assert paths(tmp_path) == ["a.py"]


def test_without_git_the_tree_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": "", ".git/HEAD": "ref: x", ".git/index": "", "b/c.py": ""})
    monkeypatch.setenv("PATH", "")
    assert paths(tmp_path) == ["a.py", "b/c.py"]


def test_what_tools_wrote_is_skipped(tmp_path: Path) -> None:
    kept = {
        "app/main.py": "",
        "build/deploy.tf": "",
        "dist/keep.py": "",
        "env/settings.py": "",
        "target/a.py": "",
        "cdk.out/stack.template.json": "{}",
    }
    skipped = [
        "node_modules/x/index.js",
        "app/.terraform/modules/m/main.tf",
        ".venv/pyvenv.cfg",
        ".venv/lib/a.py",
        "other-env/pyvenv.cfg",
        "other-env/lib/python3/site-packages/a.py",
        "app/__pycache__/a.py",
        "notebooks/.ipynb_checkpoints/a-checkpoint.ipynb",
        ".tox/py/a.py",
        "x.egg-info/a.py",
        "layer/python/lib/site-packages/b.py",
        "web/package.json/../dist/a.js",
    ]
    write(
        tmp_path, {**kept, **dict.fromkeys(skipped[:-1], ""), "web/package.json": "{}", "web/dist/a.js": "", "web/src/a.js": ""}
    )
    assert paths(tmp_path) == sorted([*kept, "web/package.json", "web/src/a.js"])


def test_packages_installed_into_a_source_folder_are_skipped_by_their_record(tmp_path: Path) -> None:
    record = "requests/__init__.py,sha256=x,3\nrequests/api.py,,\nrequests-2.0.dist-info/RECORD,,\n../bin/x,,\n/etc/passwd,,\n"
    write(
        tmp_path,
        {
            "fn/app.py": "",
            "fn/requests/__init__.py": "",
            "fn/requests/api.py": "",
            "fn/requests/own.py": "",
            "fn/requests-2.0.dist-info/RECORD": record,
        },
    )
    assert paths(tmp_path) == ["fn/app.py", "fn/requests/own.py"]


def test_an_unpacked_package_at_the_root_is_what_is_scanned(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/a.py": "", "pkg-1.0.dist-info/RECORD": "pkg/a.py,,\n"})
    assert paths(tmp_path) == ["pkg/a.py"]


# Hostile trees.


def loop(root: Path) -> None:
    (root / "loop").symlink_to(root)
    (root / "self.py").symlink_to(root / "self.py")


def outside(root: Path) -> None:
    (root.parent / "secret.py").write_text("bedrock")
    (root / "link.py").symlink_to(root.parent / "secret.py")
    (root / "folder").symlink_to(root.parent)


def pipe(root: Path) -> None:
    os.mkfifo(root / "pipe.py")


def device(root: Path) -> None:
    (root / "zero.py").symlink_to("/dev/zero")


def dangling(root: Path) -> None:
    (root / "gone.py").symlink_to(root / "nowhere.py")


def folder_named_like_a_file(root: Path) -> None:
    (root / "x.tf").mkdir()
    (root / "x.tf" / "y.py").write_text("bedrock")


@posix_only
@pytest.mark.parametrize("in_git", [False, pytest.param(True, marks=needs_git)], ids=["walked", "in git"])
@pytest.mark.parametrize(
    "make", [loop, outside, pipe, device, dangling, folder_named_like_a_file], ids=lambda make: make.__name__
)
def test_nothing_of_a_hostile_tree_is_read(tmp_path: Path, make: Callable[[Path], None], in_git: bool) -> None:
    root = tmp_path / "root"
    write(root, {"app.py": "import boto3 # bedrock"})
    make(root)
    if in_git:
        git(root, "init", "-q")
        git(root, "add", "app.py")
    collected = collect(root)
    found, marked = unit(collected, "python")
    assert "app.py" in marked
    assert set(found) <= {"app.py", "x.tf/y.py"}
    for name in (
        "loop/app.py",
        "folder/secret.py",
        "link.py",
        "pipe.py",
        "zero.py",
        "self.py",
        "gone.py",
        "x.tf",
        "../secret.py",
    ):
        assert collected.tree.read(name) in (None, b"import boto3 # bedrock")
    assert collected.tree.read("link.py") is None
    assert collected.tree.read("../secret.py") is None
    assert collected.tree.read(str(root.parent / "secret.py")) is None


@posix_only
def test_a_link_to_a_file_of_the_tree_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"shared/providers.tf": "bedrock"})
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "providers.tf").symlink_to("../shared/providers.tf")
    collected = collect(tmp_path)
    assert unit(collected, "terraform")[1] == ("module/providers.tf", "shared/providers.tf")
    assert collected.tree.read("module/providers.tf") == b"bedrock"


@posix_only
def test_names_with_line_ends_escapes_and_other_encodings_are_kept(tmp_path: Path) -> None:
    names = [b"a\nb.py", b"c\x1b[31m.py", b"d\xff.py", "e\N{ROCKET}.py".encode(), b"f'\"$(touch x).py", b"-rf.py"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_text("bedrock")
    collected = collect(tmp_path)
    found, marked = unit(collected, "python")
    assert sorted(os.fsencode(name) for name in found) == sorted(names)
    assert found == marked == tuple(sorted(found))
    assert all(collected.tree.read(name) == b"bedrock" for name in found)
    if shutil.which("git"):
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", ".")
        assert unit(collect(tmp_path), "python")[0] == found


@posix_only
@not_as_root
def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "bedrock", "b.py": "bedrock"})
    (tmp_path / "a.py").chmod(0)
    collected = collect(tmp_path)
    assert [(error.path, error.message) for error in collected.errors] == [("a.py", "cannot read the file: permission denied")]
    assert unit(collected, "python")[0] == ("b.py",)


def test_a_file_the_system_refuses_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": "bedrock", "b.py": "bedrock"})
    real = os.open

    def refuse(path: str, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("a.py"):
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    collected = collect(tmp_path)
    assert [error.message for error in collected.errors] == ["cannot read the file: permission denied"]
    assert unit(collected, "python")[0] == ("b.py",)


def test_a_file_that_vanishes_is_an_error(tmp_path: Path) -> None:
    tree = DiskTree(tmp_path, ["a.py"])
    with pytest.raises(UnreadableError, match="no such file"):
        tree.stream("a.py", lambda chunk: None)
    assert tree.read("a.py") is None


@pytest.mark.parametrize("at", [0, 256 * 1024 - 7, 20 * 1024 * 1024])
def test_a_large_file_with_a_marker_is_an_error(tmp_path: Path, at: int) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.seek(at)
        file.write(b" bedrock ")
        file.truncate(50 * 1024 * 1024)
    collected = collect(tmp_path)
    assert [error.message for error in collected.errors] == ["not read: larger than 10 MiB, and it mentions Bedrock"]
    assert unit(collected, "python") == ((), ())
    assert collected.tree.read("large.py") is None


def test_a_large_file_without_a_marker_is_left_out_in_constant_memory(tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    collected = collect(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert collected.errors == ()


def test_binary_files_are_left_to_the_parser_to_refuse(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": b"\x00\x01bedrock\xff", "empty.py": b""})
    assert unit(collect(tmp_path), "python") == (("a.py", "empty.py"), ("a.py",))


def test_the_same_tree_gives_the_same_units(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}.py": "bedrock" for name in "zyxwvutsrq"})
    first, second = collect(tmp_path), collect(tmp_path)
    assert first.units == second.units
    assert list(first.units[0].paths) == sorted(first.units[0].paths)
