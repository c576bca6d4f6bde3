"""Which files lie below a root: from git's index where there is one, else from a walk that skips what nobody wrote."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from routelint.collect import asking
from routelint.deferred import dataclass

GIT_SECONDS = 60
MOST_NESTED = 8
# Repositories below a repository that git is asked about, which takes 3 ms each; the files of others are all listed.
MOST_REPOSITORIES = 500
MOST_DEPTH = 64
# Fewer names than these are cheaper asked for one by one than by reading their folder.
FEW_NAMES = 4
MOST_RECORD_BYTES = 10 * 1024 * 1024
# What a name in git's index cannot be, unless somebody forged it.
_NO_NAMES = frozenset(("", ".", ".."))

# Folders that hold what a tool wrote or fetched, whatever is below them.
GENERATED = frozenset(
    (
        ".aws-sam",
        ".bzr",
        ".cache",
        ".eggs",
        ".git",
        ".gradle",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".next",
        ".nox",
        ".nuxt",
        ".parcel-cache",
        ".pytest_cache",
        ".ruff_cache",
        ".serverless",
        ".svn",
        ".terraform",
        ".terragrunt-cache",
        ".tox",
        ".yarn",
        "__pycache__",
        "bower_components",
        "node_modules",
        "site-packages",
    )
)
GENERATED_SUFFIXES = (".dist-info", ".egg-info", ".egg")
# Output folders by the file beside them that says what builds into them.
OUTPUT_BESIDE = {
    "dist": ("package.json", "pyproject.toml", "setup.py", "setup.cfg"),
    "build": ("package.json", "pyproject.toml", "setup.py", "setup.cfg", "build.gradle", "build.gradle.kts"),
    "target": ("Cargo.toml", "pom.xml", "build.sbt"),
    "out": ("next.config.js", "next.config.mjs", "next.config.ts"),
}


@dataclass(frozen=True)
class Listed:
    """What lies below a root and is worth reading: sorted paths, and which of them are links to files.

    The others were regular files when they were listed, in folders that are no links.
    """

    paths: tuple[str, ...]
    links: frozenset[str]


def files(root: Path) -> tuple[str, ...]:
    """Every file below `root` worth reading: sorted POSIX paths relative to it, links to files included.

    Inside a git work tree: tracked and untracked files without the ignored ones. Names that are not UTF-8 keep their
    bytes as surrogates.
    """
    return look(root).paths


def look(root: Path) -> Listed:
    """The files below `root` worth reading, as `files` gives them, and which of them are links."""

    base = os.fspath(root)
    state = _State()

    def read(path: str) -> bytes | None:
        full = Path(base, path)
        try:
            return full.read_bytes() if _kind(full) == "file" and full.stat().st_size <= MOST_RECORD_BYTES else None
        except OSError:
            return None

    paths = worth_reading(_below(base, "", 0, state), read)
    return Listed(paths, frozenset(state.links))


def worth_reading(paths: Iterable[str], read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The paths of a tree without what a tool wrote or fetched, sorted; `read` gives a file of it."""
    return tuple(sorted(set(_without_vendored(_without_generated(paths), read))))


class _State:
    """What is known of a listing under way: the links that were found, and how many repositories git was asked about."""

    def __init__(self) -> None:
        self.links: set[str] = set()
        self.asked = 0


def _below(base: str, prefix: str, nested: int, state: _State) -> Iterator[str]:
    """Every file of the folder `prefix` (empty, or ending with a slash) of `base`, relative to `base`; adds to the `state`."""
    folder = Path(base, prefix)
    repository = find_repository(folder) if state.asked < MOST_REPOSITORIES else None
    state.asked += repository is not None
    names = _from_git(folder, repository) if repository is not None else None
    return _walk(base, prefix, state) if names is None else _present(base, prefix, names, nested, state)


