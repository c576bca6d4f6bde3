"""Results kept from one run to the next: each is taken again while everything it rests on is as it was.

    entries   what is kept of a result, and whether it still holds
    file      many entries as the bytes of one file, and back, without trusting these bytes
    runner    runs only those steps of a scan whose results are not kept

Nothing here touches the disk: `routelint.cli.caching` says where the file lies and in what state the scanned files are.
"""

from __future__ import annotations

from routelint.cache.entries import Entry, FileState, Key, Snapshot
from routelint.cache.runner import CachedRunner

__all__ = ["CachedRunner", "Entry", "FileState", "Key", "Snapshot"]
