"""A result that is kept from an earlier run is the one that this run would find, and is taken only while it is."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routelint import catalog, engine
from routelint import policy as policies
from routelint.cache import CachedRunner, Entry, FileState, Snapshot, file
from routelint.cache.entries import Validity
from routelint.cli import caching, main
from routelint.cli.working import default_folder
from routelint.collect import collect_tree
from routelint.parse import steps
from routelint.parse.parsed import ParseContext
from routelint.parse.python.parser import PythonScan
from routelint.parse.steps import Done, Item, Scan
from routelint.source import MemoryTree, SourceUnit
from routelint.tracing import Search, TracedTree, digest_of_bytes, distance
from scans import write_tree

CASES = Path(__file__).parent / "cases"
HAIKU, SONNET, OPUS = "anthropic.claude-haiku-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-opus-5-5"
CALL = "import boto3\n\n\ndef ask(model):\n    return boto3.client('bedrock-runtime').converse(modelId=model, messages=[])\n"
"""A wrapper whose callers say the model."""

# File -> what may stand in it from one run to the next (None: it is not there). What one file says decides what others take.
VARIANTS: dict[str, Sequence[str | None]] = {
    "app/wrapper.py": (
        CALL,
        CALL.replace("modelId=model", "modelId=model or 'amazon.nova-pro-v1:0'"),
        "# bedrock\n",
        "def (",
        None,
    ),
    "app/one.py": (
        f"from app.wrapper import ask\n\nask('{HAIKU}')\n",
        f"from app.wrapper import ask as converse\n\nconverse(model='{OPUS}')\n",
        "from app.wrapper import ask\nfrom app.settings import MODEL\n\nask(MODEL)\n",
        "# calls nobody\n",
        None,
    ),
    "other/two.py": (
        "def ask(model):\n    return model\n",
        f"from app.wrapper import ask\n\nfor model in ['{SONNET}', '{HAIKU}']:\n    ask(model)\n",
        None,
    ),
    "app/settings.py": (
        f"MODEL = '{HAIKU}'\n",
        "import os\n\nMODEL = os.environ['MODEL_ID']\n",
        f"MODEL = '{OPUS}'  # bedrock\n",
    ),
    # Nearer to who imports it than the one beside it, once it is there.
    "app/settings/__init__.py": (None, f"MODEL = '{SONNET}'\n"),
    "app/__init__.py": (None, "from app.wrapper import ask\n"),
    "pyproject.toml": (None, "[project]\nname = 'strands-agents'\n"),
    "app/main.py": (None, f"import app\n\napp.ask('{OPUS}')\n"),
    "app/override.py": ("# nothing\n", f"from app import settings\n\nsettings.MODEL = '{SONNET}'\n"),
    "app/handler.py": (
        "import os\n\nimport boto3\n\nboto3.client('bedrock-runtime').converse(modelId=os.environ['MODEL_ID'], messages=[])\n",
        "import json\n\nimport boto3\n\nwith open('app/config.json') as file:\n    config = json.load(file)\n"
        "boto3.client('bedrock-runtime').converse(modelId=config['model'], messages=[])\n",
    ),
    "app/config.json": (f'{{"model": "{HAIKU}"}}\n', f'{{"model": "{OPUS}"}}\n'),
    "app/.env": (f"MODEL_ID={HAIKU}\n", f"MODEL_ID={SONNET}\n", None),
    "template.yaml": tuple(
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  Handler:\n"
        f"    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: {code}\n      Handler: handler.main\n"
        f"      Environment:\n        Variables:\n          {name}: {model}\n"
        for name, model, code in (
            ("MODEL_ID", SONNET, "app/"),
            ("MODEL_ID", OPUS, "app/"),
            ("OTHER_MODEL", HAIKU, "app/"),
            ("MODEL_ID", OPUS, "other/"),
            ("MODEL_ID", OPUS, "built/"),
        )
    ),
    "cdk/stack.py": (
        "from aws_cdk import aws_lambda\n\naws_lambda.Function(self, 'Fn', code=aws_lambda.Code.from_asset('app'),\n"
        f"    environment={{'MODEL_ID': '{HAIKU}'}})  # bedrock\n",
        "# bedrock, and no stack\n",
    ),
    "agent.py": ("from strands import Agent\n\nAgent()  # bedrock\n", "from strands import Agent\n\nAgent(model=None)\n"),
    "requirements.txt": ("strands-agents==0.1.0\n", "strands-agents==1.9.0\n", None),
    "main.tf": (
        f'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = "{HAIKU}"\n}}\n',
        'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = jsondecode(file("app/config.json")).model\n}\n',
    ),
}


class Tree(MemoryTree):
    """A tree in memory that can be read in chunks."""

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Gives all of a file at once."""
        take(self.files[path])
        return True


