"""One input given to one target: under a limit of time, with memory and repetition watched; and how a fault is told apart."""

from __future__ import annotations

import resource
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

from fuzzing.faults import FaultError, Outcome
from fuzzing.targets import Target

# An input below this size that takes longer is a fault, and is stopped not much later.
SLOW_SECONDS = 2.0
STOP_SECONDS = 6.0
MOST_BYTES = 100_000
MOST_GROWTH_BYTES = 200 * 1024 * 1024
# The two counts of memory are taken at slightly different times.
NEARLY_KILOBYTES = 1_024
_SOURCES = (
    "/routelint/",
    "/routelint_rules/",
    "/routelint_schemas/",
    "/fuzzing/targets.py",
    "/fuzzing/faults.py",
    "/printed.py",
)


class _TooSlowError(BaseException):
    """Raised inside of a target by the clock; no `except Exception` stops it."""


@dataclass(frozen=True)
class Crash:
    """A fault: `key` is the same for the same cause, `told` is what people read."""

    key: str
    told: str


@dataclass(frozen=True)
class Trial:
    """What an input came to."""

    seconds: float
    outcome: Outcome | None
    crash: Crash | None

    @property
    def reached(self) -> bool:
        """Whether the input came to what is fuzzed."""
        return self.outcome is None or self.outcome.reached


@cache
def _counted_alone() -> bool:
    """Whether the usage that the system counts is of this process alone; of one that took its place it may be of that, too."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= (_status_kilobytes() or 0) + NEARLY_KILOBYTES


def _status_kilobytes() -> int | None:
    try:
        # Without buffer and decoder: of an input that takes 100 us, reading this as text took half.
        with Path("/proc/self/status").open("rb", buffering=0) as file:
            return int(file.read(4096).partition(b"VmHWM:")[2].split(None, 1)[0])
    except (OSError, IndexError, ValueError):
        return None


def _peak_kilobytes() -> int:
    """The most memory this process has held."""
    told = None if _counted_alone() else _status_kilobytes()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if told is None else told


def give(target: Target, data: bytes, *, twice: bool = False) -> Trial:
    """One input to one target; `twice` compares a second run with the first."""
    before = _peak_kilobytes()
    started = time.process_time()
    outcome: Outcome | None = None
    crash: Crash | None = None
    try:
        with _stopped(STOP_SECONDS):
            outcome = target.run(data)
            if twice and repr(target.run(data).value) != repr(outcome.value):
                crash = Crash("twice", "the same input came to another outcome the second time")
    except _TooSlowError as error:
        crash = Crash(f"slow {_place(error)}", f"still running after {STOP_SECONDS} s\n{_traceback(error)}")
    except MemoryError as error:
        crash = Crash(f"memory {_place(error)}", f"out of memory\n{_traceback(error)}")
    except Exception as error:
        kind = error.kind if isinstance(error, FaultError) else type(error).__name__
        crash = Crash(f"{kind} {_place(error)}", _traceback(error))
    seconds = (time.process_time() - started) / (2 if twice else 1)
    grown = (_peak_kilobytes() - before) * 1024
    if crash is None and len(data) <= MOST_BYTES:
        if seconds > SLOW_SECONDS:
            crash = Crash("slow", f"took {seconds:.1f} s of processor time")
        elif grown > MOST_GROWTH_BYTES:
            crash = Crash("memory", f"the peak of memory grew by {grown // 1024**2} MiB")
    return Trial(seconds, outcome, crash)


@contextmanager
def _stopped(seconds: float) -> Iterator[None]:
    """Stops what runs longer, in processor time; what never comes back from native code is stopped by the driver."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooSlowError

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def _place(error: BaseException) -> str:
    """The innermost function of ours that the error came through; for an endless run the outermost few."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if any(part in each.filename for part in _SOURCES)]
    if isinstance(error, _TooSlowError | RecursionError | MemoryError):
        # Where it stood when it was stopped is chance.
        frames = frames[:6]
        return " ".join(dict.fromkeys(f"{Path(each.filename).stem}:{each.name}" for each in frames[-3:]))
    return " ".join(f"{Path(each.filename).stem}:{each.name}:{each.lineno}" for each in frames[-1:])


def _traceback(error: BaseException) -> str:
    lines = traceback.format_exception(error, limit=-12 if not isinstance(error, RecursionError) else 12)
    return "".join(lines)[-6_000:]
