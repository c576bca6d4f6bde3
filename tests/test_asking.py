"""Asking a program for a list: its output, its failures, its end, and the folder it is given."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import pytest

from routelint.collect import asking

ENVIRONMENT = {"PATH": os.defpath}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


needs_spawn = pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="no such way to start a process here")


@pytest.fixture(params=["spawned", "subprocess"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to start a process."""
    if request.param == "subprocess":
        monkeypatch.delattr(os, "posix_spawn", raising=False)
    elif not hasattr(os, "posix_spawn"):
        pytest.skip("no such way to start a process here")


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (python("print('a', end='')"), b"a"),
        (python("pass"), b""),
        (python("import sys; sys.stdout.write('x' * 3_000_000)"), b"x" * 3_000_000),
        (python("import sys; sys.stderr.write('y' * 300_000); print('a', end='')"), b"a"),
        (python("import sys; print(repr(sys.stdin.read()), end='')"), b"''"),
        (python("import os; print(sorted(os.environ.keys() - {'LC_CTYPE'}), end='')"), b"['PATH']"),
        (python("print('a'); raise SystemExit(3)"), None),
        (["/nonexistent/program"], None),
        ([os.fspath(Path(__file__).parent)], None),
    ],
    ids=["a text", "nothing", "much", "complaints", "no input", "its environment only", "a failure", "absent", "a folder"],
)
@pytest.mark.usefixtures("way")
def test_what_a_program_prints(command: list[str], printed: bytes | None) -> None:
    assert asking.output(command, ENVIRONMENT, 60) == printed


@pytest.mark.parametrize("code", ["import time; time.sleep(60)", "import os, time; os.close(1); time.sleep(60)"])
@pytest.mark.usefixtures("way")
def test_a_program_that_takes_too_long_is_ended(code: str) -> None:
    started = time.monotonic()
    asking.output(python(code), ENVIRONMENT, 0.3)
    assert time.monotonic() - started < 30


@needs_spawn
def test_an_interruption_ends_the_program(tmp_path: Path) -> None:
    class InterruptionError(BaseException):
        pass

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise InterruptionError

    def once_it_runs() -> None:
        while not running.exists():
            pass
        os.kill(os.getpid(), signal.SIGALRM)

    running = tmp_path / "running"
    written = f"p = pathlib.Path({os.fspath(running)!r}); n = p.with_name('new'); n.write_text(str(os.getpid())); n.rename(p)"
    before = signal.signal(signal.SIGALRM, interrupt)
    watching = threading.Thread(target=once_it_runs)
    watching.start()
    try:
        with pytest.raises(InterruptionError):
            asking.output(python(f"import os, pathlib, time; {written}; time.sleep(60)"), ENVIRONMENT, 60)
    finally:
        watching.join()
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(running.read_text()), 0)


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with asking.empty_folder() as folder:
        assert folder is not None
        made = Path(folder)
        assert (made.parent, list(made.iterdir()), made.stat().st_mode & 0o777) == (tmp_path, [], 0o700)
        (made / "file").write_text("x")
        (made / "inner" / "deep").mkdir(parents=True)
    assert not made.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["", ".", "relative", "/nonexistent"])
def test_no_folder_is_made_where_we_are(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "relative").mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, place)
    with asking.empty_folder() as folder:
        assert folder is not None
        assert not folder.startswith(str(tmp_path))


@needs_spawn
def test_a_program_is_found_on_path_but_not_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "lister").write_text("#!/bin/sh\n")
        (folder / "lister").chmod(0o755)
    (tmp_path / "first" / "lister").mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "../here", str(tmp_path / "first"), str(there)]))
    assert asking.find("lister") == str(there / "lister")
    assert asking.find("absent") is None
