"""What the program imports late, quickly, or not at all: modules that every command names and few runs ask."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

from routelint.importing import postpone, quicken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

QUICK = ("routelint", "routelint_rules", "routelint_schemas", "click", "yaml")
LATE = (
    *("base64", "bz2", "click", "csv", "difflib", "html", "ipaddress", "locale", "lzma", "ntpath", "secrets", "shutil"),
    *("string", "subprocess", "tempfile", "tomllib", "traceback", "uuid", "yaml"),
    *("routelint.cli.baseline", "routelint.cli.compare", "routelint.cli.errors", "routelint.cli.writing"),
    *("routelint.parse.python.notebook", "routelint.policy_tests"),
)
# Of the forty that these define, a scan uses two or three; one of PyYAML takes 4 ms to compile.
LATE_REGEXES = ("click._compat", "dataclasses", "json", "string", "textwrap", "tokenize", "tomllib", "urllib.parse", "yaml")


def prepare() -> None:
    """Says how modules are imported from here on: saves 45 ms of the scan of one file."""
    quicken(*QUICK)
    known: dict[str, Mapping[str, Callable[..., Any] | None]] = {
        "hashlib": {"sha256": sha256, "blake2b": blake2b},
        # What is said on the command line is English, and click has no texts in other languages.
        "gettext": {"gettext": str, "ngettext": lambda one, many, count: one if count == 1 else many},
        # Click tidies the help of every option, when the option is defined.
        "inspect": {"cleandoc": tidied},
        "urllib.parse": {"quote": None, "quote_from_bytes": None, "quote_plus": None},
    }
    if sys.version_info < (3, 12) and hasattr(os, "uname"):
        # The module of UUIDs asks it when it is imported.
        known["platform"] = {"system": lambda: os.uname().sysname}
    postpone(*LATE, regexes_of=LATE_REGEXES, known=known)


def sha256(data: bytes = b"", **options: Any) -> Any:
    """A digest, without the cryptography library that `hashlib` loads to make one (3 ms)."""
    try:
        made = importlib.import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:  # Python can be built without it
        made = importlib.import_module("_hashlib").openssl_sha256
    return made(data, **options)


def blake2b(data: bytes = b"", **options: Any) -> Any:
    """A digest, as quickly."""
    return importlib.import_module("_blake2").blake2b(data, **options)


def tidied(text: str) -> str:
    """The text without the indentation of the code it stands in, as `inspect.cleandoc` gives it."""
    first, *rest = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return "\n".join([first.lstrip(), *(line[margin:] for line in rest)]).strip("\n")
