"""How the program imports: its own modules straight from their bytecode, and others when they are first asked.

A scan of one file loads 250 modules. The import system of Python looks for each in every way there is, and takes 60 us for it;
that was a fifth of such a scan. `quicken` looks where the modules of our packages are. `postpone` puts modules off that few
runs ask. Programs that call `routelint.scan` use neither and import everything in the ordinary way.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source, spec_from_file_location
from types import CodeType, ModuleType
from typing import Any

__all__ = ["LateRegex", "postpone", "quicken"]

# Bytecode that is checked against the time and the size of its source; other kinds are left to the import system.
_HEADER = MAGIC_NUMBER + bytes(4)


class LateRegex:
    """A regular expression that is compiled when it is first used; each of its methods is looked up once."""

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        self._arguments = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name == "_compiled":
            self._compiled = _compile(*self._arguments)
            return self._compiled
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found


_compile: Any = re.compile


def quicken(*packages: str) -> None:
    """Lets the modules of these packages be found where their package lies, and be loaded from bytecode that is in order."""
    sys.meta_path.insert(0, _Quick(frozenset(packages)))


class _Quick:
    """Finds Python modules of some packages: nothing else lies in them."""

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module is; None where it is in none of the packages or not there."""
        package, _, rest = name.partition(".")
        if not rest or path is None or package not in self._packages:
            return None
        for folder in path:
            place = f"{folder}{os.sep}{name.rpartition('.')[2]}"
            # Most are no packages, and none is both.
            for source, inside in ((f"{place}.py", None), (f"{place}{os.sep}__init__.py", [place])):
                if _is_file(source):
                    return _spec(name, source, inside)
        return None


def _is_file(path: str) -> bool:
    try:
        os.stat(path)  # noqa: PTH116 (a Path costs more than the question)
    except OSError:
        return False
    return True


def _spec(name: str, path: str, inside: list[str] | None) -> ModuleSpec | None:
    spec = spec_from_file_location(name, path, loader=_BytecodeLoader(name, path), submodule_search_locations=inside)
    if spec is not None:
        # The import system would work it out in a slower way.
        spec.cached = _cached(path)
    return spec


def _cached(path: str) -> str:
    """Where the bytecode of a source file is."""
    if sys.pycache_prefix is not None:
        return cache_from_source(path)
    folder, separator, name = path.rpartition(os.sep)
    return f"{folder}{separator}__pycache__{separator}{name[:-2]}{_TAG}"


_TAG = cache_from_source("x.py").rpartition("x.")[2]


class _BytecodeLoader(SourceFileLoader):
    """A loader that takes bytecode where it is that of the source, and leaves everything else to the ordinary one."""

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module."""
        return _bytecode(self.path) or super().get_code(fullname)


def _bytecode(path: str) -> CodeType | None:
    """The code that was compiled from a source file; None where it is not there, not in order or of another source."""
    try:
        source = os.stat(path)  # noqa: PTH116
        descriptor = os.open(_cached(path), os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
    except (OSError, NotImplementedError):
        return None
    stamp = (int(source.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little") + (source.st_size & 0xFFFFFFFF).to_bytes(4, "little")
    if data[:8] != _HEADER or data[8:16] != stamp:
        return None
    try:
        code = marshal.loads(memoryview(data)[16:])
    except (ValueError, EOFError, TypeError):
        return None
    return code if isinstance(code, CodeType) and code.co_filename == path else None


# Module -> its functions that may be taken without running it: another one that answers in its place, or None for one that
# runs the module when it is called.
Known = Mapping[str, Mapping[str, Callable[..., Any] | None]]


def postpone(*names: str, regexes_of: Iterable[str] = (), known: Known | None = None) -> None:
    """Lets the modules of these names run when something in them is first asked for, not when they are imported.

    Modules of `regexes_of` compile the regular expressions that they define when those are first used, and so do the modules
    that they are the first to import.
    """
    sys.meta_path.insert(0, _Postponing(frozenset(names), frozenset(regexes_of), known or {}))


class _Postponing:
    """Finds the modules of some names as others do, and has them loaded late."""

    def __init__(self, names: frozenset[str], regexes_of: frozenset[str], known: Known) -> None:
        self._names = names | frozenset(known)
        self._regexes_of = regexes_of
        self._known = known

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module is; None where it is none of these."""
        if name not in self._names and name not in self._regexes_of:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            loader = _LateRegexLoader(name, spec.loader.path) if name in self._regexes_of else spec.loader
            late: Any = _LateLoader(loader, self._known.get(name, {})) if name in self._names else loader
            spec.loader = late
        return spec


class _LateRegexLoader(SourceFileLoader):
    """Loads a module whose regular expressions, and those of what it imports meanwhile, are compiled when first used."""

    def exec_module(self, module: ModuleType) -> None:
        """Runs the module."""
        before: Any = re.compile
        late: Any = LateRegex
        re.compile = late
        try:
            super().exec_module(module)
        finally:
            re.compile = before


class _LateLoader:
    """Loads a module when a name is first looked for in it and not found.

    `importlib.util.LazyLoader` is not used: in Python 3.11 a second import of its modules already runs them.
    """

    def __init__(self, loader: SourceFileLoader, known: Mapping[str, Callable[..., Any] | None]) -> None:
        self.loader = loader
        self._known = known

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that holds nothing but what is known of it."""
        module = _LateModule(spec.name)
        for name, function in self._known.items():
            vars(module)[name] = _called_late(module, name) if function is None else function
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet."""


class _LateModule(ModuleType):
    """A module that has not run."""

    def __getattr__(self, name: str) -> Any:
        late: Any = self.__spec__ and self.__spec__.loader
        # The import system asks for `__path__` and the like before it has set them.
        if name.startswith("__") or not isinstance(late, _LateLoader):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _run(self)
        return getattr(self, name)


def _run(module: ModuleType) -> None:
    """Runs a module that has not run."""
    late: Any = module.__spec__ and module.__spec__.loader
    if isinstance(late, _LateLoader) and module.__spec__ is not None:
        module.__spec__.loader = module.__loader__ = late.loader
        object.__setattr__(module, "__class__", ModuleType)
        late.loader.exec_module(module)


def _called_late(module: ModuleType, name: str) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        _run(module)
        return getattr(module, name)(*values, **named)

    return call
