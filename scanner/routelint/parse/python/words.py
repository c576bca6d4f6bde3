"""Looking for a name in the bytes of a Python file, before anybody parses it: is it called, handed on, or stored to there?

Whether a name merely occurs would do, but names like `client` or `run` occur in most files, and each would be parsed to find
nothing. What is looked for here is what the parsed file would show, in code and in the JSON of notebooks, and somewhat more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from routelint.deferred import lazy_regex

# A program longer than this is data: no name is looked for in it.
MOST_BYTES = 4_000_000

CALL = "call"
STORE = "store"

# What follows a name that is called, handed on, inherited from, subscribed or renamed by an import. A backslash is the end of a
# line in the text of a notebook.
_USED = lazy_regex(rb"\s*(?:#[^\n]*\n\s*)*(?:[(,)\[\\]|as\b)")
_CLASS = lazy_regex(rb"\bclass\s+\Z")
_LONGEST_CLASS = 16
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_IMAGE = lazy_regex(rb"\"image/[a-z+]{1,16}\"\s*:\s*(?:\"[^\"]*\"|\[[^\]]*\])")


def searched(path: str, data: bytes | None) -> bytes:
    """The bytes of a file that names are looked for in; of a notebook without its images, which are most of it."""
    if data is None or len(data) > MOST_BYTES:
        return b""
    return _IMAGE.sub(b"", data) if path.endswith(".ipynb") else data


def holds(data: bytes, kind: str, name: str, origins: Sequence[str] = ()) -> bool:
    """Whether a file may call a name or define a class of it (`CALL`), or store to an attribute of it (`STORE`).

    Where the name is imported from one of the modules `origins`, the file must also name one of them, or import the name.
    """
    word = _bytes(name)
    if word not in data:
        return False
    if kind == STORE:
        return _stores(word).search(data) is not None
    if origins and not any(_bytes(each) in data for each in origins) and not _imports(word).search(data):
        return False
    return _uses(data, word)


def _uses(data: bytes, word: bytes) -> bool:
    position = data.find(word)
    while position >= 0:
        end = position + len(word)
        whole = position == 0 or data[position - 1] not in _WORD
        if whole and (_USED.match(data, end) or _CLASS.search(data[max(0, position - _LONGEST_CLASS) : position])):
            return True
        position = data.find(word, end)
    return False


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=256)
def _imports(word: bytes) -> re.Pattern[bytes]:
    """An import of a name from anywhere, in one line or in parentheses; of a notebook the lines are strings."""
    return re.compile(rb"\bimport\b(?:[ \t]*\([^()]{0,4000}|[^\n()]{0,1000})\b%b\b" % re.escape(word))


@lru_cache(maxsize=256)
def _stores(word: bytes) -> re.Pattern[bytes]:
    name = re.escape(word)
    return re.compile(rb"\.%b[ \t]*=(?!=)|\bsetattr\([^,()]+,\s*\\?[\"']%b\\?[\"']" % (name, name))
