"""A program that is asked for a list, without what `subprocess`, `tempfile` and `shutil` load for it: 4 % of a small scan.

Where processes cannot be started that way, on Windows, they are used.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping

_CHUNK_BYTES = 1024 * 1024
_FALLBACK_FOLDERS = ("/tmp", "/var/tmp")


def find(name: str) -> str | None:
    """The path of a program on PATH; None where there is none.

    Folders named relative to the current one are left out: the current one may be what is scanned.
    """
    if not hasattr(os, "posix_spawn"):
        return shutil.which(name)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = f"{folder}/{name}"
        if folder.startswith("/") and os.access(path, os.X_OK) and not os.path.isdir(path):  # noqa: PTH112
            return path
    return None


@contextlib.contextmanager
def empty_folder() -> Iterator[str | None]:
    """A new folder that only this user can read, as long as the block lasts; None where none can be made."""
    made = _make_folder()
    try:
        yield made
    finally:
        if made is not None:
            _remove(made)


def _remove(folder: str) -> None:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                (os.rmdir if entry.is_dir(follow_symlinks=False) else os.unlink)(entry.path)
        os.rmdir(folder)  # noqa: PTH106
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def _make_folder() -> str | None:
    for place in (*(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")), *_FALLBACK_FOLDERS):
        if place and os.path.isabs(place):  # noqa: PTH117
            made = os.path.join(place, f"routelint-{os.urandom(8).hex()}")  # noqa: PTH118
            with contextlib.suppress(OSError):
                os.mkdir(made, 0o700)  # noqa: PTH102
                return made
    return None


def output(command: list[str], environment: Mapping[str, str], seconds: float) -> bytes | None:
    """What a program prints; None where it cannot be started, fails, or takes too long. What it complains of is not read."""
    if hasattr(os, "posix_spawn"):
        try:
            return _spawned(command, environment, time.monotonic() + seconds)
        except OSError:
            return None
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _spawned(command: list[str], environment: Mapping[str, str], end: float) -> bytes | None:
    reader, writer = os.pipe()
    try:
        try:
            process = os.posix_spawn(
                command[0],
                command,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, writer, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
            )
        finally:
            os.close(writer)
        status = None
        try:
            chunks = _read(reader, end)
            status = _wait(process, end)
        finally:
            # Where it takes too long or we are interrupted, the program is ended.
            if status is None:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
    finally:
        os.close(reader)
    return b"".join(chunks) if status == 0 else None


def _read(reader: int, end: float) -> list[bytes]:
    """What comes through a pipe until it is closed or time is up."""
    chunks: list[bytes] = []
    waiting = select.poll()
    waiting.register(reader, select.POLLIN)
    while waiting.poll(max(0.0, 1000 * (end - time.monotonic()))):
        chunk = os.read(reader, _CHUNK_BYTES)
        if not chunk:
            break
        chunks.append(chunk)
    return chunks


def _wait(process: int, end: float) -> int | None:
    """The exit status of a process, negative where a signal ended it; None where it has not ended in time."""
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(0.0005)