def _present(base: str, prefix: str, names: Iterable[str], nested: int, state: _State) -> Iterator[str]:
    """The regular files and links among `names`, and the files of submodules and of work trees git does not look into.

    The index is part of what is scanned and may name anything: a path through a link or upward is left out.
    """
    by_folder: dict[str, list[str]] = {}
    for name in names:
        folder, _, last = name.rstrip("/").rpartition("/")
        try:
            by_folder[folder].append(last)
        except KeyError:
            by_folder[folder] = [last]
    del names
    left_out = _Below(lambda folder: _is_pruned(folder.rpartition("/")[2]) or _is_no_folder(f"{base}/{prefix}", folder))
    for folder, lasts in by_folder.items():
        if left_out(folder):
            continue
        below = f"{prefix}{folder}/" if folder else prefix
        regular = _regular_files(f"{base}/{below}") if len(lasts) >= FEW_NAMES else frozenset[str]()
        for last in lasts:
            path = below + last
            if last in regular:
                yield path
                continue
            kind = None if is_no_name(last) else _kind(f"{base}/{path}")
            if kind == "folder":
                if nested < MOST_NESTED and not _is_pruned(last):
                    yield from _below(base, path + "/", nested + 1, state)
            elif kind is not None:
                if kind == "link":
                    state.links.add(path)
                yield path


class _Below:
    """Tells of folders whether they or one that they lie in are of some kind; `own` tells it of one by its path."""

    def __init__(self, own: Callable[[str], bool]) -> None:
        self._own = own
        self._known = {"": False}

    def __call__(self, folder: str) -> bool:
        """Whether a folder is of that kind, or lies in one that is; each is asked once."""
        unknown: list[str] = []
        while folder not in self._known:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        known = self._known[folder]
        for each in reversed(unknown):
            known = self._known[each] = known or self._own(each)
        return known


def _is_no_folder(base: str, folder: str) -> bool:
    """Whether a path below `base` is a link, a file, nothing, or one that leads upward."""
    if _is_forged(folder):
        return True
    try:
        return not stat.S_ISDIR(os.lstat(base + folder).st_mode)
    except OSError:
        return True


def _is_forged(folder: str) -> bool:
    """Whether a path is none that git would write: its last part is no name, or it starts at the root of the disk."""
    return folder.startswith("/") or is_no_name(folder.rpartition("/")[2])


def is_no_name(name: str, separator: str = os.sep) -> bool:
    """Whether the part of a path between slashes leads elsewhere; on Windows a backslash or a colon does too."""
    return name in _NO_NAMES or (separator != "/" and (separator in name or ":" in name))


