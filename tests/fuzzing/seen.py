"""Which inputs were tried before, so that none is counted twice."""

from __future__ import annotations

import mmap
import os
from hashlib import blake2b
from pathlib import Path

# One bit each: of a million inputs, one in seventy at the end is taken for another and left out, which counts too few.
BITS = 2**26


class Seen:
    """A set of inputs in eight megabytes; in a file, where one is given, that survives the process."""

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            self._bits = mmap.mmap(-1, BITS // 8)
            return
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(file, BITS // 8)
            self._bits = mmap.mmap(file, BITS // 8)
        finally:
            os.close(file)

    def add(self, data: bytes) -> bool:
        """Whether an input is new; then it is not the next time."""
        bit = int.from_bytes(blake2b(data, digest_size=8).digest(), "little") % BITS
        new = not self._bits[bit >> 3] & 1 << (bit & 7)
        self._bits[bit >> 3] |= 1 << (bit & 7)
        return new
