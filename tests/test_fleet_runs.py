"""Many repositories in real processes: interrupted, killed, and on a Dask cluster; every time the same results."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import fleet_workers
from commands import routelint, status
from routelint.cli import fleet_engines
from scans import write_tree

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")]

TODAY = "2026-11-24"
NAMES = ("a", "b", "c", "d", "e", "f")
AGENT = 'resource "aws_bedrockagent_agent" "a{number}" {{\n  foundation_model = "{model}"\n}}\n'
CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])\n'
MODELS = ("us.anthropic.claude-opus-5-5", "amazon.nova-lite-v1:0", "anthropic.claude-3-opus-20240229-v1:0")
SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Repositories that differ, and their list."""
    for number, name in enumerate(NAMES):
        model = MODELS[number % len(MODELS)]
        agents = "".join(AGENT.format(number=each, model=model) for each in range(number + 1))
        write_tree(tmp_path / name, {"main.tf": agents, "src/app.py": CALL.format(model=model)})
    write_tree(tmp_path, {"repos.txt": "".join(f"{name}\n" for name in NAMES)})
    return tmp_path


@pytest.fixture
def expected(folder: Path) -> dict[str, bytes]:
    """What one process writes that nothing happens to."""
    code, _ = run(folder, "--jobs", "1", "--output-dir", folder / "expected")
    assert code == 1
    return written(folder / "expected")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets workers do what `fleet_workers` says."""
    monkeypatch.setattr(fleet_engines, "scan", fleet_workers.scan)


def run(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    return status("fleet", folder / "repos.txt", "--today", TODAY, *arguments)


def written(out: Path) -> dict[str, bytes]:
    """Every file of an output folder, what the reports rest on included."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def hold(folder: Path, name: str) -> Path:
    pipe = folder / f"{name}.hold"
    os.mkfifo(pipe)
    return pipe


def held(pipe: Path) -> int:
    """The process that waits there, as soon as it does."""
    return int(pipe.read_text())


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    # Ended, and not yet asked for its status.
    return Path(f"/proc/{process}/stat").exists() and ") Z " in Path(f"/proc/{process}/stat").read_text()


@pytest.mark.parametrize("formats", [[], ["--format", "sarif", "--format", "html"]], ids=["json", "all"])
def test_processes_give_what_one_gives(formats: list[str], folder: Path) -> None:
    assert run(folder, "--jobs", "1", "--output-dir", folder / "one", *formats)[0] == 1
    assert run(folder, "--jobs", "3", "--output-dir", folder / "three", *formats)[0] == 1
    assert written(folder / "one") == written(folder / "three")
    printed = [run(folder, "--jobs", jobs, "--quiet", "--format", "jsonl")[1] for jobs in ("1", "3")]
    assert printed[0] == printed[1]


# Interrupted.


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("jobs", ["1", "2"], ids=["in this process", "in two others"])
def test_an_interrupted_run_goes_on_where_it_stopped(
    jobs: str, number: signal.Signals, code: int, folder: Path, expected: dict[str, bytes]
) -> None:
    # The first is finished, then every process waits in the middle of another one.
    pipes = [hold(folder, name) for name in NAMES[1 : 1 + int(jobs)]]
    script = (
        "import signal, sys; import fleet_workers; from routelint.cli import fleet_engines, main\n"
        "if __name__ == '__main__':\n"
        # Whoever started the tests may ignore signals, as nohup does, and children inherit that.
        "    signal.signal(signal.SIGINT, signal.default_int_handler); signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        "    fleet_engines.scan = fleet_workers.scan\n"
        "    sys.exit(main())\n"
    )
    arguments = ["fleet", "repos.txt", "--today", TODAY, "--output-dir", "out", "--jobs", jobs, "-v"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("[1/6] a: ")
    workers = [held(pipe) for pipe in pipes]
    process.send_signal(number)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (code, "")
    # Ctrl-C leaves an empty line, because a terminal has shown `^C`.
    *_, said, last = (line for line in err.splitlines() if line)
    assert said == "routelint: 1 of 6 repositories done; their reports are in 'out', and the same command goes on from there"
    assert last.endswith("nothing is half-written")
    assert all(map(is_gone, workers))
    names = [Path(name).name for name in written(folder / "out")]
    assert names == [next(name for name in expected if name.startswith("a-"))] * 2

    resumed = routelint("fleet", folder / "repos.txt", "--today", TODAY, "--output-dir", folder / "out", "--jobs", jobs, "-v")
    assert resumed.return_value == 1
    again = re.findall(r"\] (\w): unchanged: ", resumed.stderr)
    assert again == ["a"]
    assert "1 of 6 repositories unchanged and not scanned again; --no-resume scans them anew" in resumed.stderr
    assert written(folder / "out") == expected


def test_processes_end_with_the_one_that_started_them(folder: Path) -> None:
    pipes = [hold(folder, name) for name in ("a", "b")]
    script = (
        "import sys; import fleet_workers; from routelint.cli import fleet_engines, main\n"
        "if __name__ == '__main__':\n"
        "    fleet_engines.scan = fleet_workers.scan; sys.exit(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "fleet", "repos.txt", "--jobs", "2"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
    )
    workers = [held(pipe) for pipe in pipes]
    process.kill()
    # Standard output is theirs too: it ends when the last of them has.
    assert process.communicate(timeout=SECONDS)[0] == b""
    assert all(map(is_gone, workers))


# A worker that is killed.


def test_a_worker_killed_once_costs_nothing(folder: Path, expected: dict[str, bytes], stand_in: None) -> None:
    (folder / "b.dies").touch()
    result = routelint("fleet", folder / "repos.txt", "--today", TODAY, "--output-dir", folder / "out", "--jobs", "2")
    assert result.return_value == 1
    assert re.search(r"^routelint: (1 scan|2 scans) lost with a worker; trying each again by itself$", result.stderr, re.M)
    assert written(folder / "out") == expected


def test_a_worker_killed_from_outside_costs_nothing(folder: Path, expected: dict[str, bytes], stand_in: None) -> None:
    pipe = hold(folder, "c")
    killer = threading.Thread(target=lambda: os.kill(held(pipe), signal.SIGKILL))
    killer.start()
    assert run(folder, "--output-dir", folder / "out", "--jobs", "2")[0] == 1
    killer.join()
    assert written(folder / "out") == expected


def test_a_repository_that_kills_its_worker_is_found_and_costs_its_own_row(
    folder: Path, expected: dict[str, bytes], stand_in: None
) -> None:
    (folder / "b.deadly").touch()
    (folder / "e.deadly").touch()
    result = routelint("fleet", folder / "repos.txt", "--today", TODAY, "--output-dir", folder / "out", "--jobs", "2", "-q")
    assert result.return_value == 3
    reason = "its process was killed by SIGKILL, twice; often that is a lack of memory"
    assert [line for line in result.stdout.splitlines() if "failed" in line] == [
        f"{name}: failed: {reason}" for name in ("b", "e")
    ]
    found = written(folder / "out")
    assert {name: data for name, data in expected.items() if name in found and name != "fleet.json"} == {
        name: data for name, data in found.items() if name != "fleet.json"
    }
    assert len(found) == len(expected) - 2 * 2


def test_nothing_of_a_killed_worker_stays_behind(folder: Path, stand_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (folder / "b.deadly").touch()
    assert run(folder, "--jobs", "2")[0] == 3
    assert list(scratch.iterdir()) == []
