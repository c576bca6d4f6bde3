"""Outputs of real processes: whole or not at all, whatever ends the run."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from routelint.cli import errors, writing
from scans import write_tree

CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="anthropic.claude-3-opus-20240229-v1:0", messages=[])
"""
FULL = Path("/dev/full")
SLOW_TREE_FILES = 1_000

linux = pytest.mark.skipif(sys.platform != "linux", reason="devices and limits of Linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "repository", {"app.py": CALL})


def start(
    *arguments: str | Path, cwd: Path, stdout: int = subprocess.PIPE, before: Callable[[], object] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "routelint", *map(str, arguments)],
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=before,
    )


def run(*arguments: str | Path, cwd: Path, before: Callable[[], object] | None = None) -> tuple[int, str, str]:
    process = start(*arguments, cwd=cwd, before=before)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, out, err


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_a_new_file_has_the_permissions_of_any_new_file(folder: Path) -> None:
    assert run("scan", "-f", "json", "-o", "out.json", cwd=folder, before=lambda: os.umask(0o027))[0] == 1
    assert stat.S_IMODE((folder / "out.json").stat().st_mode) == 0o640
    assert json.loads((folder / "out.json").read_text("utf-8"))["findings"]
    assert left_over(folder) == []


def test_a_file_written_anew_keeps_its_permissions(folder: Path) -> None:
    target = folder / "out.json"
    target.write_text("old", "utf-8")
    target.chmod(0o600)
    assert run("scan", "-f", "json=out.json", cwd=folder)[0] == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text("utf-8").startswith("{")


