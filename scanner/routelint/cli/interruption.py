"""Signals that end a run: they become exceptions, so that what is half-written is removed and a line says what happened."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

# Not on every system; Ctrl-C is an exception of Python already.
_NAMES = ("SIGTERM", "SIGHUP")
# What shells report of a process that a signal ended.
BASE_STATUS = 128


class TerminatedError(BaseException):
    """The run was asked to end by a signal; like KeyboardInterrupt no `except Exception` catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = BASE_STATUS + number


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Raises `TerminatedError` where a signal would end the process, as long as the block lasts.

    A signal that is ignored or handled already (nohup, a program that calls this one) stays so.
    """
    before = {}
    # Only the main thread may say what signals do; a program that calls us from another one keeps its own ways.
    with contextlib.suppress(ValueError):
        for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> None:
    raise TerminatedError(number)
