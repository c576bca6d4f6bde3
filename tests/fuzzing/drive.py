"""Runs targets over processes, keeps what crashes, and says how far it came."""

from __future__ import annotations

import hashlib
import json
import mmap
import multiprocessing
import os
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fuzzing.inputs import Inputs
from fuzzing.reduce import reduce
from fuzzing.seeds import real
from fuzzing.targets import BY_NAME, Target
from fuzzing.trial import Crash, give

MEMORY_BYTES = 3 * 1024**3
# Native code that never comes back cannot be interrupted from inside. In processor time: on a busy machine all is slow.
HANG_SECONDS = 60.0
SLOT_BYTES = 256 * 1024
TWICE_EVERY = 50
TELL_SECONDS = 2.0


@dataclass(frozen=True)
class Budget:
    """How much a target is given: whichever ends first."""

    inputs: int
    seconds: float


@dataclass
class Tally:
    """What a target came to so far."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    behaviours: int = 0
    slowest_seconds: float = 0.0
    slowest_bytes: int = 0
    deaths: int = 0
    crashes: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Inputs per second of wall time."""
        return self.inputs / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Settings:
    """What all targets of a run share. `real` is a folder of files to mutate, `crashes` where faults are
    written, `reduce_seconds` what making one small may take."""

    budget: Budget
    seed: str
    crashes: Path
    real: Path | None = None
    jobs: int = 2
    reduce_seconds: float = 40.0


@dataclass
class _Worker:
    """A process with the target it works on, and the bytes it was last given; `heard` when it last said something."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    slot: mmap.mmap
    tally: Tally
    heard: float


def run(targets: Sequence[Target], settings: Settings) -> Iterator[Tally]:
    """The tally of each target when it has ended, and of those at work every few seconds: the same object each time."""
    waiting = [Tally(target.name) for target in targets]
    working: list[_Worker] = []
    while waiting or working:
        while waiting and len(working) < settings.jobs:
            working.append(_start(waiting.pop(0), settings))
        for pipe in wait([each.pipe for each in working], timeout=5.0):
            worker = next(each for each in working if each.pipe is pipe)
            if _hear(worker, settings):
                yield worker.tally
                continue
            working.remove(worker)
            if worker.process.exitcode and not _spent(worker.tally, settings.budget):
                # It died of its input: that is a fault, and the rest is for another process.
                _keep_death(worker, settings, f"the process ended with {worker.process.exitcode}")
                waiting.insert(0, worker.tally)
            yield worker.tally
        for worker in working:
            if _processor_seconds(worker.process.pid) - worker.heard > HANG_SECONDS:
                worker.process.kill()
                worker.process.join()


def _spent(tally: Tally, budget: Budget) -> bool:
    return tally.inputs >= budget.inputs or tally.seconds >= budget.seconds


def _start(tally: Tally, settings: Settings) -> _Worker:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    slot = mmap.mmap(-1, SLOT_BYTES)
    process = context.Process(target=_work, args=(tally, settings, theirs, slot), daemon=True)
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


def _hear(worker: _Worker, settings: Settings) -> bool:
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
    name = _write(worker.tally.target, bytes(worker.slot[8 : 8 + size]), crash, settings.crashes)
    worker.tally.crashes.append(name)


def _work(tally: Tally, settings: Settings, pipe: Connection, slot: mmap.mmap) -> None:
    """What a worker does: its share of one target."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    target = BY_NAME[tally.target]
    files = tuple(real(settings.real, target.reads)) if settings.real is not None else ()
    inputs = Inputs(target, f"{settings.seed}/{target.name}/{tally.deaths}", files)
    known: set[str] = set()
    pipe.send(asdict(tally))
    began = told = time.monotonic()
    earlier = tally.seconds
    while not _spent(tally, settings.budget):
        data = inputs.next()
        kept = data[: SLOT_BYTES - 8]
        slot[: 8 + len(kept)] = len(kept).to_bytes(8, "little") + kept
        trial = give(target, data, twice=tally.inputs % TWICE_EVERY == 0)
        tally.inputs += 1
        if trial.seconds > tally.slowest_seconds:
            tally.slowest_seconds, tally.slowest_bytes = trial.seconds, len(data)
        if trial.outcome is not None:
            inputs.learn(data, trial.outcome)
        if trial.crash is not None and trial.crash.key not in known:
            known.add(trial.crash.key)
            tally.crashes.append(
                _write(target.name, _smallest(target, data, trial.crash, settings), trial.crash, settings.crashes)
            )
        tally.seconds = earlier + time.monotonic() - began
        tally.behaviours = inputs.behaviours
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            pipe.send(asdict(tally))
    pipe.send(asdict(tally))
    pipe.close()


def _smallest(target: Target, data: bytes, crash: Crash, settings: Settings) -> bytes:
    def shows(shorter: bytes) -> bool:
        again = give(target, shorter, twice=crash.key == "twice").crash
        return again is not None and again.key == crash.key

    return reduce(data, shows, settings.reduce_seconds) if shows(data) else data


def _write(target: str, data: bytes, crash: Crash, folder: Path) -> str:
    """The name of the file that holds the input; beside it lies how to see the fault again."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{target}-{hashlib.sha256(crash.key.encode()).hexdigest()[:8]}"
    (folder / f"{name}.input").write_bytes(data)
    again = f"make fuzz REPRODUCE={os.path.relpath(folder / name)}.input"
    (folder / f"{name}.txt").write_text(
        f"{crash.key}\n\nsee it again: {again}\ninput: {data[:300]!r}\n\n{crash.told}\n", "utf-8", "backslashreplace"
    )
    return name


def table(tallies: Sequence[Tally]) -> str:
    """The tallies for people, one line each."""
    lines = [f"{'target':20} {'inputs':>10} {'per s':>8} {'behaviours':>10} {'slowest':>18} {'crashes':>8}"]
    for each in tallies:
        slowest = f"{each.slowest_seconds:.2f} s, {each.slowest_bytes:,} B"
        counts = f"{each.inputs:>10,} {each.per_second:>8,.0f} {each.behaviours:>10,}"
        lines.append(f"{each.target:20} {counts} {slowest:>18} {len(each.crashes):>8}")
    lines.append(
        f"{'all':20} {sum(each.inputs for each in tallies):>10,} {'':47} {sum(len(each.crashes) for each in tallies):>8}"
    )
    return "\n".join(lines)


def dump(tallies: Sequence[Tally]) -> str:
    """The tallies for programs."""
    return json.dumps([asdict(each) for each in tallies], indent=2) + "\n"
