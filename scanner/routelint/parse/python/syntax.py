"""The syntax tree of a text that is Python, of the running version or of a newer one."""

from __future__ import annotations

import ast
import contextlib
import warnings

from routelint.model import ScanError
from routelint.parse.python.newer_syntax import portable


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
        ValueError: it holds a null character.
        RecursionError, MemoryError: it is nested deeper than can be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
