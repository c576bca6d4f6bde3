"""What an evaluation record says: frozen data, each part with its place in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import NamedTuple

from routelint.deferred import dataclass
from routelint.model import Location
from routelint.noninferiority import Pairs
from routelint.policy import Fault

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTED = b"\noid sha256:"


class Content(NamedTuple):
    """The hashes a file of the tree may be recorded with; none where there is such a file and it cannot be read."""

    digests: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: bytes) -> Content:
        """The hashes of a file's bytes, as they are and with the line endings of Unix.

        A checkout without large files holds a pointer of Git LFS instead, and that names the hash of the file.
        """
        if data.startswith(_POINTER):
            _, _, rest = data.partition(_POINTED)
            return cls((rest[:64].decode("ascii", "replace"),))
        whole = {hashlib.sha256(each).hexdigest(): None for each in (data, data.replace(b"\r\n", b"\n"))}
        return cls(tuple(whole))


class Pinned(NamedTuple):
    """A file as it was when the evaluation ran: its path in the repository (None: not said) and its SHA-256."""

    path: str | None
    sha256: str
    location: Location


class Score(NamedTuple):
    """The value of the metric and the limits of its confidence interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95


class Arm(NamedTuple):
    """One model of an evaluation. `identity` is what it is compared by, whatever its spelling."""

    model: str
    identity: str
    score: Score
    location: Location
    p50_latency_ms: float | None = None
    p95_latency_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One evaluation of one model, or of two models on the same samples.

    `pairs` are the paired results; `pairs_unread` says that there are some in a file outside the scanned root.
    """

    workload: str
    on: date
    metric: str
    sample_size: int
    dataset: Pinned
    to_arm: Arm
    location: Location
    from_arm: Arm | None = None
    prompt: Pinned | None = None
    pairs: Pairs | None = None
    pairs_unread: bool = False
    tool: str | None = None

    def arm(self, identity: str) -> Arm | None:
        """What it says of a model; None where it does not speak of it."""
        arms = (self.to_arm, self.from_arm)
        return next((each for each in arms if each is not None and each.identity == identity), None)


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a scan, by workload and day, and what is wrong with those that cannot be used.

    `contents` maps a path of the policy to what it holds today: None where the tree has no such file, absent where it lies
    outside the scanned root. `in_reach` is false where the folder of the records lies outside.
    """

    records: tuple[Record, ...] = ()
    contents: Mapping[str, Content | None] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    in_reach: bool = True

    def lack(self, path: str) -> bool:
        """Whether a path of the policy, looked for within the scanned root, names no file."""
        return path in self.contents and self.contents[path] is None
