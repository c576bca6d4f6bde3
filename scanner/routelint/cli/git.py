"""Git, asked for what a scan compares with: a commit, the index, what differs, and when a line changed.

The scanned repository is not trusted, and its configuration can name programs that git runs (`core.fsmonitor`, filters,
`textconv`, `core.sshCommand`, a helper of a remote). So git works in an empty data folder of ours, and of the repository is
given the objects and the index only. Just names are looked up in the repository itself, by a command that runs nothing.
Nothing is fetched, nothing is written, and no variable of the environment that steers git reaches it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from routelint.cli.objects import SHORT, GitError, Store
from routelint.collect import listing
from routelint.deferred import dataclass
from routelint.policy import nearest

SECONDS = 120
# More files than this are renamed by a tool, and pairing them costs minutes.
MOST_RENAMES = 2_000
MOST_NAMES = 5_000

_HARDENED = (
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.commitGraph=true"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_LINK, _SUBMODULE = "120000", "160000"
_EMPTY_TREE = {"sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}
_EMPTY_TREE["sha256"] = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by the name it was asked for and by its id; the id is that of the empty tree before the first commit."""

    ref: str
    id: str

    @property
    def short(self) -> str:
        """The start of the id, as people quote it."""
        return self.id[:SHORT]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit or of the index: its mode in octal and the id of its content."""

    mode: str
    id: str

    @property
    def is_link(self) -> bool:
        """Whether its content is the target of a symbolic link."""
        return self.mode == _LINK

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == _SUBMODULE


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs from an older side: every path touched on it, and old path -> new path of what was renamed."""

    touched: frozenset[str]
    renames: Mapping[str, str]


@contextlib.contextmanager
def open_repository(folder: Path) -> Iterator[Repository]:
    """The repository that `folder` lies in, as long as the block lasts.

    Raises:
        GitError: git is not installed, or there is no repository.
    """
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed or not on PATH; comparing with another revision needs it")
    found = listing.find_repository(folder)
    if found is None:
        raise GitError(f"no git repository holds '{folder}'; comparing with another revision needs one")
    with tempfile.TemporaryDirectory(prefix="routelint-") as empty:
        repository = Repository(program, found, Path(empty))
        try:
            repository.prepare()
            yield repository
        finally:
            repository.store.close()


