"""Looking for a name in the bytes of a Python file, before anybody parses it: is it called, handed on, or stored to there?

Whether a name merely occurs would do, but names like `client` or `run` occur in most files, and each would be parsed to find
nothing. What is looked for here is what the parsed file would show, and somewhat more.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache

from routelint.deferred import lazy_regex

# A program longer than this is data: no name is looked for in it.
MOST_BYTES = 4_000_000

CALL = "call"
STORE = "store"

# What follows a name that is called, handed on, inherited from, subscribed or renamed by an import; a backslash ends the line.
_USED = lazy_regex(rb"\s*(?:#[^\n]*\n\s*)*(?:[(,)\[\\]|as\b)")
_CLASS = lazy_regex(rb"\bclass\s+\Z")
_LONGEST_CLASS = 16
# What follows an attribute that is stored to, and the attribute that `setattr` stores to.
_STORED = lazy_regex(rb"[ \t]*=(?!=)")
_SETATTR = lazy_regex(rb"\bsetattr\([^,()]+,\s*\\?[\"']([^\"'\\]*)\\?[\"']")
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
# So few numbers that an index of them stays small: one file in 160 then seems to hold a word that it does not.
_NUMBERS = 0xFFFF
# Every byte that no ASCII name has, as a blank.
_BLANKS = bytes(byte if byte in _WORD else 32 for byte in range(256))


def searched(path: str, data: bytes | None) -> bytes:
    """The bytes of a file that names are looked for in; of a notebook its code, since outputs are most of it."""
    if data is None or len(data) > MOST_BYTES:
        return b""
    return _code(data) if path.endswith(".ipynb") else data


def _code(data: bytes) -> bytes:
    """The code of a notebook; nothing where it is none, since then it is not parsed either."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return b""
    sheets = document.get("worksheets") if isinstance(document, dict) else None
    texts: list[str] = []
    for sheet in sheets if isinstance(sheets, list) else [document]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                source = cell.get("source", cell.get("input"))
                parts = source if isinstance(source, list) else [source]
                texts.append("".join(part for part in parts if isinstance(part, str)))
    return "\n".join(texts).encode("utf-8", "surrogatepass")


def numbers(data: bytes) -> frozenset[int]:
    """The ASCII words of a file, each as its number."""
    return frozenset(zlib.crc32(word) & _NUMBERS for word in set(data.translate(_BLANKS).split()))


def number(name: str) -> int | None:
    """The number of a name in `numbers`, which it shares with few others; None for one that is not listed there."""
    return zlib.crc32(name.encode()) & _NUMBERS if name.isascii() else None


def holds(data: bytes, kind: str, name: str, origins: Sequence[str] = ()) -> bool:
    """Whether a file may call a name or define a class of it (`CALL`), or store to an attribute of it (`STORE`).

    Where the name is imported from one of the modules `origins`, the file must also name one of them, or import the name.
    """
    word = _bytes(name)
    if word not in data:
        return False
    if kind == STORE:
        return _stores(data, word)
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


def _stores(data: bytes, word: bytes) -> bool:
    attribute = b"." + word
    position = data.find(attribute)
    while position >= 0:
        if _STORED.match(data, position + len(attribute)):
            return True
        position = data.find(attribute, position + 1)
    return b"setattr(" in data and any(each[1] == word for each in _SETATTR.finditer(data))
