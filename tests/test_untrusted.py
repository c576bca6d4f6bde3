"""A scan of an untrusted tree runs nothing of it, reaches for no network, and writes only what it was asked for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from untrusted import bait

HERE = Path(__file__).parent
GUARD = HERE / "untrusted" / "guard.py"
PROGRAM = Path(sys.executable).with_name("routelint")

pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("git") is None, reason="needs a POSIX system with git")

COMMANDS = {
    "scan": ["scan", "."],
    "scan of a file": ["scan", "platform/main.tf", "untracked.py"],
    "scan into files": [
        "scan",
        ".",
        *(
            f"--format={name}=%OUT%/{name}"
            for name in ("json", "sarif", "junit", "markdown", "csv", "html", "gitlab", "github")
        ),
    ],
    "scan of what is new": ["scan", ".", "--diff", "HEAD~1", "--format", "json"],
    "scan of what is staged": ["scan", ".", "--staged"],
    "scan by a pinned policy": ["scan", ".", "--no-repo-config", "--policy", "%PINNED%"],
    "scan with a baseline": ["scan", ".", "--baseline", "%OUT%/baseline.json"],
    "inventory": ["inventory", ".", "--format", "json", "--output", "%OUT%/inventory.json"],
    "inventory as a page": ["inventory", ".", "--format", "html", "--explain-cost"],
    "baseline": ["baseline", ".", "--output", "%OUT%/baseline.json"],
    "policy check": ["policy", "check"],
    "policy check of a hostile policy": ["policy", "check", "extended.yaml"],
    "policy show": ["policy", "show"],
    "policy test": ["policy", "test", "sound.routelint-test.yaml"],
    "policy test of a hostile test": ["policy", "test", "own.routelint-test.yaml"],
    "policy impact": ["policy", "impact", "%PINNED%", "."],
    "policy justifications": ["policy", "justifications", "."],
    "policy init": ["policy", "init", ".", "--stdout"],
    "catalog": ["catalog", bait.MODEL],
    "explain": ["explain", "unjustified-premium-model"],
}


class World:
    """A tree of bait, a folder for marks, one for outputs, one for what is temporary, and a home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marks, self.out, self.temporary, self.home = (folder / name for name in ("marks", "out", "tmp", "home"))
        for each in (self.marks, self.out, self.temporary, self.home):
            each.mkdir()
        self.tree = bait.make(folder, self.marks)
        self.log = folder / "log"
        self.pinned = folder / "pinned" / "policy.yaml"
        self.pinned.parent.mkdir()
        self.pinned.write_text("version: 1\nmodels: {allow: ['amazon.nova-*']}\n", "utf-8")
        (self.out / "baseline.json").write_text('{"version": 1, "findings": []}\n', "utf-8")
        self.log.write_text("", "utf-8")

    def arguments(self, command: list[str]) -> list[str]:
        return [each.replace("%OUT%", str(self.out)).replace("%PINNED%", str(self.pinned)) for each in command]

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        cache = self.home / ".cache"
        return kept | {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_CACHE_HOME": str(cache),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONSAFEPATH": "",
        }

    def files(self) -> dict[str, bytes]:
        """Every file of the tree, git's own included."""
        return {path.relative_to(self.tree).as_posix(): path.read_bytes() for path in self.tree.rglob("*") if path.is_file()}

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        writable = os.pathsep.join(map(str, (self.out, self.temporary, self.home / ".cache")))
        return subprocess.run(
            [sys.executable, GUARD, self.log, self.tree, writable, *self.arguments(command)],
            cwd=self.tree,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("untrusted"))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_of_an_untrusted_tree_is_obeyed(world: World, command: str) -> None:
    before = world.files()
    done = world.run(COMMANDS[command])
    assert world.log.read_text("utf-8") == ""
    assert sorted(path.name for path in world.marks.iterdir()) == []
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr
    assert list(world.temporary.iterdir()) == []
    assert world.files() == before


