"""Runs targets over processes, keeps what crashes, and says how far it came."""

from __future__ import annotations

import hashlib
import math
import mmap
import multiprocessing
import os
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fuzzing.inputs import Inputs
from fuzzing.reduce import reduce
from fuzzing.seeds import real
from fuzzing.tally import NO_RECORDS, Records, Tally
from fuzzing.targets import BY_NAME, Target
from fuzzing.trial import Crash, Trial, give

MEMORY_BYTES = 3 * 1024**3
# Native code that never comes back cannot be interrupted from inside. In processor time: on a busy machine all is slow.
HANG_SECONDS = 60.0
SLOT_BYTES = 256 * 1024
TWICE_EVERY = 50
TELL_SECONDS = 2.0


@dataclass(frozen=True)
class Budget:
    """How much a target is given: inputs in all rounds, seconds in this one; whichever ends first."""

    inputs: int
    seconds: float


@dataclass(frozen=True)
class Settings:
    """What all targets of a run share. `real` is a folder of files to mutate, `crashes` where faults are written,
    `reduce_seconds` what making one small may take, `turn_seconds` how long a target is at work before another has its turn."""

    budget: Budget
    seed: str
    crashes: Path
    real: Path | None = None
    jobs: int = 2
    reduce_seconds: float = 40.0
    turn_seconds: float = math.inf
    records: Records = NO_RECORDS


@dataclass
class _Worker:
    """A process with the target it works on, and the bytes it was last given; `heard` when it last said something."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    slot: mmap.mmap
    tally: Tally
    heard: float


def run(targets: Sequence[Target], settings: Settings) -> Iterator[Tally]:
    """The tally of each target when it has ended, and of those at work every few seconds: the same object each time.

    The target that had the least time is the next to have its turn.
    """
    waiting = [settings.records.tally(target.name) for target in targets]
    ends = {tally.target: tally.seconds + settings.budget.seconds for tally in waiting}
    working: list[_Worker] = []
    while waiting or working:
        while waiting and len(working) < settings.jobs:
            tally = min(waiting, key=lambda each: each.seconds) if settings.turn_seconds < math.inf else waiting[0]
            waiting.remove(tally)
            working.append(_start(tally, ends[tally.target], settings))
        for pipe in wait([each.pipe for each in working], timeout=5.0):
            worker = next(each for each in working if each.pipe is pipe)
            if _hear(worker):
                yield worker.tally
                continue
            working.remove(worker)
            if worker.process.exitcode:
                # It died of its input: that is a fault, and the rest is for another process.
                _keep_death(worker, settings, f"the process ended with {worker.process.exitcode}")
            settings.records.write_tally(worker.tally)
            if worker.tally.inputs < settings.budget.inputs and worker.tally.seconds < ends[worker.tally.target]:
                waiting.insert(0, worker.tally)
            yield worker.tally
        for worker in working:
            if _processor_seconds(worker.process.pid) - worker.heard > HANG_SECONDS:
                worker.process.kill()
                worker.process.join()


def _start(tally: Tally, ends: float, settings: Settings) -> _Worker:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    slot = mmap.mmap(-1, SLOT_BYTES)
    tally.turns += 1
    process = context.Process(
        target=_work, args=(tally, min(ends, tally.seconds + settings.turn_seconds), settings, theirs, slot), daemon=True
    )
    process.start()
    theirs.close()
    return _Worker(process, ours, slot, tally, _processor_seconds(process.pid))


def _processor_seconds(pid: int | None) -> float:
    """The processor time of a process, where the system tells it; else the time that has passed."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _hear(worker: _Worker) -> bool:
    """Whether the worker is still at work; takes over what it says."""
    try:
        said: dict[str, Any] = worker.pipe.recv()
    except EOFError:
        worker.process.join()
        worker.pipe.close()
        return False
    worker.heard = _processor_seconds(worker.process.pid)
    for name, value in said.items():
        setattr(worker.tally, name, value)
    return True


def _keep_death(worker: _Worker, settings: Settings, told: str) -> None:
    size = int.from_bytes(worker.slot[:8], "little")
    worker.tally.deaths += 1
    crash = Crash(f"death {worker.process.exitcode}", told)
    name = _name(worker.tally.target, crash)
    worker.tally.crashes = [*dict.fromkeys((*worker.tally.crashes, name))]
    _write(name, bytes(worker.slot[8 : 8 + size]), crash, settings.crashes)


def _work(tally: Tally, ends: float, settings: Settings, pipe: Connection, slot: mmap.mmap) -> None:
    """What a worker does: its share of one target."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    target = BY_NAME[tally.target]
    files = tuple(real(settings.real, target.reads)) if settings.real is not None else ()
    # Another turn makes other inputs: these were tried.
    inputs = Inputs(target, f"{settings.seed}/{target.name}/{tally.turns}", files)
    seen = settings.records.seen(target.name)
    pipe.send(asdict(tally))
    began, earlier = time.process_time(), tally.seconds
    told = time.monotonic()

    def tried(data: bytes) -> Trial:
        kept = data[: SLOT_BYTES - 8]
        slot[: 8 + len(kept)] = len(kept).to_bytes(8, "little") + kept
        trial = give(target, data, twice=tally.inputs % TWICE_EVERY == 0)
        if trial.seconds > tally.slowest_seconds:
            tally.slowest_seconds, tally.slowest_bytes = trial.seconds, len(data)
        if trial.outcome is not None:
            inputs.learn(data, trial.outcome)
        if trial.crash is not None and not _is_written(name := _name(target.name, trial.crash), settings.crashes):
            tally.crashes = [*dict.fromkeys((*tally.crashes, name))]
            _write(name, _smallest(target, data, trial.crash, settings), trial.crash, settings.crashes)
        return trial

    # It is not left behind when its parent is stopped.
    parent = os.getppid()
    for data in settings.records.kept(target.name):
        if os.getppid() != parent:
            return
        tried(data)
    while tally.inputs < settings.budget.inputs and tally.seconds < ends and os.getppid() == parent:
        data = inputs.next()
        if seen.add(data):
            tally.inputs += tried(data).reached
        tally.seconds = earlier + time.process_time() - began
        tally.behaviours = max(tally.behaviours, inputs.behaviours)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            settings.records.write_tally(tally)
            pipe.send(asdict(tally))
    settings.records.write_kept(target.name, inputs.kept())
    settings.records.write_tally(tally)
    if os.getppid() == parent:
        pipe.send(asdict(tally))
    pipe.close()


def _smallest(target: Target, data: bytes, crash: Crash, settings: Settings) -> bytes:
    def shows(shorter: bytes) -> bool:
        again = give(target, shorter, twice=crash.key == "twice").crash
        return again is not None and again.key == crash.key

    return reduce(data, shows, settings.reduce_seconds) if shows(data) else data


def _name(target: str, crash: Crash) -> str:
    """The name of the files of a fault."""
    return f"{target}-{hashlib.sha256(crash.key.encode()).hexdigest()[:8]}"


def _is_written(name: str, folder: Path) -> bool:
    """Whether a fault is known; whoever has mended it takes its files away."""
    return (folder / f"{name}.txt").exists()


def _write(name: str, data: bytes, crash: Crash, folder: Path) -> None:
    """Writes the input; and beside it how to see the fault again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.input").write_bytes(data)
    again = f"make fuzz REPRODUCE={os.path.relpath(folder / name)}.input"
    (folder / f"{name}.txt").write_text(
        f"{crash.key}\n\nsee it again: {again}\ninput: {data[:300]!r}\n\n{crash.told}\n", "utf-8", "backslashreplace"
    )
