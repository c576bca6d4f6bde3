"""Many repositories on a Dask cluster: the same results as on this machine, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fleet_workers
from commands import routelint, status
from routelint.cli import fleet_engines
from scans import write_tree

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")]
dask = pytest.importorskip("dask", reason="the extra dask is not installed")
distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

TODAY = "2026-11-24"
NAMES = ("a", "b", "c", "d", "e", "f")
CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])\n'
MODELS = ("us.anthropic.claude-opus-5-5", "amazon.nova-lite-v1:0", "anthropic.claude-3-opus-20240229-v1:0")


def started(workers: int) -> Any:
    """A scheduler and worker processes on this machine."""
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    )


def address(cluster: Any) -> str:
    return f"dask://{cluster.scheduler_address.removeprefix('tcp://')}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two workers."""
    with started(2) as running:
        yield running


@pytest.fixture
def engine(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the cluster; its workers do what `fleet_workers` says."""
    monkeypatch.setattr(fleet_engines, "scan", fleet_workers.scan)
    return address(cluster)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Repositories that differ, one that is not there, and their list."""
    for number, name in enumerate(NAMES):
        model = MODELS[number % len(MODELS)]
        write_tree(tmp_path / name, {f"src/app{each}.py": CALL.format(model=model) for each in range(number + 1)})
    return write_tree(tmp_path, {"repos.txt": "".join(f"{name}\n" for name in (*NAMES, "gone"))})


def run(folder: Path, out: str, *arguments: str) -> str:
    """What a run says on standard error; it ends with 3, because a repository is not there."""
    result = routelint(
        "fleet", folder / "repos.txt", "--today", TODAY, "--output-dir", folder / out, "--format", "sarif", *arguments
    )
    assert result.return_value == 3
    return result.stderr


def written(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def failures(out: Path) -> dict[str, str]:
    """Why repositories failed, by their paths."""
    document = json.loads((out / "fleet.json").read_bytes())
    return {each["path"]: each["reason"] for each in document["repositories"] if each["status"] == "failed"}


def test_a_cluster_gives_what_this_machine_gives(folder: Path, engine: str) -> None:
    run(folder, "here", "--jobs", "1")
    run(folder, "there", "--engine", engine)
    assert failures(folder / "there") == {"gone": "there is no such folder"}
    assert len(written(folder / "here")) == 3 * len(NAMES) + 1
    assert written(folder / "there") == written(folder / "here")


def test_a_worker_killed_in_the_middle_loses_nothing(folder: Path, engine: str) -> None:
    run(folder, "here", "--jobs", "1")
    pipe = folder / "c.hold"
    os.mkfifo(pipe)
    killed: list[int] = []

    def kill() -> None:
        # The read ends when a worker is in the middle of the repository, and says which one it is.
        killed.append(int(pipe.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    said = run(folder, "there", "--engine", engine, "--verbose")
    killer.join()
    assert killed
    assert killed[0] != os.getpid()
    assert written(folder / "there") == written(folder / "here")
    # Dask itself gave the repository to another worker.
    assert "lost" not in said
    assert sorted(line.split()[1] for line in said.splitlines() if line.startswith("[")) == [
        f"{name}:" for name in (*NAMES, "gone")
    ]


def test_a_run_on_a_cluster_goes_on_on_this_machine(folder: Path, engine: str) -> None:
    assert "lost" not in run(folder, "out", "--engine", engine, "--verbose")
    assert failures(folder / "out") == {"gone": "there is no such folder"}
    before = written(folder / "out")
    assert f"{len(NAMES)} of {len(NAMES) + 1} repositories unchanged" in run(folder, "out", "--jobs", "1")
    assert written(folder / "out") == before


def test_a_repository_that_kills_every_worker_costs_its_own_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_engines, "scan", fleet_workers.scan)
    (folder / "b.deadly").touch()
    # A cluster of its own, by itself: it may have no worker left, because Dask starts none anew that dies while it starts.
    write_tree(folder, {"repos.txt": "b\n"})
    monkeypatch.setattr(fleet_engines, "WORKER_SECONDS", 2)
    monkeypatch.setattr(fleet_engines, "LOOK_SECONDS", 0.1)
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), started(2) as running:
        said = run(folder, "there", "--engine", address(running), "--verbose")
    assert re.search(r"\] b: (its worker was lost, twice: KilledWorker: |the Dask cluster has no workers)", said)
    assert set(written(folder / "there")) == {"fleet.json"}


@pytest.mark.parametrize("arguments", [[], ["--quiet"]], ids=["telling", "quiet"])
def test_a_cluster_without_workers_is_not_waited_for_without_end(
    arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet_engines, "WORKER_SECONDS", 1)
    monkeypatch.setattr(fleet_engines, "LOOK_SECONDS", 0.1)
    with started(0) as running:
        said = run(folder, "there", "--engine", address(running), *arguments)
    assert set(failures(folder / "there").values()) == {"the Dask cluster has no workers"}
    assert ("routelint: the Dask cluster has no workers; waiting for them, at most 1 second" in said) is (not arguments)


def test_a_scheduler_that_goes_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_engines, "scan", fleet_workers.scan)
    monkeypatch.setattr(fleet_engines, "DASK_SECONDS", 2)
    pipe = folder / "a.hold"
    os.mkfifo(pipe)
    with started(1) as running:
        closer = threading.Thread(target=lambda: (pipe.read_text(), running.close()))
        closer.start()
        run(folder, "there", "--engine", address(running))
        closer.join()
    assert set(failures(folder / "there").values()) <= {"the Dask scheduler has gone", "there is no such folder"}


def test_a_scheduler_that_does_not_answer_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_engines, "DASK_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # It takes connections and never says a word.
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        result = routelint_error(folder, f"dask://{address}")
    assert result == f"no Dask scheduler answers at 'tcp://{address}' within 1 second; 'dask scheduler' starts one"


def test_a_missing_package_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install 'routelint[dask]'" in routelint_error(folder, "dask://127.0.0.1:8786")


def routelint_error(folder: Path, engine: str) -> str:
    code, message = status("fleet", folder / "repos.txt", "--engine", engine)
    assert code == 2
    return message
