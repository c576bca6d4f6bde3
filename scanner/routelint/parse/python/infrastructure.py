"""Environment variables that CDK programs in Python set for the code of functions and containers."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.python.paths import text_of
from routelint.parse.python.scopes import CallPlace, argument_node, last_name
from routelint.parse.python.values import ROOT, FilePath, Made, Site, Symbol, plain
from routelint.possible import Possible, Record

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

_CDK = "aws_cdk"
_TABLES = ("environment", "environment_variables")
# Calls that name a folder of code, and the arguments that do.
_ASSETS = frozenset(
    (
        "from_asset",
        "from_asset_image",
        "from_docker_build",
        "from_image_asset",
        "DockerImageAsset",
        "PythonFunction",
    )
)
_FOLDERS = ("path", "directory", "entry")
# Only what may be a model is asked for later.
_MODEL = lazy_regex(r"(?i)model|llm|embed|rerank|inference|profile")
# Constructs inside constructs, from the one that has the variables down to its folder of code.
_MOST_DEPTH = 4


def may_set(data: bytes | None) -> bool:
    """Whether a file may be a part of a CDK program at all."""
    return data is not None and (_CDK.encode() in data or data.startswith((b"\xff\xfe", b"\xfe\xff")))


def settings(evaluator: Evaluator, modules: Sequence[Module], paths: frozenset[str]) -> list[EnvironmentSetting]:
    """The model variables that the constructs of the modules set. `paths` are the files of the scan."""
    found: list[EnvironmentSetting] = []
    for module in modules:
        if _CDK in module.text:
            found.extend(_Stack(evaluator, module, paths).settings())
    return found


class _Stack:
    """Reads one module of a CDK program."""

    def __init__(self, evaluator: Evaluator, module: Module, paths: frozenset[str]) -> None:
        self._evaluator = evaluator
        self._module = module
        self._paths = paths

    def settings(self) -> Iterator[EnvironmentSetting]:
        """The settings of the module, in order."""
        for place in self._module.calls:
            if last_name(place.call.func) == "add_environment":
                yield from self._added(place)
            elif any(keyword.arg in _TABLES or keyword.arg is None for keyword in place.call.keywords):
                yield from self._of_construct(place)

    def _of_construct(self, place: CallPlace) -> Iterator[EnvironmentSetting]:
        """`Function(self, "Id", code=..., environment={"NAME": value})`."""
        site = self._site(place)
        call = place.call
        callee = self._evaluator.ask(call.func, site)
        if not any(isinstance(each.content, Symbol) and each.content.path.startswith(_CDK) for each in callee):
            return
        tables = self._tables(call, site)
        if not tables:
            return
        code = self._code(call, site)
        if len(tables) > 1 and len(code) > 1:
            # A construct that the repository wraps: which variables go with which code is not known here.
            return
        for record in tables:
            for name, value in record.entries.items():
                yield from self._setting(name, value, call, call, site, code)

    def _added(self, place: CallPlace) -> Iterator[EnvironmentSetting]:
        """`function.add_environment("NAME", value)`."""
        site = self._site(place)
        call = place.call
        if not isinstance(call.func, ast.Attribute):
            return
        name_node = argument_node(call, 0, "key", "name")
        value_node = argument_node(call, 1, "value")
        if not isinstance(name_node, ast.Constant) or not isinstance(name_node.value, str) or value_node is None:
            return
        made = [each.content for each in self._evaluator.ask(call.func.value, site) if isinstance(each.content, Made)]
        if len(made) != 1 or made[0].call is None or made[0].site is None or not made[0].path.startswith(_CDK):
            return
        code = self._code(made[0].call, made[0].site)
        value = self._evaluator.ask(value_node, site)
        yield from self._setting(name_node.value, value, call, made[0].call, made[0].site, code)

    def _setting(
        self, name: str, value: Possible, call: ast.Call, made: ast.Call, site: Site, code: tuple[str, ...]
    ) -> Iterator[EnvironmentSetting]:
        if _MODEL.search(name):
            owner = f"{posixpath.basename(site.scope.module.path)}:{self._identity(made, site)}"
            yield EnvironmentSetting(name, plain(value), owner, self._module.location(call), code)

    def _site(self, place: CallPlace) -> Site:
        return self._evaluator.site(place.statement, self._evaluator.frame(place.scope))

    def _tables(self, call: ast.Call, site: Site) -> list[Record]:
        """The variables a call passes, once for each possibility."""
        found: list[Record] = []
        for keyword in call.keywords:
            if keyword.arg in _TABLES:
                found.extend(_records(self._evaluator.ask(keyword.value, site)))
            elif keyword.arg is None:
                for record in _records(self._evaluator.ask(keyword.value, site)):
                    found.extend(inner for name in _TABLES for inner in _records(record.entries.get(name, ())))
        return found

    def _identity(self, call: ast.Call, site: Site) -> str:
        """The id a construct is given, else the name of its class."""
        node = argument_node(call, 1, "id")
        if node is not None:
            for each in self._evaluator.ask(node, site):
                if isinstance(each.content, str):
                    return each.content
        return last_name(call.func) or "?"

    # Code --------------------------------------------------------------------------------------------------------

    def _code(self, call: ast.Call, site: Site) -> tuple[str, ...]:
        """The folders of code that a construct runs, and the file of its handler where that exists."""
        folders = list(dict.fromkeys(self._folders(call, site, 0)))
        files: list[str] = []
        for name in ("handler", "index"):
            node = argument_node(call, None, name)
            if node is None or len(folders) != 1:
                continue
            for each in self._evaluator.ask(node, site):
                if isinstance(each.content, str):
                    stem = each.content.removesuffix(".py") if name == "index" else each.content.rpartition(".")[0]
                    files.append(posixpath.normpath(posixpath.join(folders[0], f"{stem}.py")))
        return (*folders, *(path for path in files if path in self._paths))

    def _folders(self, call: ast.Call, site: Site, depth: int) -> Iterator[str]:
        name = last_name(call.func) or ""
        if name in _ASSETS:
            node = argument_node(call, None if name[:1].isupper() else 0, *_FOLDERS)
            if node is not None:
                yield from self._folder(node, site)
            return
        if depth >= _MOST_DEPTH:
            return
        nodes = [keyword.value for keyword in call.keywords if keyword.arg is not None and keyword.arg not in _TABLES]
        # Of a construct, the first argument is the scope it belongs to, which has code of its own.
        nodes += call.args if not name[:1].isupper() else []
        for node in nodes:
            if isinstance(node, ast.Constant):
                continue
            for each in self._evaluator.ask(node, site):
                origin = each.content if isinstance(each.content, Made) else None
                if isinstance(each.content, Symbol):
                    origin = each.content.origin
                if origin is not None and origin.call is not None and origin.site is not None and origin.call is not call:
                    yield from self._folders(origin.call, origin.site, depth + 1)

    def _folder(self, node: ast.expr, site: Site) -> Iterator[str]:
        """A folder of the scan: told by the file it is named in, or relative to the app's folder, where `cdk.json` stands."""
        for each in self._evaluator.ask(node, site):
            text = text_of(each.content) if isinstance(each.content, str | FilePath) else None
            if text is None:
                continue
            if text.startswith(ROOT):
                path = posixpath.normpath(text.removeprefix(ROOT).lstrip("/") or ".")
            elif posixpath.isabs(text):
                continue
            else:
                path = posixpath.normpath(posixpath.join(self._app_folder(site.scope.module.path), text))
            if not path.startswith("..") and (path == "." or any(one.startswith(f"{path}/") for one in self._paths)):
                yield path

    def _app_folder(self, path: str) -> str:
        folder = posixpath.dirname(path)
        here = folder
        while True:
            if posixpath.join(here, "cdk.json") in self._paths:
                return here
            if not here:
                return folder
            here = posixpath.dirname(here)


def _records(value: Possible) -> Iterator[Record]:
    return (each.content for each in value if isinstance(each.content, Record))
