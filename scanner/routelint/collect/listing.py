"""Which files lie below a root: from git's index where there is one, else from a walk that skips what nobody wrote."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from routelint.deferred import dataclass

GIT_SECONDS = 60
MOST_NESTED = 8
MOST_DEPTH = 64

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


def files(root: Path) -> tuple[str, ...]:
    """Every file below `root` worth reading: sorted POSIX paths relative to it, links to files included.

    Inside a git work tree: tracked and untracked files without the ignored ones. Names that are not UTF-8 keep their
    bytes as surrogates.
    """

    def read(path: str) -> bytes | None:
        try:
            return (root / path).read_bytes()
        except OSError:
            return None

    return worth_reading(_files(root, 0), read)


def worth_reading(paths: Iterable[str], read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The paths of a tree without what a tool wrote or fetched, sorted; `read` gives a file of it."""
    return tuple(sorted(_without_vendored(_without_generated(paths), read)))


def _files(root: Path, nested: int) -> Iterable[str]:
    repository = find_repository(root)
    names = _from_git(root, repository) if repository is not None else None
    if names is None:
        return _walk(root)
    return _with_nested(root, names, nested)


def _with_nested(root: Path, names: Iterable[str], nested: int) -> Iterator[str]:
    """The regular files and links among `names`, and the files of submodules and of work trees git does not look into."""
    base = os.fspath(root)
    for name in names:
        full = os.path.join(base, name)  # noqa: PTH118 (a Path costs 6 us per file)
        try:
            mode = os.lstat(full).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(mode):
            if nested < MOST_NESTED:
                yield from (f"{name.rstrip('/')}/{path}" for path in _files(Path(full), nested + 1))
        elif _is_file(full, mode):
            yield name


def _is_file(full: str, mode: int) -> bool:
    """Whether a path is a regular file, or a link to one; where a link may lead is asked when it is read."""
    if stat.S_ISREG(mode):
        return True
    if not stat.S_ISLNK(mode):
        return False
    try:
        return stat.S_ISREG(os.stat(full).st_mode)  # noqa: PTH116
    except OSError:
        return False


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
    program = shutil.which("git")
    if program is None:
        return None
    index = repository.data / "index"
    with tempfile.TemporaryDirectory(prefix="routelint-") as empty:
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
        command = [program, "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", f"core.hooksPath={os.devnull}"]
        command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        excluded = repository.common / "info" / "exclude"
        if excluded.is_file():
            command.append(f"--exclude-from={excluded}")
        try:
            done = subprocess.run(
                command,
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=GIT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
    if done.returncode != 0:
        return None
    # A file in conflict is listed once per stage.
    names = list(dict.fromkeys(os.fsdecode(name) for name in done.stdout.split(b"\0") if name))
    # A root that the enclosing repository ignores is no part of it.
    return names or None


def _walk(root: Path) -> Iterator[str]:
    """Every file below `root` by looking: links to folders are not entered, nor folders that a tool wrote."""
    pending: list[tuple[str, str, int]] = [(os.fspath(root), "", 0)]
    while pending:
        folder, prefix, depth = pending.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        names = {entry.name for entry in found}
        if "pyvenv.cfg" in names and prefix:
            continue
        for entry in found:
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name.endswith(".dist-info"):
                        # Of what was installed here only the list of its files matters.
                        if Path(entry.path, "RECORD").is_file():
                            yield f"{prefix}{entry.name}/RECORD"
                    elif depth < MOST_DEPTH and not _is_generated(entry.name) and not _is_output(entry.name, names):
                        pending.append((entry.path, f"{prefix}{entry.name}/", depth + 1))
                elif entry.is_file():
                    yield prefix + entry.name
            except OSError:
                continue


def _is_generated(name: str) -> bool:
    return name in GENERATED or name.endswith(GENERATED_SUFFIXES)


def _is_output(name: str, beside: set[str]) -> bool:
    return any(marker in beside for marker in OUTPUT_BESIDE.get(name, ()))


def _without_generated(paths: Iterable[str]) -> list[str]:
    """The paths outside generated folders and virtual environments: repositories sometimes track them."""
    kept = [path for path in paths if not any(_is_generated(part) for part in path.split("/")[:-1]) or _is_record(path)]
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
