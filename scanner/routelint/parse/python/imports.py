"""What an import binds: modules of the repository, names in them, or things from outside by their dotted path."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python.modules import Module
from routelint.parse.python.values import NOTHING, ModuleValue, Site, step, symbol
from routelint.possible import Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


class Imports:
    """Resolves imports for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def value(self, statement: ast.Import | ast.ImportFrom, alias: ast.alias, site: Site) -> Possible:
        """What one name of an import statement is bound to."""
        importer = site.scope.module.path
        program = self._evaluator.program
        if isinstance(statement, ast.Import):
            if alias.asname:
                return self._module(alias.name, importer)
            return self._module(alias.name.partition(".")[0], importer)
        name = statement.module or ""
        if statement.level and not name:
            path = program.find_module(alias.name, importer, statement.level)
            package = program.find_module("", importer, statement.level)
            if package is not None:
                found = self._defined(package, alias.name)
                if found is not None:
                    return found
            return _module_value(path) if path is not None else unknown(f"{alias.name} is not in the package of {importer}")
        path = program.find_module(name, importer, statement.level)
        if path is not None and path != importer:
            found = self._defined(path, alias.name)
            if found is not None:
                return found
            inner = self._submodule(path, alias.name) or self._in_namesake(path, alias.name)
            if inner is not None:
                return inner
        if statement.level:
            inner_path = program.find_module(f"{name}.{alias.name}", importer, statement.level)
            if inner_path is not None:
                return _module_value(inner_path)
            return unknown(f"{alias.name} is not defined in {path or name}")
        inner_path = program.find_module(f"{name}.{alias.name}", importer)
        if inner_path is not None and inner_path != importer:
            return _module_value(inner_path)
        return symbol(f"{name}.{alias.name}")

    def _module(self, name: str, importer: str) -> Possible:
        path = self._evaluator.program.find_module(name, importer)
        if path is not None and path != importer:
            return _module_value(path)
        return symbol(name)

    def _submodule(self, package: str, name: str) -> Possible | None:
        if not package.endswith("__init__.py"):
            return None
        folder = package.removesuffix("__init__.py")
        for path in (f"{folder}{name}.py", f"{folder}{name}/__init__.py"):
            if self._evaluator.program.exists(path):
                return _module_value(path)
        return None

    def _in_namesake(self, package: str, name: str) -> Possible | None:
        """A name of `agg/agg.py` where `agg/__init__.py` has none of it: the layer of a function is the folder itself."""
        folder, _, file = package.rpartition("/")
        path = f"{folder}/{folder.rpartition('/')[2]}.py"
        return self._defined(path, name) if file == "__init__.py" and self._evaluator.program.exists(path) else None

    def _defined(self, path: str, name: str) -> Possible | None:
        """What a module of the repository has under a name; None where it has nothing."""
        module = self._evaluator.program.module(path)
        if module is None:
            return unknown(f"{path} cannot be read")
        if name in module.scope.names or name in module.shared_stores:
            return step(self._evaluator.names.module_value(name, module), None, Resolution.CROSS_FILE)
        return self.starred(name, module)

    def starred(self, name: str, module: Module) -> Possible | None:
        """What a name is that only a star import of the module can bind; None where none does."""
        if "*" not in module.scope.names or name.startswith("_"):
            return None
        found: Possible | None = None
        outside: Possible | None = None
        for statement in module.places:
            if not isinstance(statement, ast.ImportFrom) or statement.names[0].name != "*":
                continue
            path = self._evaluator.program.find_module(statement.module or "", module.path, statement.level)
            if path is None:
                outside = symbol(f"{statement.module}.{name}") if not statement.level else outside
            elif path != module.path:
                found = self._passed_on(name, path) or found
        return found or (outside if self._is_known_outside(outside) else None)

    def _passed_on(self, name: str, path: str) -> Possible:
        """What a star import of a module binds a name to; nothing where it does not.

        Kept, because there may be as many ways to a module as two to the power of those between.
        """
        return self._evaluator.remembered(("star", name, path), lambda: self._defined(path, name) or NOTHING)

    def _is_known_outside(self, outside: Possible | None) -> bool:
        """Whether a thing that a star import may bind is one that is known to be there."""
        if outside is None:
            return False
        content = outside[0].content
        return any(surface.symbol == getattr(content, "path", None) for surface in self._evaluator.context.surfaces)

    def member(self, path: str, name: str) -> Possible:
        """An attribute of a module of the repository."""
        found = self._defined(path, name)
        if found is not None:
            return found
        inner = self._submodule(path, name)
        return inner if inner is not None else unknown(f"{name} is not defined in {path}")


def _module_value(path: str) -> Possible:
    return known(ModuleValue(f"the module {path} stands where a text is expected", path=path))
