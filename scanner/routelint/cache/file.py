"""Many entries as the bytes of one file, and back. The bytes are not trusted: they may be cut off, or written by anybody.

A digest at the head finds damage. The rest is a pickle that can make nothing but the plain data types of results: no function
that stands in it is ever called.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from routelint.cache.entries import Snapshot

_MAGIC = b"routelint cache 1\n"
_DIGEST_BYTES = 32
# Modules whose data types results are made of.
_MODULES = frozenset(
    (
        "routelint.cache.entries",
        "routelint.model",
        "routelint.model_id.identifier",
        "routelint.parse.parsed",
        "routelint.parse.python.parser",
        "routelint.possible",
        "routelint.tracing",
    )
)


class UnreadableCacheError(ValueError):
    """The bytes are no cache: cut off, damaged, of another version, or not written by this program."""


def dump(snapshot: Snapshot) -> bytes:
    """A snapshot as the bytes of a file."""
    body = pickle.dumps(snapshot, protocol=5)
    return _MAGIC + _digest(body) + body


def load(data: bytes) -> Snapshot:
    """The snapshot in the bytes of a file.

    Raises:
        UnreadableCacheError: they are none.
    """
    head = len(_MAGIC) + _DIGEST_BYTES
    body = data[head:]
    if not data.startswith(_MAGIC) or data[len(_MAGIC) : head] != _digest(body):
        raise UnreadableCacheError("not a whole cache of this version")
    found = load_result(body)
    if not isinstance(found, Snapshot):
        raise UnreadableCacheError("holds no snapshot")
    return found


def dump_result(result: object) -> bytes:
    """A result as bytes."""
    return pickle.dumps(result, protocol=5)


def load_result(data: bytes) -> Any:
    """The result in bytes.

    Raises:
        UnreadableCacheError: they are none, or ask for more than plain data.
    """
    try:
        return _PlainData(io.BytesIO(data)).load()
    except UnreadableCacheError:
        raise
    except Exception as error:
        # A damaged pickle raises whatever it likes.
        raise UnreadableCacheError(f"{type(error).__name__}: {error}") from error


class _PlainData(pickle.Unpickler):
    """Reads pickles that hold nothing but data types of results."""

    def find_class(self, module: str, name: str) -> type:
        """The data type of a name.

        Raises:
            UnreadableCacheError: it is none of a result's.
        """
        return _data_type(module, name)


@cache
def _data_type(module: str, name: str) -> type:
    if module in _MODULES:
        found = getattr(import_module(module), name, None)
        if isinstance(found, type) and found.__module__ == module and (issubclass(found, Enum) or _is_data(found)):
            return found
    raise UnreadableCacheError(f"asks for {module}.{name}")


def _is_data(found: type) -> bool:
    return "__dataclass_fields__" in vars(found)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
