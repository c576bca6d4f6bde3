"""Where the scans of many repositories run: in this process, in a pool of processes, or on a Dask cluster.

The last two are executors of `concurrent.futures` and driven alike: what was lost with a worker is tried once more, alone.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Protocol, TypeAlias

import click

from routelint import processes
from routelint.cli.fleet_scanning import Job, Result, scan
from routelint.deferred import dataclass, lazy_regex
from routelint.fleet import Failed
from routelint.output.layout import counted

DASK_SECONDS = 10
# A cluster that grows with its work may need minutes for its first worker.
WORKER_SECONDS = 300
LOOK_SECONDS = 5.0

_DASK = lazy_regex(r"dask://((?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5})/?")

Tell: TypeAlias = Callable[[str], object]
Results: TypeAlias = Generator[tuple[Job, Result], None, None]


class Engine(Protocol):
    """Something that scans repositories."""

    def run(self, jobs: Sequence[Job]) -> Results:
        """Each job with its result, as they are finished; closing the iterator ends what still runs."""


def engine(name: str, workers: int | None, tell: Tell) -> Engine:
    """The engine of a name, `local` or `dask://HOST:PORT`; `tell` is given a line where a worker was lost.

    Raises:
        click.UsageError: there is no such engine, it takes no number of workers, or the cluster cannot be reached.
    """
    if name == "local":
        return Local(processes.processors() if workers is None else workers, tell)
    found = _DASK.fullmatch(name)
    if found is None:
        raise click.UsageError(f"no engine '{name}'; expected local, or dask://HOST:PORT with the address of a Dask scheduler")
    if workers is not None:
        raise click.UsageError("--jobs goes with the engine local; a Dask cluster has the workers it has")
    return Cluster(f"tcp://{found[1]}", tell)


@dataclass(frozen=True)
class Local:
    """This machine: as many processes as there are workers, or this one where that is enough."""

    workers: int
    tell: Tell

    def run(self, jobs: Sequence[Job]) -> Results:
        """Each job with its result, as they are finished; closing the iterator ends what still runs."""
        workers = min(self.workers, len(jobs))
        if workers <= 1:
            return ((job, scan(job)) for job in jobs)
        return _driven(_processes, workers, jobs, self.tell)


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster whose scheduler answers at `address`; its workers see the folders under the same paths."""

    address: str
    tell: Tell

    def run(self, jobs: Sequence[Job]) -> Results:
        """Each job with its result, as they are finished; closing the iterator ends what still runs.

        Raises:
            click.UsageError: the package is not installed, or no scheduler answers in time.
        """
        with self._client() as client:
            workers = _Workers(client, self.tell)

            @contextlib.contextmanager
            def opened(width: int) -> Iterator[_Opened]:
                gone = workers.gone
                if gone:
                    yield _Opened(_Gone(gone), str)
                    return
                # Not pure: Dask must not take a result that it remembers for one of today.
                executor = client.get_executor(pure=False)
                yield _Opened(
                    executor, lambda error: workers.gone or f"its worker was lost, twice: {_named(error)}", workers.come
                )

            # Dask itself gives a worker no more than it can do, and its jobs to others where it dies.
            yield from _driven(opened, len(jobs), jobs, self.tell)

    def _client(self) -> Any:
        try:
            import distributed
        except ImportError as error:
            raise click.UsageError(
                f"the engine dask needs a package that is not installed ({error}); pip install 'routelint[dask]' brings it"
            ) from error
        # What goes wrong is told by the run, once and in its words.
        for name in ("distributed", "distributed.client", "distributed.core"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        connect: Any = distributed.Client
        connected: list[Any] = []

        def attempt() -> None:
            with contextlib.suppress(Exception):
                connected.append(connect(self.address, timeout=DASK_SECONDS, set_as_default=False))

        # In a thread of its own, because the time limit of Dask is for connecting: what answers and is no scheduler is
        # waited for without end.
        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(DASK_SECONDS + 1)
        if not connected:
            raise click.UsageError(
                f"no Dask scheduler answers at '{self.address}' within {counted(DASK_SECONDS, 'second')}; "
                "'dask scheduler' starts one"
            )
        return connected[0]


class _Workers:
    """Watches whether a cluster has workers: what kills its worker as it starts may leave none, and nobody to say so."""

    def __init__(self, client: Any, tell: Tell) -> None:
        self._client = client
        self._tell = tell
        self._missed_since: float | None = None
        self._gave_up = False
        self.come()

    def come(self) -> bool:
        """Whether there are workers, or may yet be."""
        if self._client.scheduler_info().get("workers"):
            self._missed_since = None
        elif self._missed_since is None:
            self._missed_since = time.monotonic()
            self._tell(f"the Dask cluster has no workers; waiting for them, at most {counted(WORKER_SECONDS, 'second')}")
        self._gave_up = self._missed_since is not None and time.monotonic() - self._missed_since > WORKER_SECONDS
        return not self.gone

    @property
    def gone(self) -> str:
        """Why the cluster takes nothing any more; empty where it may."""
        # A client that has given up takes jobs and never says a word about them.
        if self._client.status not in ("running", "connecting"):
            return "the Dask scheduler has gone"
        return "the Dask cluster has no workers" if self._gave_up else ""


class _Gone(Executor):
    """What is left of a cluster that has gone: takes nothing."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Raises, always.

        Raises:
            ConnectionError: there is nobody to give a job to.
        """
        raise ConnectionError(self._reason)


@dataclass(frozen=True)
class _Opened:
    """An executor that takes jobs, what is said of one that was lost there, and whether there is anybody to work on them."""

    executor: Executor
    reason: Callable[[BaseException], str]
    staffed: Callable[[], bool] = lambda: True


_Open: TypeAlias = Callable[[int], contextlib.AbstractContextManager[_Opened]]


def _driven(open_executor: _Open, width: int, jobs: Iterable[Job], tell: Tell) -> Results:
    """Each job with its result, at most `width` of them under way at a time.

    Whoever dies takes along what runs in other workers of a pool: each of these jobs is tried once more by itself, and one
    that is lost again has failed.
    """
    waiting = deque(jobs)
    while waiting:
        with open_executor(width) as opened:
            lost = yield from _until_broken(opened, width, waiting)
        if lost:
            tell(f"{counted(len(lost), 'scan')} lost with a worker; trying each again by itself")
        for job, _ in lost:
            with open_executor(1) as opened:
                again = yield from _until_broken(opened, 1, deque([job]))
            yield from ((job, Failed(opened.reason(error))) for job, error in again)


def _until_broken(
    opened: _Opened, width: int, waiting: deque[Job]
) -> Generator[tuple[Job, Result], None, list[tuple[Job, BaseException]]]:
    """Gives the results of jobs taken from those waiting, and returns the jobs that were lost and to what."""
    running: dict[Future[Result], Job] = {}
    lost: list[tuple[Job, BaseException]] = []
    broken = False
    while True:
        while waiting and len(running) < width and not broken:
            try:
                running[opened.executor.submit(scan, waiting[0])] = waiting[0]
            except Exception as error:
                # Nothing was given away; but an executor that never takes anything must not be asked for ever.
                broken = True
                if not running and not lost:
                    lost.append((waiting.popleft(), error))
            else:
                waiting.popleft()
        if not running:
            return lost
        done = wait(running, LOOK_SECONDS, FIRST_COMPLETED).done
        if not done and not opened.staffed():
            for future in running:
                future.cancel()
            return [*lost, *((job, TimeoutError()) for job in running.values())]
        for future in [each for each in running if each in done]:
            job = running.pop(future)
            try:
                result = future.result()
            # `scan` raises nothing, so this is what carries it: a dead worker, one without routelint, a scheduler that left.
            except (Exception, CancelledError) as error:
                broken = broken or isinstance(error, BrokenExecutor)
                lost.append((job, error))
            else:
                yield job, result


class _Spawning(SpawnContext):
    """Starts processes and remembers them. They share nothing with this one, on every system: forks inherit locks."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        process = SpawnProcess(*arguments, **named)
        self.started.append(process)
        return process


@contextlib.contextmanager
def _processes(width: int) -> Iterator[_Opened]:
    """A pool of processes, none of which outlives the block, or this process however it ends."""
    spawning = _Spawning()

    def reason(error: BaseException) -> str:
        ends = (process.exitcode for process in spawning.started)
        ended = next((code for code in ends if code), None)
        if ended is None or ended > 0:
            return f"its process ended, twice: {_named(error) if ended is None else f'exit status {ended}'}"
        hint = "; often that is a lack of memory" if -ended == getattr(signal, "SIGKILL", None) else ""
        return f"its process was killed by {signal.Signals(-ended).name}, twice{hint}"

    with tempfile.TemporaryDirectory(prefix="routelint-") as scratch:
        executor = ProcessPoolExecutor(width, spawning, _begin, (scratch,))
        try:
            yield _Opened(executor, reason)
        except BaseException:
            # Ctrl-C and the like: who waits for a prompt does not wait for the scans of whole repositories.
            for process in spawning.started:
                if process.pid is not None:
                    process.kill()
            raise
        finally:
            executor.shutdown(cancel_futures=True)


def _begin(scratch: str) -> None:
    """What a process of the pool does first: Ctrl-C is for who started it, and nothing of it stays behind."""
    processes.begin()
    tempfile.tempdir = scratch


def _named(error: BaseException) -> str:
    said = str(error).splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
