"""A progress line on a terminal for scans that take a while; silent everywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from routelint.source import SourceUnit

# A scan that ends sooner shows nothing: a line that flashes up helps nobody.
QUIET_SECONDS = 0.7


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
        share = done / total if total else 1.0
        width = 24
        bar = "#" * int(width * share)
        self._draw(f"looking for routes  [{bar:<{width}}] {done:,} of {total:,} files")

    def unit(self, unit: SourceUnit) -> None:
        """Tells that a unit is being resolved."""
        self._draw(f"resolving {unit.language}  {len(unit.marked):,} files")

    def _draw(self, line: str) -> None:
        if not self._enabled or (time.monotonic() - self._started < QUIET_SECONDS and not self._drawn):
            return
        sys.stderr.write("\r" + line.ljust(self._drawn) + ("" if line else "\r"))
        sys.stderr.flush()
        self._drawn = len(line)
