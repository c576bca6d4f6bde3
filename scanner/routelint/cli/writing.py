"""Output that reaches its place whole or not at all: files are written beside it and renamed; a pipe may close early."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path

from routelint.cli import errors

# The machine fails, not what the user asked for.
_FAULTS_OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def failed(place: str, error: OSError) -> errors.WriteError:
    """The error that says what could not be written and why."""
    kind = errors.DiskError if error.errno in _FAULTS_OF_THE_MACHINE else errors.WriteError
    return kind(f"cannot write {place}: {_reason(error)}")


def check(path: Path) -> None:
    """Looks whether a file can be written at `path` at all, before the work whose result belongs there is done.

    Raises:
        WriteError: it is a folder, or its folder does not exist.
    """
    if path.is_dir():
        raise failed(f"'{path}'", OSError(errno.EISDIR, ""))
    if not path.parent.is_dir():
        raise failed(f"'{path}'", OSError(errno.ENOENT, ""))


def to_file(path: Path, text: str) -> None:
    """Puts `text` at `path` as a whole; a file there keeps its permissions, a link its target, and a device is written to.

    Raises:
        WriteError: it cannot be written; what was there before is as it was.
    """
    data = text.encode("utf-8", "replace")
    try:
        place = Path(os.path.realpath(path))
        before = _status(place)
        if before is not None and not stat.S_ISREG(before.st_mode):
            # A renamed file must not take the place of a device or a pipe; of a folder it cannot.
            with place.open("wb") as stream:
                stream.write(data)
        else:
            _replace(place, data, before)
    except OSError as error:
        raise failed(f"'{path}'", error) from error


def to_terminal(text: str) -> None:
    """Prints `text` on standard output. Where its reader has gone, nothing more is printed and nothing is said.

    Raises:
        WriteError: standard output cannot be written, such as a file on a full disk.
    """
    try:
        stream = sys.stdout.buffer
        stream.write(text.encode("utf-8", "replace"))
        stream.flush()
    except BrokenPipeError:
        abandon_output()
    except OSError as error:
        abandon_output()
        raise failed("to standard output", error) from error


def abandon_output() -> None:
    """Sends what is still to come on standard output nowhere, so that the interpreter does not fail on it when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def replace_file(place: Path, data: bytes) -> None:
    """Puts `data` at `place` as a whole, readable by this user only.

    Raises:
        OSError: it cannot be written; what was there before is as it was.
    """
    _replace(place, data, None, mode=0o600)


def _replace(place: Path, data: bytes, before: os.stat_result | None, mode: int | None = None) -> None:
    # In the same folder, or the renaming would be a copy; of a name nobody can foresee, because the folder may be shared.
    beside = place.with_name(f".routelint-{os.urandom(8).hex()}.part")
    try:
        with beside.open("xb") as stream:
            if before is not None:
                # Before anything is in it: who may not read the old file may not read the new one.
                with contextlib.suppress(OSError, AttributeError):
                    os.chown(beside, before.st_uid, before.st_gid)
                mode = stat.S_IMODE(before.st_mode)
            if mode is not None:
                beside.chmod(mode)
            stream.write(data)
        beside.replace(place)
    except BaseException:
        # Whatever stops us, Ctrl-C included.
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _status(place: Path) -> os.stat_result | None:
    try:
        return place.stat()
    except FileNotFoundError:
        return None


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.EISDIR:
            return "it is a folder; expected the name of a file"
        case errno.ENOENT | errno.ENOTDIR:
            return "its folder does not exist"
        case _:
            return (error.strerror or str(error)).lower()