@pytest.mark.slow
def test_the_bait_is_seen_and_not_taken(world: World) -> None:
    done = world.run(["inventory", ".", "--format", "json"])
    routes = json.loads(done.stdout)["routes"]
    reasons = {route["symbol"]: route["unresolved"] or "" for route in routes if route["path"] == "external.tf"}
    assert set(reasons) == {f"aws_bedrockagent_agent.{name}.foundation_model" for name in "mnop"}
    assert all(reasons.values())
    host = Path("/etc/hostname").read_text("utf-8").strip() if Path("/etc/hostname").exists() else "none"
    assert host not in done.stdout.replace(str(world.folder), "")
    assert {"settings.py", "untracked.py", "setup.py", "tags.yaml"} <= {route["path"] for route in routes}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import socket; socket.socket()", "socket.__new__"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.system('true')", "os.system"),
        ("import os; os.fork() or os.mkdir('made')", "os.mkdir: writes to"),
        ("open('written', 'w')", "open: writes to"),
        ("import os; os.open('written', os.O_CREAT | os.O_RDWR)", "open: writes to"),
        ("import os; os.mkdir('made')", "os.mkdir: writes to"),
        ("import os; os.rename('README.md', 'x')", "os.rename: writes to"),
        ("import os; os.remove('README.md')", "os.remove: writes to"),
        ("import sys; sys.path.insert(0, '.'); import settings", "code of"),
        ("exec(compile(open('settings.py').read(), 'settings.py', 'exec'))", "compile: code of"),
        ("eval('1+1')", "by"),
        ("import pickle; pickle.load(open('settings.pickle', 'rb'))", "pickle.find_class: pathlib by"),
        ("import ctypes; ctypes.CDLL(None)", "ctypes."),
    ],
)
def test_the_guard_sees_what_it_is_for(tmp_path: Path, world: World, script: str, said: str) -> None:
    """The guard would notice: each of these is denied in a program that stands in the place of ours."""
    stand_in = tmp_path / "stand_in"
    (stand_in / "routelint").mkdir(parents=True)
    (stand_in / "routelint" / "__init__.py").write_text("", "utf-8")
    body = f"import sys\ndef main():\n    try:\n        {script}\n    except Exception:\n        pass\n"
    (stand_in / "routelint" / "__main__.py").write_text(body, "utf-8")
    log = tmp_path / "log"
    done = subprocess.run(
        [sys.executable, GUARD, log, world.tree, tmp_path / "out"],
        cwd=world.tree,
        env=world.environment() | {"PYTHONPATH": str(stand_in)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said in log.read_text("utf-8"), done.stderr
    assert "DeniedError" in done.stderr


_CALL = re.compile(r"^\d+ +(\w+)\((.*)")
# A path, with the folder it is relative to where the call names one.
_PATH = re.compile(r'(?:\w+<([^>]*)>, )?"([^"]*)"')


def strace_works() -> bool:
    program = shutil.which("strace")
    return program is not None and subprocess.run([program, "-f", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux") or not strace_works(), reason="needs strace")
@pytest.mark.parametrize("command", ["scan", "scan of what is new", "scan into files", "inventory", "policy check"])
def test_the_system_sees_no_socket_no_program_and_no_other_write(world: World, tmp_path: Path, command: str) -> None:
    """The same from below: native code and git are seen, too."""
    trace = tmp_path / "trace"
    traced = (
        "trace=%network,execve,execveat,open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,"
    )
    traced += "symlink,symlinkat,truncate,chmod,fchmodat,chown,fchownat,ptrace,mount"
    done = subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-s",
            "400",
            "-o",
            trace,
            "-e",
            traced,
            sys.executable,
            PROGRAM,
            *world.arguments(COMMANDS[command]),
        ],
        cwd=world.tree,
        env=world.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stderr
    allowed = (str(world.out), str(world.temporary), str(world.home / ".cache"), "/dev/null")
    faults = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        name, arguments = match.groups()
        paths = [
            f"{folder}/{path}" if folder and not path.startswith("/") else path for folder, path in _PATH.findall(arguments)
        ]
        if name in ("execve", "execveat"):
            fault = Path(paths[0]).name != "git" and paths[0] != sys.executable
        elif name in ("open", "openat", "creat"):
            fault = bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments)) and not paths[0].startswith(allowed)
        elif paths:
            fault = not all(path.startswith(allowed) for path in paths) and name != "sendmsg"
        else:
            fault = name.startswith(("socket", "connect", "bind", "listen", "ptrace"))
        faults += [line] if fault else []
    assert faults == []
    assert sorted(path.name for path in world.marks.iterdir()) == []