class Repository:
    """What git says of one repository. Paths are POSIX, relative to its work tree; odd bytes are kept as surrogates.

    `algorithm` is what its objects are named by: sha1 or sha256.
    """

    def __init__(self, program: str, found: listing.Repository, empty: Path) -> None:
        self.work_tree = found.work_tree
        self._program = program
        self._found = found
        self._empty = empty
        self.algorithm = "sha1"
        self._shallow = found.common / "shallow"
        self.store = Store(self._command, self._isolated)

    @property
    def is_shallow(self) -> bool:
        """Whether the history of the clone is cut."""
        try:
            return self._shallow.stat().st_size > 0
        except OSError:
            return False

    def prepare(self) -> None:
        """Fills the empty data folder with what makes it one.

        Raises:
            GitError: git does not know this as a repository.
        """
        self.algorithm = self._named("rev-parse", "--show-object-format").strip()
        for name in ("objects", "refs"):
            (self._empty / name).mkdir()
        head = self.head()
        (self._empty / "HEAD").write_text("ref: refs/heads/main\n" if head is None else f"{head.id}\n", "utf-8")
        version, extension = (0, "") if self.algorithm == "sha1" else (1, f"[extensions]\nobjectFormat = {self.algorithm}\n")
        configuration = f"[core]\nrepositoryFormatVersion = {version}\nbare = false\n{extension}"
        (self._empty / "config").write_text(configuration, "utf-8")

    def commit(self, ref: str) -> Commit:
        """The commit a name stands for.

        Raises:
            GitError: there is none of that name; says what is near, and what a clone may lack.
        """
        if not ref or ref.startswith("-"):
            raise GitError(f"'{ref}' is no git ref; expected a branch, a tag or a commit, such as origin/main")
        found = self._run_named("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if found.returncode == 0:
            return Commit(ref, found.stdout.decode("ascii", "replace").strip())
        raise GitError(f"git ref '{ref}' does not exist here; {self._way_to(ref)}")

    def head(self) -> Commit | None:
        """The commit checked out; None before the first one."""
        found = self._run_named("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return Commit("HEAD", found.stdout.decode("ascii", "replace").strip()) if found.returncode == 0 else None

    def nothing(self) -> Commit:
        """What stands before the first commit."""
        return Commit("HEAD", _EMPTY_TREE[self.algorithm])

    def base(self, ref: str) -> Commit:
        """The commit at which `ref` and HEAD part: what a pull request is compared with.

        Raises:
            GitError: the ref does not exist, or the history at hand does not reach that far.
        """
        target = self.commit(ref)
        head = self.head()
        if head is None:
            raise GitError(f"HEAD has no commit yet; there is nothing to compare with '{ref}'")
        done = self._run(self._command("merge-base", target.id, head.id))
        base = done.stdout.decode("ascii", "replace").split()
        if done.returncode == 0 and base:
            return Commit(ref, base[0])
        what = f"cannot tell where '{ref}' ({target.short}) and HEAD ({head.short}) part"
        if done.returncode not in (0, 1):
            raise GitError(f"{what}: {_said(done)}")
        if self.is_shallow:
            raise GitError(
                f"{what}: this clone is shallow and its history ends before; fetch the rest with 'git fetch --unshallow' (in"
                " GitHub Actions: 'fetch-depth: 0' for actions/checkout), or a part of it with 'git fetch --deepen=200'"
            )
        raise GitError(f"{what}: they have no commit in common; name a ref of the same history")

    def entries(self, commit: Commit) -> dict[str, Entry]:
        """Every file of a commit, and its submodules."""
        listed = self._asked("ls-tree", "-r", "-z", "--full-tree", commit.id)
        entries = {}
        for line in filter(None, listed.split(b"\0")):
            facts, _, name = line.partition(b"\t")
            mode, _, blob_id = facts.decode("ascii").split(" ")
            entries[os.fsdecode(name)] = Entry(mode, blob_id)
        return entries

    def index_entries(self) -> dict[str, Entry]:
        """Every file of the index; of one in conflict, our side."""
        listed = self._asked("ls-files", "-z", "--stage", "--full-name")
        entries: dict[str, Entry] = {}
        for line in filter(None, listed.split(b"\0")):
            facts, _, name = line.partition(b"\t")
            mode, blob_id, stage = facts.decode("ascii").split(" ")
            if stage in ("0", "2"):
                entries[os.fsdecode(name)] = Entry(mode, blob_id)
        return entries

    def difference(self, commit: Commit, *, staged: bool) -> Difference:
        """How the work tree, or the index, differs from a commit. Untracked files are not among it."""
        options = ("--raw", "-z", "-M", f"-l{MOST_RENAMES}", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")
        where = ("--cached",) if staged else ()
        return _difference(self._asked("diff-index", *options, *where, commit.id, "--"))

    def unstaged(self) -> frozenset[str]:
        """The tracked paths whose file is not, or not surely, what the index holds."""
        return _difference(self._asked("diff-files", "--raw", "-z", "--no-ext-diff", "--ignore-submodules=dirty")).touched

    def blame(self, path: str, lines: Iterable[int], seconds: float, now: bytes | Commit) -> str:
        """`git blame --porcelain` of lines of a file, whose content is `now`, or that of a commit.

        Raises:
            GitError: git does not know the file, or does not answer in time.
        """
        command = ["blame", "--porcelain", "-w", "--no-textconv", *(f"-L{line},{line}" for line in lines)]
        if isinstance(now, bytes):
            content = self._empty / "content"
            content.write_bytes(now)
            command += ["--contents", os.fspath(content), "--", path]
        else:
            command += [now.id, "--", path]
        done = self._run(self._command(*command), seconds)
        if done.returncode != 0:
            raise GitError(f"cannot tell when '{path}' changed: {_said(done)}")
        return done.stdout.decode("utf-8", "replace")

    def _way_to(self, ref: str) -> str:
        """How the user may get at a ref that is not here."""
        listed = self._run_named(
            "for-each-ref", f"--count={MOST_NAMES}", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"
        )
        names = listed.stdout.decode("utf-8", "replace").split("\n")
        remote = next((name for name in names if name.partition("/")[2] == ref), None)
        if remote is not None:
            return f"did you mean '{remote}'?"
        near = nearest(ref, [name for name in names if name])
        if near is not None:
            return f"did you mean '{near}'?"
        branch = ref.removeprefix("origin/")
        fetch = f"'git fetch origin {branch}:refs/remotes/origin/{branch}' brings a branch and its history"
        if self.is_shallow:
            return f"this clone is shallow; {fetch}, 'git fetch --unshallow' the history of this one"
        return f"expected a branch, a tag or a commit; {fetch}"

    def _named(self, *arguments: str) -> str:
        done = self._run_named(*arguments)
        if done.returncode != 0:
            raise GitError(f"git cannot read the repository at '{self.work_tree}': {_said(done)}")
        return done.stdout.decode("utf-8", "replace")

    def _run_named(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """A command in the repository itself, which knows its names; its configuration is read, and names no program for it."""
        environment = _clean()
        # A data folder that is named outright is not asked who owns it.
        environment.update(GIT_DIR=os.fspath(self._found.data), GIT_WORK_TREE=os.fspath(self.work_tree))
        return self._run(self._command(*arguments), environment=environment)

    def _asked(self, *arguments: str) -> bytes:
        done = self._run(self._command(*arguments))
        if done.returncode != 0:
            raise GitError(f"'git {arguments[0]}' failed in '{self.work_tree}': {_said(done)}")
        return done.stdout

    def _command(self, *arguments: str) -> list[str]:
        return [self._program, "--no-pager", *_HARDENED, *arguments]

    def _isolated(self) -> dict[str, str]:
        environment = _clean()
        # A partial commit has an index of its own, and git tells hooks where.
        index = os.environ.get("GIT_INDEX_FILE") or os.fspath(self._found.data / "index")
        environment.update(
            GIT_DIR=os.fspath(self._empty),
            GIT_WORK_TREE=os.fspath(self.work_tree),
            GIT_OBJECT_DIRECTORY=os.fspath(self._found.common / "objects"),
            GIT_INDEX_FILE=os.path.abspath(index),  # noqa: PTH100 (git names it relative to where the hook runs)
        )
        if self.is_shallow:
            environment["GIT_SHALLOW_FILE"] = os.fspath(self._shallow)
        return environment

    def _run(
        self, command: Sequence[str], seconds: float = SECONDS, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                command,
                cwd=self.work_tree,
                env=self._isolated() if environment is None else environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git did not answer within {seconds:.0f} seconds in '{self.work_tree}'") from error
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror or error}") from error


def _clean() -> dict[str, str]:
    """The environment without what steers git, and with what keeps it still."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _ENVIRONMENT


def _difference(raw: bytes) -> Difference:
    """The output of `--raw -z`: `:modes ids status`, the path, and a second path where it was renamed."""
    touched: set[str] = set()
    renames: dict[str, str] = {}
    fields = iter(raw.split(b"\0"))
    for facts in fields:
        if not facts.startswith(b":"):
            continue
        status = facts.rsplit(b" ", 1)[-1]
        path = os.fsdecode(next(fields, b""))
        touched.add(path)
        if status.startswith((b"R", b"C")):
            new = os.fsdecode(next(fields, b""))
            if status.startswith(b"R"):
                renames[path] = new
    return Difference(frozenset(touched), renames)


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """The first line git complained with, in our style."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    first = lines[0] if lines else f"exit status {done.returncode}"
    return first.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")
