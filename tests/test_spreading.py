"""Several processes find what one finds, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from routelint import catalog, engine
from routelint import policy as policies
from routelint.cli import working
from routelint.collect import collect
from routelint.parse import steps
from routelint.parse.python.program import Program
from routelint.parse.steps import Done, Scan
from routelint.spreading import Spread, open_pool
from scans import write_tree

FILES = 60
WRAPPER = "import boto3\n\n\ndef ask(model):\n    return boto3.client('bedrock-runtime').converse(modelId=model, messages=[])\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Services that share a wrapper, so that each process must find the callers that others look at."""
    services = {
        f"s{number:02}.py": f"from wrapper import ask  # bedrock-runtime\n\nask('anthropic.claude-{name}-5-5')\n"
        for number in range(FILES)
        for name in (("haiku", "sonnet", "opus")[number % 3],)
    }
    direct = WRAPPER.replace("modelId=model", "modelId='amazon.nova-pro-v1:0'")
    services |= {f"d{number:02}.py": direct for number in range(FILES)}
    return write_tree(tmp_path / "repository", {**services, "wrapper.py": WRAPPER})


def found(repository: Path, workers: steps.Workers) -> list[str]:
    """Everything that the workers find, printed."""

    collected = collect(repository)
    resolved = engine.resolve(collected.units, collected.tree, policies.default(), catalog.load(), run=steps.by(workers))
    return list(map(repr, (*resolved.references, *resolved.errors)))


@pytest.mark.parametrize("processes", [2, 3, 7])
def test_any_number_of_processes_finds_the_same(repository: Path, processes: int) -> None:
    alone = found(repository, steps.each)
    assert len(alone) > FILES
    opened: list[int] = []

    def count(width: int, scan: Scan) -> Executor:
        opened.append(width)
        return open_pool(width, scan)

    spread = Spread(processes, count)
    assert found(repository, spread) == alone
    spread.close()
    # One pool serves every step.
    assert opened == [processes]


@pytest.mark.slow
def test_processes_that_share_no_memory_find_the_same(repository: Path) -> None:
    spread = Spread(2, lambda width, scan: open_pool(width, scan, "spawn"))
    assert found(repository, spread) == found(repository, steps.each)
    spread.close()


def test_few_files_start_no_process(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Executor:
        raise AssertionError("a process is started")

    assert found(repository, Spread(1, refuse)) == found(repository, steps.each)
    monkeypatch.setattr(Spread, "__init__", refuse)
    few = write_tree(repository.parent / "few", {f"a{number}.py": WRAPPER for number in range(20)})
    with ExitStack() as stack:
        assert found(few, working._workers(4, stack)) == found(few, steps.each)


@pytest.mark.skipif(sys.platform != "linux", reason="the fault is planted in forked processes")
def test_a_file_that_kills_its_process_costs_that_file(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(repository, steps.each)
    parent = os.getpid()
    original = Program.module

    def module(self: Program, path: str) -> object:
        if path == "d07.py" and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, path)

    monkeypatch.setattr(Program, "module", module)
    spread = Spread(2)
    told = found(repository, spread)
    spread.close()
    assert [each for each in told if "d07.py" not in each] == [each for each in alone if "d07.py" not in each]
    [error] = [each for each in told if "d07.py" in each]
    assert "was killed, twice" in error


@pytest.mark.skipif(sys.platform != "linux", reason="the fault is planted in forked processes")
def test_a_process_that_is_killed_once_costs_nothing(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(repository, steps.each)
    parent, killed = os.getpid(), tmp_path / "killed"
    original = Program.module

    def module(self: Program, path: str) -> object:
        if path == "d07.py" and os.getpid() != parent and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, path)

    monkeypatch.setattr(Program, "module", module)
    spread = Spread(2)
    assert found(repository, spread) == alone
    spread.close()
    assert killed.exists()


ORPHANS = """\
import os, sys, time

from routelint.cli import main
from routelint.parse.python.program import Program

parent = os.getpid()


def module(self, path):
    if os.getpid() != parent:
        open(f"worker-{os.getpid()}", "w").close()
        time.sleep(600)


Program.module = module
sys.exit(main(["inventory", "--no-cache", "--jobs", "2", "repository"]))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_no_process_outlives_one_that_was_killed(repository: Path, tmp_path: Path) -> None:
    def workers() -> list[str]:
        return [each.name.removeprefix("worker-") for each in tmp_path.glob("worker-*")]

    def until(done: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not done() and time.monotonic() < end:
            time.sleep(0.05)
        assert done()

    def alive(process: str) -> bool:
        try:
            return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    process = subprocess.Popen([sys.executable, "-c", ORPHANS], cwd=tmp_path)
    until(lambda: len(workers()) == 2)
    process.kill()
    process.wait(timeout=60)
    until(lambda: not any(map(alive, workers())))


class Breaking(Executor):
    """An executor that does the first few tasks, and then takes no more."""

    def __init__(self, scan: Scan, tasks: int) -> None:
        self.scan = scan
        self.tasks = tasks

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Does a task at once."""
        if self.tasks == 0:
            raise BrokenExecutor("no more")
        self.tasks -= 1
        future: Future[list[Done]] = Future()
        step, items, shared = args
        future.set_result(list(steps.each(self.scan, step, items, shared)))
        return future


def test_what_an_executor_does_not_take_is_done_by_the_next(repository: Path) -> None:
    opened: list[Breaking] = []

    def start(width: int, scan: Scan) -> Executor:
        opened.append(Breaking(scan, 3 if not opened else 1000))
        return opened[-1]

    assert found(repository, Spread(2, start)) == found(repository, steps.each)
    assert len(opened) == 2


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_the_command_line_prints_the_same_for_any_number_of_jobs(repository: Path, tmp_path: Path, jobs: str) -> None:
    def printed(*arguments: str) -> str:
        command = [sys.executable, "-m", "routelint", "scan", "--format", "json", "--today", "2026-11-24", *arguments, "."]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (1, "")
        return done.stdout

    alone = printed("--no-cache", "--jobs", "1")
    cold = printed("--cache-dir", str(tmp_path / "cache"), "--jobs", jobs)
    warm = printed("--cache-dir", str(tmp_path / "cache"), "--jobs", jobs)
    assert alone == cold == warm


def test_a_number_of_jobs_is_at_least_one(repository: Path) -> None:
    command = [sys.executable, "-m", "routelint", "scan", "--jobs", "0", "."]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "0 is not in the range x>=1" in done.stderr
