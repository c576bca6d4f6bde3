"""The smallest input that still shows a fault: pieces are left out as long as the fault stays the same."""

from __future__ import annotations

import time
from collections.abc import Callable


def reduce(data: bytes, shows: Callable[[bytes], bool], seconds: float) -> bytes:
    """A smaller input of which `shows` is true, at the end of the time or when no single piece can be left out any more."""
    ends = time.monotonic() + seconds
    size = max(1, len(data) // 2)
    while size and time.monotonic() < ends:
        shorter = _without(data, size, shows, ends)
        if shorter is data or size > len(shorter):
            size = min(size // 2, max(1, len(shorter) // 2)) if size > 1 else 0
        data = shorter
    return data


def _without(data: bytes, size: int, shows: Callable[[bytes], bool], ends: float) -> bytes:
    """The input without every run of `size` bytes that it does not need."""
    start = 0
    while start < len(data) and time.monotonic() < ends:
        shorter = data[:start] + data[start + size :]
        if shows(shorter):
            data = shorter
        else:
            start += size
    return data
