"""The syntax tree of a text that is Python, of the running version or of a newer one."""

from __future__ import annotations

import ast
import contextlib
import itertools
import re
import warnings
from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.model import ScanError
from routelint.parse.python.newer_syntax import portable

# Each part takes 300 to 900 bytes of memory as a tree. A file of 900 kB that people wrote has 93,000.
MOST_PARTS = 250_000
# What makes a node of a tree: a word, a bracket, an operator, and what stands in the fields of a formatted text.
# What is left open runs to its end, so that no text is looked at twice.
_PART = lazy_regex(
    r"""#[^\n]*|(?P<text>(?<!\w)(?:[rRbBuUfFtT]{1,2})?(?:'''(?:[^\\']|\\.|'(?!''))*+(?:''')?"""
    r"""|\"{3}(?:[^\\"]|\\.|"(?!"{2}))*+(?:\"{3})?|'(?:[^\\'\n]|\\.)*+'?|"(?:[^\\"\n]|\\.)*+"?))"""
    r"""|(?P<part>\w++|\.{3}|[(\[{=:]|[-+*/%@&|^~<>!])""",
    re.DOTALL,
)
_FIELD = lazy_regex(r"\w++|[({\[]|[-+*/%@&|^~<>]")


class TooLargeError(SyntaxError):
    """The text has more parts than are held as a tree."""


class ModuleError(Exception):
    """A file that is no Python module; `error` is what the report says of it."""

    def __init__(self, error: ScanError) -> None:
        super().__init__(error.message)
        self.error = error


def parse_text(path: str, text: str) -> ast.Module:
    """The tree of a module's text.

    Raises:
        ModuleError: the text is Python neither of the running version nor of a newer one, or is nested deeper than can be read.
    """
    try:
        return parse_plain(text)
    except TooLargeError as error:
        raise ModuleError(ScanError(path, f"not read: it has {error.msg}")) from error
    except SyntaxError as error:
        with contextlib.suppress(SyntaxError):
            older = portable(text)
            if older != text:
                return parse_plain(older)
        raise ModuleError(
            ScanError(path, f"not Python that can be read: {error.msg}", error.lineno or 1, max(error.offset or 1, 1))
        ) from error
    except (RecursionError, MemoryError) as error:
        raise ModuleError(ScanError(path, "expressions are nested too deeply to read")) from error
    except ValueError as error:
        raise ModuleError(ScanError(path, f"not Python that can be read: {error}")) from error


def parse_plain(text: str) -> ast.Module:
    """The tree of a text in the syntax of the running version.

    Raises:
        SyntaxError: it is no Python of that version.
        TooLargeError: it has more parts of syntax than are read.
        ValueError: it holds a null character.
        RecursionError, MemoryError: it is nested deeper than can be read.
    """
    if len(text) > MOST_PARTS and next(itertools.islice(_parts(text), MOST_PARTS, None), None) is not None:
        raise TooLargeError(f"more than {MOST_PARTS:,} parts of syntax")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _parts(text: str) -> Iterator[int]:
    """One for each part of a text that becomes a node of its tree, told from its words without reading it."""
    for match in _PART.finditer(text):
        if match.lastgroup == "part":
            yield 1
        elif match.lastgroup == "text":
            yield 1
            if "f" in match[0][:2].lower() or "t" in match[0][:2].lower():
                yield from itertools.repeat(1, len(_FIELD.findall(match[0])))
