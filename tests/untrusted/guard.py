"""Runs the real command line where every attempt to do what a scan must not do is denied and written to a log.

Processes that it forks to share the work stand under the same guard.

    python guard.py LOG TREE WRITABLE[:WRITABLE...] ARGUMENTS...

It is a script, so that nothing but the standard library is imported before the guard stands.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import FrameType

DENIED = (
    *(
        "socket.",
        "ctypes.",
        "ftplib.",
        "http.",
        "imaplib.",
        "nntplib.",
        "poplib.",
        "smtplib.",
        "telnetlib.",
        "urllib.",
        "webbrowser.",
    ),
    *("os.system", "os.exec", "os.spawn", "os.startfile", "os.chdir", "os.putenv"),
    *(
        "sqlite3.",
        "pty.spawn",
        "mmap.",
        "signal.pthread_kill",
        "winreg.",
        "code.__new__",
        "builtins.input",
    ),
)
# What changes the disk, and which arguments are paths.
CHANGES = {
    **dict.fromkeys(
        ("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.chflags"), (0,)
    ),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink", "shutil.move", "shutil.copyfile", "shutil.copytree"), (0, 1)),
    **dict.fromkeys(("shutil.rmtree", "os.setxattr", "os.removexattr", "tempfile.mkstemp", "tempfile.mkdtemp"), (0,)),
}
RELATIVE = frozenset(("os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.chown", "shutil.rmtree"))
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
STANDARD = Path(os.__file__).resolve().parent
_IMPORTING = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>", "<frozen runpy>")


_PROCESSES = tuple(os.fspath(STANDARD / name) for name in ("multiprocessing", "concurrent", "subprocess.py"))
# What loads the program's own bytecode, and makes its classes.
_OWN = ("deferred.py", "importing.py")


class DeniedError(BaseException):
    """What nothing that handles errors may hide."""


class Guard:
    """The audit hook."""

    def __init__(self, log: int, tree: Path, writable: tuple[Path, ...], program: Path) -> None:
        self._log = log
        self._trusted = (os.fspath(STANDARD) + os.sep, *_IMPORTING, *(os.fspath(program / name) for name in _OWN))
        self._tree = os.fspath(tree)
        self._writable = tuple(map(os.fspath, writable))
        self._busy = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            fault = self._fault(event, arguments)
            if fault is not None:
                os.write(self._log, f"{event}: {fault}\n".encode("utf-8", "backslashreplace"))
                raise DeniedError(fault)
        finally:
            self._busy = False

    def _fault(self, event: str, arguments: tuple[object, ...]) -> str | None:
        """What is wrong with an event; None where nothing is."""
        if event.startswith(DENIED):
            return repr(arguments)[:300]
        match event:
            case "subprocess.Popen" | "os.posix_spawn":
                program = os.path.basename(os.fsdecode(str(arguments[0])))  # noqa: PTH119
                return None if program == "git" else repr(arguments)[:300]
            case "open":
                path, _, flags = arguments
                writes = isinstance(flags, int) and bool(flags & WRITING)
                return None if not writes or isinstance(path, int) else self._outside(path)
            case "import":
                return self._below(arguments[1])
            case "compile":
                return self._compiled(*arguments)
            case "exec":
                return self._run(getattr(arguments[0], "co_filename", ""))
            case "pickle.find_class" | "os.kill":
                # What its own processes send to each other, and their end.
                caller = self._caller().f_code.co_filename
                return None if caller.startswith(_PROCESSES) else f"{arguments[0]} by {caller}"
            case "marshal.loads" | "marshal.load":
                caller = self._caller().f_code.co_filename
                return None if caller.startswith(self._trusted) else f"by {caller}"
        places = CHANGES.get(event, ())
        folder = arguments[-1] if event in RELATIVE else -1
        return next((fault for each in places if (fault := self._outside(arguments[each], folder)) is not None), None)

    def _outside(self, path: object, folder: object = -1) -> str | None:
        """What is wrong with writing at a path, relative to a folder given by its descriptor where that is not -1."""
        if isinstance(path, int):
            return None
        base = f"/proc/self/fd/{folder}/" if folder not in (-1, None) else ""
        place = os.path.realpath(base + os.fsdecode(os.fspath(path)))  # type: ignore[call-overload]
        allowed = place == os.devnull or any(place == each or place.startswith(each + os.sep) for each in self._writable)
        return None if allowed else f"writes to {place}"

    def _below(self, path: object) -> str | None:
        if not isinstance(path, str):
            return None
        place = os.path.realpath(path)
        return f"code of {place}" if place == self._tree or place.startswith(self._tree + os.sep) else None

    def _compiled(self, source: object, name: object) -> str | None:
        """Text may become a tree by `ast.parse`; code only by importing, and in the standard library's own classes."""
        caller = self._caller()
        if caller.f_code.co_filename == os.fspath(STANDARD / "ast.py") and caller.f_code.co_name == "parse":
            return None
        return self._run(os.fsdecode(name) if isinstance(name, str | bytes) else "")

    def _run(self, name: str) -> str | None:
        if name.startswith("<"):
            caller = self._caller().f_code.co_filename
            return None if caller.startswith(self._trusted) else f"{name} by {caller}"
        return self._below(name)

    def _caller(self) -> FrameType:
        """The frame that caused the event: the first that is not of this file."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        assert frame is not None
        return frame


def main() -> None:
    """Stands guard and runs the program."""
    log, tree, writable, *arguments = sys.argv[1:]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    places = tuple(Path(each).resolve() for each in writable.split(os.pathsep) if each)
    # What the script itself stands in is no place that a console script would import from.
    sys.path[:] = [each for each in sys.path if Path(each).resolve() != Path(__file__).resolve().parent]
    sys.argv = ["routelint", *arguments]
    found = importlib.util.find_spec("routelint")
    assert found is not None
    assert found.origin is not None
    sys.addaudithook(Guard(descriptor, Path(tree).resolve(), places, Path(found.origin).parent))
    from routelint.__main__ import main as program

    program()


if __name__ == "__main__":
    main()
