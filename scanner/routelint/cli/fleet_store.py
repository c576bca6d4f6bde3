"""The folder that a run over many repositories writes into, and what an earlier run left there.

    fleet.json                    the summary of the last run that came to its end
    NAME.json, NAME.sarif ...     the full report of a repository
    .fleet/NAME.json              what that report rests on, written last: where it stands, the reports are whole

Every file arrives whole or not at all. What does not fit together is not believed, and the repository scanned anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from routelint.cli import errors, writing
from routelint.cli.fleet_scanning import Finished
from routelint.cli.fleet_state import State
from routelint.deferred import dataclass
from routelint.fleet import Counts, Scanned
from routelint.policy import FailOn

SUMMARY = "fleet.json"
STATES = ".fleet"
VERSION = 1


@dataclass(frozen=True)
class Remembered:
    """A repository of an earlier run: what it came to, and what that rests on."""

    scanned: Scanned
    state: State


@dataclass(frozen=True)
class Store:
    """The output folder of a run."""

    folder: Path

    def open(self) -> None:
        """Makes the folder.

        Raises:
            WriteError: there is a file in its place, or nothing can be written there.
        """
        try:
            (self.folder / STATES).mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise errors.WriteError(f"cannot write '{self.folder}': it is a file; expected the name of a folder") from error
        except OSError as error:
            raise writing.failed(f"'{self.folder}'", error) from error

    def remembered(self, name: str) -> Remembered | None:
        """What an earlier run left of a repository; None where that is nothing, or not whole, or has been changed."""
        try:
            document = json.loads((self.folder / STATES / f"{name}.json").read_bytes())
            found, digests = _remembered(document)
            whole = all(_digest((self.folder / report).read_bytes()) == digest for report, digest in digests.items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return found if whole else None

    def keep(self, name: str, finished: Finished) -> Scanned:
        """Writes the reports of a repository, then what they rest on.

        Raises:
            WriteError: they cannot be written.
        """
        digests = {f"{name}.{suffix}": _digest(text.encode("utf-8", "replace")) for suffix, text in finished.reports}
        for report, (_, text) in zip(digests, finished.reports, strict=True):
            writing.to_file(self.folder / report, text)
        scanned = replace(finished.scanned, reports=tuple(digests))
        document = {
            "version": VERSION,
            "digest": finished.state.digest,
            "besides": finished.state.besides,
            "reports": digests,
            "scanned": {**asdict(scanned), "reports": None},
        }
        writing.to_file(self.folder / STATES / f"{name}.json", json.dumps(document) + "\n")
        return scanned

    def conclude(self, summary: str) -> None:
        """Writes the summary of the whole run.

        Raises:
            WriteError: it cannot be written.
        """
        writing.to_file(self.folder / SUMMARY, summary)


def _remembered(document: Any) -> tuple[Remembered, Mapping[str, str]]:
    """What a file of ours says, with the digests of the reports; raises where it is not as this version writes it."""
    if document["version"] != VERSION:
        raise ValueError(document["version"])
    digests = {_text(name): _text(digest) for name, digest in document["reports"].items()}
    if any(Path(name).name != name for name in digests):
        raise ValueError("a report lies beside the others")
    said = document["scanned"]
    policy = said["policy"]
    scanned = Scanned(
        Counts(*(_number(said["counts"][each.name]) for each in fields(Counts))),
        {_text(rule): _number(count) for rule, count in said["rules"].items()},
        None if policy is None else _text(policy),
        str(FailOn(said["fail_on"])),
        _text(said["incomplete"]),
        tuple(digests),
    )
    besides = tuple((_text(folder), _text(path), _text(digest)) for folder, path, digest in document["besides"])
    return Remembered(scanned, State(_text(document["digest"]), besides)), digests


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
