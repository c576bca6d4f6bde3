"""What a target came to, in this round and in those before it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fuzzing.seen import Seen


@dataclass
class Tally:
    """What a target came to so far; of what was tried twice, or did not reach what is fuzzed, nothing is counted.

    `seconds` are of processor time; `behaviours` are those of the process that saw most of them.
    """

    target: str
    inputs: int = 0
    seconds: float = 0.0
    behaviours: int = 0
    slowest_seconds: float = 0.0
    slowest_bytes: int = 0
    deaths: int = 0
    turns: int = 0
    crashes: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Inputs per second of processor time."""
        return self.inputs / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Records:
    """A folder that holds what earlier rounds tried, so that a later one goes on from there; None keeps nothing."""

    folder: Path | None = None

    def tally(self, target: str) -> Tally:
        """What earlier rounds came to."""
        try:
            return Tally(**json.loads(self._path(target, "json").read_bytes())) if self.folder else Tally(target)
        except FileNotFoundError:
            return Tally(target)

    def seen(self, target: str) -> Seen:
        """The inputs that earlier rounds tried; it is written as it grows."""
        return Seen(self._path(target, "seen") if self.folder else None)

    def kept(self, target: str) -> list[bytes]:
        """The inputs that showed new behaviour."""
        try:
            said = self._path(target, "kept").read_text("utf-8") if self.folder else ""
        except FileNotFoundError:
            said = ""
        return [bytes.fromhex(line) for line in said.splitlines()]

    def write_tally(self, tally: Tally) -> None:
        """Keeps what a target came to."""
        self._write(tally.target, "json", json.dumps(asdict(tally)))

    def write_kept(self, target: str, kept: Sequence[bytes]) -> None:
        """Keeps the inputs that showed new behaviour."""
        self._write(target, "kept", "".join(f"{data.hex()}\n" for data in kept))

    def _write(self, target: str, suffix: str, text: str) -> None:
        if self.folder:
            beside = self._path(target, f"{suffix}.new")
            beside.write_text(text, "utf-8")
            beside.replace(self._path(target, suffix))

    def _path(self, target: str, suffix: str) -> Path:
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{target}.{suffix}"


NO_RECORDS = Records()


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
