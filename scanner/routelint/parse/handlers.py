"""Which file of the scan the handler of a function names: in the folder of its code, or where that is built or uploaded."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from routelint.deferred import lazy_regex
from routelint.testcode import is_test

_PYTHON = (".py",)
_NODE = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".tsx", ".jsx")
# Of programs that a handler can name; where several have its name, this is their order.
SUFFIXES = (*_PYTHON, *_NODE)
# Folders that hold what others made: code found there has its source elsewhere.
_MADE = frozenset(("node_modules", ".aws-sam", ".serverless", "cdk.out", "dist", "build", "out", ".build", "site-packages"))
# Folders that say nothing of what their code does.
_PLAIN = frozenset(("app", "code", "lambda", "lib", "python", "source", "src"))
_NO_FIT = (0, 0)
_ENTRY = lazy_regex(r"[A-Za-z_$][\w$]*")
MOST_BYTES = 1_000_000
MOST_CANDIDATES = 64


def files_in(folder: str, handler: str, exists: Callable[[str], bool]) -> Iterator[str]:
    """The files that a handler names in a folder: of `pkg.app.handler` pkg/app.py, of `src/ask.handler` src/ask.ts."""
    module = _module(handler.rpartition(".")[0] or handler)
    for suffix in SUFFIXES:
        path = posixpath.normpath(posixpath.join(folder, module + suffix))
        if exists(path):
            yield path


def _module(named: str) -> str:
    return named if "/" in named else named.replace(".", "/")


class Handlers:
    """The programs of a scan, asked for the one that a handler such as `app.main.handler` or `src/ask.handler` names."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        """Takes the paths of the scan, and what gives the bytes of one."""
        self._paths = paths
        self._read = read
        self._by_name: dict[str, list[str]] | None = None

    def find(self, handler: str, said: Iterable[str] = (), runtime: str = "") -> tuple[str, ...]:
        """The file that a handler names and the folder of its code; nothing where no file, or more than one, may be meant.

        `said` are the paths where the code is said to be, none of which is in the scan: `build/chat.zip`, `dist/chat`. Of
        several files the one counts that lies in folders of those names; its text has the word that the handler ends in.
        """
        module, _, entry = handler.rpartition(".")
        if not module or _ENTRY.fullmatch(entry) is None:
            return ()
        module = _module(module)
        archives = [posixpath.splitext(path)[0].split("/") for path in said]
        names = {name for each in (*archives, module.split("/")[:-1]) for name in each} - _MADE
        found = [path for path in self._called(posixpath.basename(module), runtime) if self._has(path, entry)]
        if len(found) > 1:
            stems = {each[-1] for each in archives}
            fits = {path: _fit(path, names, stems) for path in found}
            best = max(fits.values())
            found = [path for path in found if fits[path] == best != _NO_FIT]
        return _with_folder(found[0], module) if len(found) == 1 else ()

    def _called(self, name: str, runtime: str) -> Iterator[str]:
        if self._by_name is None:
            self._by_name = {}
            for path in self._paths:
                if path.endswith(SUFFIXES) and _MADE.isdisjoint(path.split("/")[:-1]) and not is_test(path):
                    self._by_name.setdefault(posixpath.basename(path), []).append(path)
        suffixes = _PYTHON if runtime.startswith("python") else _NODE if runtime.startswith("node") else SUFFIXES
        found = (path for suffix in suffixes for path in self._by_name.get(name + suffix, ()))
        yield from (path for path, _ in zip(found, range(MOST_CANDIDATES), strict=False))

    def _has(self, path: str, entry: str) -> bool:
        data = self._read(path)
        if data is None or len(data) > MOST_BYTES:
            return False
        return re.search(rb"\b%s\b" % re.escape(entry.encode()), data) is not None


def _fit(path: str, names: set[str], stems: set[str]) -> tuple[int, int]:
    """How well a file lies where code is said to be: the folders of those names, and, negative, the folders beside them.

    A file fits where all its folders have such names, or one is called like the archive.
    """
    folders = set(path.split("/")[:-1])
    others = folders - names - _PLAIN
    if folders.isdisjoint(names) or (others and folders.isdisjoint(stems)):
        return _NO_FIT
    return len(folders & names), -len(others)


def _with_folder(path: str, module: str) -> tuple[str, ...]:
    """A file and the folder that its module is told from; the file alone where that is the whole scan."""
    folder = posixpath.splitext(path)[0].removesuffix(module).rstrip("/")
    if folder == posixpath.splitext(path)[0]:
        folder = posixpath.dirname(path)
    return (path, folder) if folder else (path,)