def _regular_files(folder: str) -> AbstractSet[str]:
    """The names of the regular files in a folder: asked of all at once, which costs half of asking for each."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
    except OSError:
        return frozenset()


def _kind(full: str | Path) -> str | None:
    """What a path is: a `folder`, a regular `file`, or a `link` to one; where a link may lead is asked when it is read."""
    try:
        mode = os.lstat(full).st_mode
        if stat.S_ISLNK(mode):
            return "link" if stat.S_ISREG(os.stat(full).st_mode) else None  # noqa: PTH116
    except OSError:
        return None
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else None


@dataclass(frozen=True)
class Repository:
    """A git work tree and the folder git keeps its data in."""

    work_tree: Path
    data: Path

    @property
    def common(self) -> Path:
        """The data folder that linked work trees of one repository share."""
        try:
            return self.data / (self.data / "commondir").read_text("utf-8", "surrogateescape").strip()
        except OSError:
            return self.data


def find_repository(root: Path) -> Repository | None:
    """The work tree that `root` lies in, found without asking git."""
    for folder in (root, *root.parents):
        entry = folder / ".git"
        try:
            if entry.is_dir():
                return Repository(folder, entry) if (entry / "HEAD").exists() else None
            if entry.is_file():
                text = entry.read_text("utf-8", "surrogateescape")[:4096].strip()
                data = folder / text.removeprefix("gitdir:").strip()
                return Repository(folder, data) if text.startswith("gitdir:") and (data / "HEAD").exists() else None
        except OSError:
            return None
    return None


def _from_git(root: Path, repository: Repository) -> list[str] | None:
    """Tracked and untracked paths relative to `root`; None where git is absent, refuses, or knows nothing of the root.

    The scanned repository is not trusted: its configuration could name a program that git would run (`core.fsmonitor`),
    or another work tree. So git is given an empty folder as its data folder, and of the repository only the index. That
    also spares the ownership question (`safe.directory`), which stands for the same danger.
    """
    program = asking.find("git")
    if program is None:
        return None
    index = repository.data / "index"
    with asking.empty_folder() as empty:
        if empty is None:
            return None
        Path(empty, "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
        Path(empty, "objects").mkdir()
        Path(empty, "refs").mkdir()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment.update(
            GIT_DIR=empty,
            GIT_WORK_TREE=os.fspath(repository.work_tree),
            # A repository nothing was added to has no index.
            GIT_INDEX_FILE=os.fspath(index) if index.is_file() else os.path.join(empty, "index"),  # noqa: PTH118
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_CONFIG_COUNT="0",
            GIT_OPTIONAL_LOCKS="0",
            GIT_NO_LAZY_FETCH="1",
            GIT_TERMINAL_PROMPT="0",
            LC_ALL="C",
        )
        command = [program, "-C", os.fspath(root), "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]
        command += ["-c", f"core.hooksPath={os.devnull}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        excluded = repository.common / "info" / "exclude"
        if excluded.is_file():
            command.append(f"--exclude-from={excluded}")
        listed = asking.output(command, environment, GIT_SECONDS)
    # A root that the enclosing repository ignores is no part of it.
    return os.fsdecode(listed.rstrip(b"\0")).split("\0") if listed else None


def _walk(base: str, prefix: str, state: _State) -> Iterator[str]:
    """Every file of the folder `prefix` of `base` by looking: links to folders are not entered, nor what a tool wrote."""
    pending = [(prefix, 0)]
    while pending:
        below, depth = pending.pop()
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(f"{base}/{below}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        names.append(entry.name)
                    elif _leads_to_file(entry):
                        names.append(entry.name)
                        state.links.add(below + entry.name)
        except OSError:
            continue
        if "pyvenv.cfg" in names and depth:
            continue
        for name in names:
            yield below + name
        for name in folders:
            if name.endswith(".dist-info"):
                # Of what was installed here only the list of its files matters.
                if _kind(f"{base}/{below}{name}/RECORD") == "file":
                    yield f"{below}{name}/RECORD"
            elif depth < MOST_DEPTH and not _is_generated(name) and not _is_output(name, names):
                pending.append((f"{below}{name}/", depth + 1))


def _leads_to_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_generated(name: str) -> bool:
    return name in GENERATED or name.endswith(GENERATED_SUFFIXES)


def _is_pruned(name: str) -> bool:
    """Whether nothing in folders of this name is looked at, not even the list of what was installed."""
    return _is_generated(name) and not name.endswith(".dist-info")


def _is_output(name: str, beside: Sequence[str]) -> bool:
    builders = OUTPUT_BESIDE.get(name)
    return builders is not None and any(each in beside for each in builders)


def _without_generated(paths: Iterable[str]) -> list[str]:
    """The paths outside generated folders and virtual environments: repositories sometimes track them."""
    generated = _Below(lambda folder: _is_generated(folder.rpartition("/")[2]) or _is_forged(folder))
    kept: list[str] = []
    last, left_out = "", False
    for path in paths:
        folder = path[: max(0, path.rfind("/"))]
        if folder != last:
            last, left_out = folder, generated(folder)
        if (not left_out and path[:1] != "/") or _is_record(path):
            kept.append(path)
    environments = tuple(path[: -len("pyvenv.cfg")] for path in kept if path.endswith("/pyvenv.cfg"))
    return [path for path in kept if not path.startswith(environments)] if environments else kept


def _is_record(path: str) -> bool:
    return path.endswith(".dist-info/RECORD")


def _without_vendored(paths: list[str], read: Callable[[str], bytes | None]) -> list[str]:
    """The paths without those that an installed package's RECORD lists: `pip install --target` into a source folder.

    A record at the root itself means that an unpacked package is what is scanned.
    """
    records = [path for path in paths if _is_record(path)]
    if not records:
        return paths
    vendored = {path for record in records if record.count("/") > 1 for path in _recorded(record, read)}
    return [path for path in paths if path not in vendored and not _is_record(path)]


def _recorded(record: str, read: Callable[[str], bytes | None]) -> Iterator[str]:
    """The paths that a RECORD lists, relative to the root."""
    place = record.rsplit("/", 2)[0]
    data = read(record)
    if data is None:
        return
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        name = line.rsplit(",", 2)[0].strip('"')
        if name and not name.startswith(("/", "..")):
            yield f"{place}/{name}"
