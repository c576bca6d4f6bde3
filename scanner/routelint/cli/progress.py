"""A progress line on a terminal for scans that take a while; silent everywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from routelint.source import SourceUnit

# A scan that ends sooner shows nothing: a line that flashes up helps nobody.
QUIET_SECONDS = 0.7
BAR_COLUMNS = 24


class Progress:
    """Draws one line on standard error and wipes it at the end."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._started = time.monotonic()
        self._drawn = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._draw("")

    def files(self, done: int, total: int) -> None:
        """Tells that `done` of `total` files were looked at."""
        self._draw(f"looking for routes  {_bar(done, total)} {done:,} of {total:,} files")

    def repositories(self, done: int, total: int) -> None:
        """Tells that `done` of `total` repositories were scanned."""
        self._draw(f"scanning  {_bar(done, total)} {done:,} of {total:,} repositories")

    def hide(self) -> None:
        """Wipes the line, so that something else can be printed; the next step draws it again."""
        self._draw("")

    def unit(self, unit: SourceUnit) -> None:
        """Tells that a unit is being resolved."""
        self._draw(f"resolving {unit.language}  {len(unit.marked):,} files")

    def _draw(self, line: str) -> None:
        if not self._enabled or (time.monotonic() - self._started < QUIET_SECONDS and not self._drawn):
            return
        sys.stderr.write("\r" + line.ljust(self._drawn) + ("" if line else "\r"))
        sys.stderr.flush()
        self._drawn = len(line)


def _bar(done: int, total: int) -> str:
    share = done / total if total else 1.0
    return f"[{'#' * int(BAR_COLUMNS * share):<{BAR_COLUMNS}}]"