def test_a_link_keeps_pointing_to_the_file_that_is_written(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_text("old", "utf-8")
    (folder / "out.json").symlink_to(target)
    run("scan", "-f", "json=out.json", cwd=folder)
    assert (folder / "out.json").is_symlink()
    assert target.read_text("utf-8").startswith("{")


@pytest.mark.parametrize("arguments", [["-f", "json", "-o", "-"], ["-f", "json=-"]], ids=" ".join)
def test_a_hyphen_is_standard_output(arguments: list[str], folder: Path) -> None:
    code, out, err = run("scan", *arguments, cwd=folder)
    assert (code, err) == (1, "")
    assert json.loads(out)["findings"]
    assert not (folder / "-").exists()


def test_two_formats_cannot_both_go_to_standard_output(folder: Path) -> None:
    code, _, err = run("scan", "-f", "json=-", "-f", "text", cwd=folder)
    assert code == 2
    assert "would all go to standard output" in err


def test_one_file_is_not_written_twice(folder: Path) -> None:
    code, _, err = run("scan", "-f", "json=out", "-f", "sarif=../repository/out", cwd=folder)
    assert code == 2
    assert "two formats would be written to" in err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param(".", "cannot write '.': it is a folder; expected the name of a file", id="a folder"),
        pytest.param("gone/out.json", "cannot write 'gone/out.json': its folder does not exist", id="no folder"),
        pytest.param("app.py/out.json", "cannot write 'app.py/out.json': its folder does not exist", id="a file for a folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_scan(target: str, message: str, folder: Path) -> None:
    code, out, err = run("scan", "-f", f"json={target}", "-f", "text", cwd=folder)
    assert (code, out) == (2, "")
    assert err == f"Error: {message}\n"


@linux
def test_a_folder_that_may_not_be_written_in_is_a_clear_error(folder: Path) -> None:
    # Permissions do not hold root back; the kernel's own tree does.
    locked = Path("/sys/kernel") if os.geteuid() == 0 else folder / "locked"
    if os.geteuid() != 0:
        locked.mkdir(mode=0o500)
    code, _, err = run("scan", "-f", f"json={locked}/out.json", cwd=folder)
    assert code == 2
    assert err.startswith(f"Error: cannot write '{locked}/out.json': ")
    assert len(err.splitlines()) == 1


@linux
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(folder: Path) -> None:
    (folder / "out.json").write_text("old", "utf-8")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    code, _, err = run("scan", "-f", "json=out.json", cwd=folder, before=limit)
    assert (code, err) == (3, "Error: cannot write 'out.json': file too large\n")
    assert (folder / "out.json").read_text("utf-8") == "old"
    assert left_over(folder) == []


@linux
@pytest.mark.parametrize("arguments", [["-f", "json=/dev/full"], ["-f", "json"]], ids=["as a file", "as standard output"])
def test_a_device_that_is_full_is_told(arguments: list[str], folder: Path) -> None:
    with FULL.open("wb") as full:
        process = start("scan", *arguments, cwd=folder, stdout=full.fileno())
        _, err = process.communicate(timeout=120)
    assert process.returncode == 3
    assert err.startswith("Error: cannot write ")
    assert err.endswith("no space left on device\n")
    assert FULL.is_char_device()


def test_a_device_is_written_to_and_stays_one(folder: Path) -> None:
    assert run("scan", "-f", f"json={os.devnull}", "-f", f"sarif={os.devnull}", cwd=folder)[0] == 1
    assert Path(os.devnull).is_char_device()


def test_a_disk_that_fills_up_while_a_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    class Filling:
        """Takes some bytes, then says what a full disk says."""

        def __init__(self, path: Path) -> None:
            self.stream = real(path, "xb")

        def __enter__(self) -> Filling:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()

        def write(self, data: bytes) -> None:
            self.stream.write(data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", lambda path, mode: Filling(path))
    with pytest.raises(errors.DiskError) as raised:
        writing.to_file(tmp_path / "out.json", "x" * 1_000)
    assert raised.value.exit_code == 3
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    # More than a pipe holds.
    folder = write_tree(tmp_path, {f"app{number}.py": CALL for number in range(200)})
    process = start("scan", "-f", "json", "-f", "sarif=out.sarif", cwd=folder)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "{\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    # Its findings still decide, and the other output is whole.
    assert process.wait(timeout=120) == 1
    assert json.loads((folder / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"


@pytest.fixture(scope="module")
def slow_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree whose scan takes a while, with the file that the scan would write."""
    folder = tmp_path_factory.mktemp("slow")
    return write_tree(folder, {f"part{number}/app.py": CALL for number in range(SLOW_TREE_FILES)} | {"out.json": "old"})


@pytest.mark.skipif(not hasattr(signal, "SIGTERM"), reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        pytest.param(signal.SIGINT, 130, "routelint: interrupted; nothing is half-written\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "routelint: terminated; nothing is half-written\n", id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, "routelint: terminated; nothing is half-written\n", id="the terminal is gone"),
    ],
)
def test_a_signal_ends_the_run_cleanly(number: signal.Signals, code: int, message: str, slow_tree: Path) -> None:
    (slow_tree / "cue").unlink(missing_ok=True)
    os.mkfifo(slow_tree / "cue")
    script = (
        "import signal, sys, time; from routelint.collect import tree; from routelint.cli import main\n"
        # Whoever started the tests may ignore signals, as nohup does, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL); signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "real = tree.DiskTree.read\n"
        "def read(self, path):\n"
        "    tree.DiskTree.read = real; open('cue', 'w').close(); time.sleep(30); return real(self, path)\n"
        "tree.DiskTree.read = read; sys.exit(main(['scan', '-f', 'json=out.json', '.']))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=slow_tree, stderr=subprocess.PIPE, text=True)
    # Opening the pipe waits until the scan reads its first file, where it stays until the signal comes.
    (slow_tree / "cue").open("r").close()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    # A line of its own: a terminal has shown `^C` before it.
    assert (process.returncode, err.removeprefix("\n")) == (code, message)
    assert (slow_tree / "out.json").read_text("utf-8") == "old"
    assert left_over(slow_tree) == []


def test_a_signal_while_a_file_is_written_removes_what_is_half_written(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from routelint.cli import main, writing\n"
        "path = writing.Path\n"
        "opened = path.open\n"
        "def open_(self, mode='r', *rest, **named):\n"
        "    stream = opened(self, mode, *rest, **named)\n"
        "    if 'r' not in mode: stream.write(b'half'); stream.flush(); os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return stream\n"
        "path.open = open_\n"
        "sys.exit(main(['rules', '-f', 'json=out.json']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (143, "routelint: terminated; nothing is half-written\n")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(folder: Path) -> None:
    script = (
        "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from routelint.cli.interruption import terminable\n"
        "with terminable():\n"
        "    os.kill(os.getpid(), signal.SIGHUP); print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)\n"
        "print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "True\nTrue\n"