class Memory:
    """Runs over a tree in memory that keep their results, as runs over a disk do."""

    def __init__(self) -> None:
        self.snapshot = Snapshot(b"")
        self.looked: list[tuple[str, str]] = []

    def resolved(self, files: dict[str, bytes], *, kept: bool) -> engine.Resolved:
        """What the files hold; where `kept`, with the results of the run before."""
        tree = Tree(files)
        collected = collect_tree(tree)
        policy, models = policies.default(), catalog.load()
        if not kept:
            return engine.resolve(collected.units, tree, policy, models)

        def workers(scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> Sequence[Done]:
            self.looked += [(step, item.path) for item in items]
            return list(steps.each(scan, step, items, shared))

        def now(path: str) -> bytes:
            return digest_of_bytes(tree.read(path))

        runner = CachedRunner(self.snapshot, now, workers)
        found = engine.resolve(collected.units, TracedTree(tree, digests=True), policy, models, run=runner)
        # Through bytes, as between two processes.
        self.snapshot = file.load(file.dump(runner.snapshot(lambda path: FileState(now(path)))))
        return found


def said(found: engine.Resolved) -> list[str]:
    """Everything that a run found, printed."""
    return list(map(repr, (*found.references, *found.resources, *found.errors, *found.statements, *found.principals)))


def first_variants() -> dict[str, int]:
    return dict.fromkeys(VARIANTS, 0)


def content(chosen: dict[str, int]) -> dict[str, bytes]:
    files = {name: VARIANTS[name][number] for name, number in chosen.items()}
    return {name: text.encode() for name, text in sorted(files.items()) if text is not None}


@given(
    st.lists(st.sampled_from([(name, number) for name, all_ in VARIANTS.items() for number in range(len(all_))]), max_size=12)
)
@settings(max_examples=60)
def test_a_kept_result_is_what_this_run_would_find(changes: list[tuple[str, int]]) -> None:
    memory = Memory()
    chosen = first_variants()
    memory.resolved(content(chosen), kept=True)
    for name, number in changes:
        chosen[name] = number
        files = content(chosen)
        assert said(memory.resolved(files, kept=True)) == said(memory.resolved(files, kept=False))


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_variant_of_a_file_is_noticed(name: str) -> None:
    memory = Memory()
    chosen = first_variants()
    memory.resolved(content(chosen), kept=True)
    for number in [*range(1, len(VARIANTS[name])), 0]:
        chosen[name] = number
        files = content(chosen)
        assert said(memory.resolved(files, kept=True)) == said(memory.resolved(files, kept=False))


def test_nothing_is_looked_at_twice() -> None:
    memory = Memory()
    files = content(first_variants())
    first = memory.resolved(files, kept=True)
    assert ("look", "app/one.py") in memory.looked
    assert ("whole", "") in memory.looked
    assert len(first.references) > 4
    memory.looked.clear()
    assert said(memory.resolved(files, kept=True)) == said(first)
    assert memory.looked == []


def test_only_what_rests_on_a_changed_file_is_looked_at_again() -> None:
    memory = Memory()
    chosen = first_variants()
    memory.resolved(content(chosen), kept=True)
    memory.looked.clear()
    chosen["app/config.json"] = 1
    chosen["app/handler.py"] = 1
    memory.resolved(content(chosen), kept=True)
    assert {path for step, path in memory.looked if step == "look"} == {"app/handler.py"}
    memory.looked.clear()
    # The wrapper's callers are looked for by name, and this one is new.
    chosen["other/two.py"] = 1
    memory.resolved(content(chosen), kept=True)
    assert {path for step, path in memory.looked if step == "look"} >= {"app/wrapper.py"}


def test_a_failure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    files = content(first_variants())
    with monkeypatch.context() as broken:
        broken.setattr("routelint.parse.python.parser.Grants", None)
        assert [each.internal for each in memory.resolved(files, kept=True).errors if "failed" in each.message][:1] == [True]
    assert said(memory.resolved(files, kept=True)) == said(memory.resolved(files, kept=False))


@pytest.mark.parametrize("case", sorted(CASES.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_results_of_every_golden_folder_survive_the_way_through_bytes(case: Path) -> None:
    files = {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.name != "expected.txt"
    }
    memory = Memory()
    first = memory.resolved(files, kept=True)
    memory.looked.clear()
    assert said(memory.resolved(files, kept=True)) == said(first)
    assert memory.looked == []


# Searches ----------------------------------------------------------------------------------------------------------------

PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(lambda parts: "/".join(parts) + ".py")


@given(st.lists(PATHS, min_size=1, unique=True), PATHS, st.integers(1, 4), st.data())
def test_a_search_holds_exactly_while_its_hits_would_be_the_same(
    paths: list[str], near: str, most: int, data: st.DataObject
) -> None:
    def hits(held: set[str]) -> tuple[str, ...]:
        return tuple(sorted(held, key=lambda path: distance(near, path))[:most])

    before = data.draw(st.sets(st.sampled_from(paths)))
    changed = data.draw(st.sampled_from(paths))
    now = data.draw(st.booleans())
    after = before | {changed} if now else before - {changed}
    search = Search("call", "name", (), near, hits(before), len(hits(before)) >= most)
    same = search.finds_the_same(changed, held=now)
    if same:
        assert hits(after) == hits(before)
    elif changed not in before:
        # One that held the word all along, beyond the last hit, may be asked for again in vain, never the other way round.
        assert hits(after) != hits(before)


def valid(entry: Entry, *paths: str) -> bool:
    """Whether an entry holds for a tree of empty files."""
    tree = MemoryTree(dict.fromkeys(paths, b""))
    unit = SourceUnit("python", tuple(sorted(paths)), ())
    scan = PythonScan(unit, ParseContext(TracedTree(tree, digests=True), (), lambda text: False))
    return Validity(Snapshot(b""), scan, lambda path: digest_of_bytes(tree.read(path))).of(entry, b"given", None)


def test_a_result_that_asked_for_all_files_holds_for_these_alone() -> None:
    listing = TracedTree(MemoryTree({"a.py": b""})).listing
    assert valid(Entry(b"given", (), (), (), listing, b""), "a.py")
    assert not valid(Entry(b"given", (), (), (), listing, b""), "a.py", "b.txt")
    assert valid(Entry(b"given", (), (), (), b"", b""), "a.py", "b.txt")


def test_a_search_does_not_hold_without_the_file_it_found() -> None:
    full = Search("call", "name", (), "a.py", ("b.py",), full=True)
    assert not valid(Entry(b"given", (), (full,), (), b"", b""), "a.py")


# The bytes ---------------------------------------------------------------------------------------------------------------


def kept() -> bytes:
    memory = Memory()
    memory.resolved(content(first_variants()), kept=True)
    return file.dump(memory.snapshot)


def test_damaged_bytes_are_no_cache() -> None:
    whole = kept()
    assert file.load(whole).entries
    chance = random.Random(0)
    for _ in range(300):
        damaged = bytearray(whole)
        match chance.randrange(3):
            case 0:
                del damaged[chance.randrange(len(damaged)) :]
            case 1:
                damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            case _:
                damaged += bytes(damaged[: chance.randrange(1, 40)])
        with pytest.raises(file.UnreadableCacheError):
            file.load(bytes(damaged))


class Bait:
    """What an ordinary unpickler would run."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.function = function
        self.arguments = arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.function, self.arguments


@pytest.mark.parametrize(
    "bait",
    [
        Bait(os.system, "touch ran"),
        Bait(eval, "1"),
        Bait(getattr, "", "join"),
        Bait(subprocess.run, ["true"]),
        Path("x"),
        catalog.load,
        # A function and an imported class in modules whose data types are allowed.
        Bait(digest_of_bytes, b""),
        TracedTree,
    ],
)
def test_no_function_in_the_bytes_is_called(bait: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    body = pickle.dumps(Snapshot(b"", {("python", "look", "a.py"): bait}))  # type: ignore[dict-item]
    forged = file._MAGIC + file._digest(body) + body
    with pytest.raises(file.UnreadableCacheError):
        file.load(forged)
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_result(data: bytes) -> None:
    try:
        file.load_result(data)
    except file.UnreadableCacheError:
        return


# On the disk -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A tree large enough for a cache, its files written some time ago."""
    services = {
        f"services/s{number:02}/app.py": "import boto3\n\n\ndef main():\n    client = boto3.client('bedrock-runtime')\n"
        f"    return client.converse(modelId='{(HAIKU, SONNET, OPUS)[number % 3]}', messages=[])\n"
        for number in range(20)
    }
    return write_tree(tmp_path / "repository", services)


def run(repository: Path, cache: Path, *arguments: str) -> str:
    """What the inventory prints, as JSON."""
    command = [sys.executable, "-m", "routelint", "inventory", "--format", "json", "--cache-dir", str(cache), *arguments, "."]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def stored(cache: Path) -> list[Path]:
    return sorted(cache.glob(f"*{caching.SUFFIX}"))


def test_a_cache_is_written_once_and_used(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = run(repository, cache)
    [place] = stored(cache)
    assert place.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in cache.iterdir()} == {place.name, "CACHEDIR.TAG", ".gitignore"}
    before = place.stat().st_ino
    assert run(repository, cache) == first
    (repository / "services/s00/app.py").write_text("import boto3\n")
    changed = run(repository, cache)
    assert changed != first
    assert changed == run(repository, tmp_path / "elsewhere")
    assert place.stat().st_ino != before


def test_no_cache_writes_nothing(repository: Path, tmp_path: Path) -> None:
    assert run(repository, tmp_path / "cache", "--no-cache") == run(repository, tmp_path / "other")
    assert not (tmp_path / "cache").exists()


def test_a_small_tree_needs_no_cache(tmp_path: Path) -> None:
    write_tree(tmp_path / "repository", {"app.py": CALL})
    run(tmp_path / "repository", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def spoil_content(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-20])


def spoil_kind(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def spoil_link(place: Path) -> None:
    place.unlink()
    place.symlink_to("/dev/zero")


def spoil_permissions(place: Path) -> None:
    place.chmod(0o666)


def spoil_folder(place: Path) -> None:
    place.unlink()
    place.mkdir()


@pytest.mark.parametrize("spoil", [spoil_content, spoil_kind, spoil_link, spoil_permissions, spoil_folder])
def test_a_spoilt_cache_changes_nothing(repository: Path, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    cache = tmp_path / "cache"
    first = run(repository, cache)
    spoil(stored(cache)[0])
    assert run(repository, cache) == first


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_written_changes_nothing(repository: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no folder")
    assert run(repository, tmp_path / place) == run(repository, tmp_path / "cache")


def test_a_change_that_leaves_size_and_time_as_they_were_is_seen(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    changed = repository / "services/s01/app.py"
    written = changed.stat()
    run(repository, cache)
    changed.write_text(changed.read_text().replace("sonnet", "haikuu"))
    os.utime(changed, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert changed.stat().st_size == written.st_size
    assert run(repository, cache) == run(repository, tmp_path / "other")


def test_new_times_alone_change_nothing(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = run(repository, cache)
    for each in repository.rglob("*.py"):
        each.touch()
    assert run(repository, cache) == first


def test_new_times_are_kept_so_that_files_are_read_once(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(data: bytes) -> bytes:
        read.append("")
        return digest_of_bytes(data)

    def reads() -> int:
        read.clear()
        assert main(["inventory", "--cache-dir", str(tmp_path / "cache"), "--jobs", "1", str(repository)]) == 0
        return len(read)

    monkeypatch.setattr(caching, "digest_of_bytes", noted)
    # The clock of this file system is as fine as its times.
    monkeypatch.setattr(caching, "CLOCK_NANOSECONDS", 0)
    reads()
    assert reads() == 0
    for each in repository.rglob("*.py"):
        each.touch()
    assert reads() == 20
    assert reads() == 0


def test_runs_at_once_share_a_cache(repository: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = run(repository, tmp_path / "other")
    command = [sys.executable, "-m", "routelint", "inventory", "--format", "json", "--cache-dir", str(cache), "."]
    started = [subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert {process.communicate(timeout=60)[0] for process in started} == {expected}
    assert file.load(stored(cache)[0].read_bytes()).entries
    assert [each.name for each in cache.iterdir() if each.suffix == ".part"] == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"ROUTELINT_CACHE_DIR": "here", "HOME": "/home/a"}, "here"),
        ({"XDG_CACHE_HOME": "/caches", "HOME": "/home/a"}, "/caches/routelint"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/a"}, "/home/a/.cache/routelint"),
        ({"HOME": "/home/a"}, "/home/a/.cache/routelint"),
        ({}, None),
    ],
)
def test_the_users_folder(environment: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_folder(environment) == (None if expected is None else Path(expected))
