"""Environment variables as Python code reads them: what infrastructure sets, a `.env` file, or the default in the code."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.model import Hop, Location, Resolution, Span
from routelint.parse.python.values import NOTHING, Site, Unset, join, step
from routelint.possible import Possible, known, via
from routelint.source import NotTextError, decode

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

_ENTRY = lazy_regex(r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?P<value>[^\r\n]*)", re.MULTILINE)
MOST_BYTES = 200_000


def environment(
    evaluator: Evaluator,
    name: str,
    site: Site,
    default: Possible | None,
    *,
    case_insensitive: bool = False,
    default_node: ast.expr | None = None,
) -> Possible:
    """What an environment variable holds for the code at a place.

    What infrastructure sets replaces the default. Where several functions share the code and set it, the evaluator's owner
    tells which of them is meant.
    """
    module = site.scope.module
    settings = evaluator.context.settings.lookup(module.path, name)
    if case_insensitive and not settings:
        settings = evaluator.context.settings.lookup(module.path, name.lower())
    if settings:
        evaluator.owners.update(setting.owner for setting in settings)
        mine = [setting for setting in settings if evaluator.owner is None or setting.owner == evaluator.owner]
        if mine:
            return join(
                [
                    via(
                        setting.value,
                        Hop(setting.location, f"environment variable {name} set by {setting.owner}"),
                        Resolution.LINKED,
                    )
                    for setting in mine
                ]
            )
    in_code = _set_in_code(evaluator, name, module)
    from_file = _from_file(evaluator, name, module)
    if in_code or from_file:
        return join([in_code, from_file])
    if default is not None:
        hop = None
        if default_node is not None:
            hop = Hop(module.location(default_node), f"environment variable {name}, default")
        return step(default, hop, Resolution.ENV_DEFAULT)
    whom = " for this code" if evaluator.context.settings.is_set(name) else ""
    reason = f"environment variable {name} is read without a default and nothing in the scanned files sets it{whom}"
    return known(Unset(reason, "${" + name + "}", name))


def _set_in_code(evaluator: Evaluator, name: str, module: Module) -> Possible:
    """What the same module assigns to the variable."""
    values = []
    for node, statement, scope in module.environment_stores.get(name, ()):
        site = evaluator.site(statement, evaluator.frame(scope))
        hop = Hop(module.location(node), f"environment variable {name} set in the code")
        values.append(step(evaluator.expression(node, site), hop, Resolution.CONSTANT))
    return join(values)


def _from_file(evaluator: Evaluator, name: str, module: Module) -> Possible:
    """What a `.env` file beside or above the module says, where the code loads one."""
    if not any(called in module.calls_by_name for called in ("load_dotenv", "dotenv_values", "read_env", "read_envfile")):
        return NOTHING
    folder = posixpath.dirname(module.path)
    while True:
        path = posixpath.join(folder, ".env")
        data = evaluator.program.tree.read(path)
        if data is not None and len(data) <= MOST_BYTES:
            return _entry(path, data, name)
        if not folder:
            return NOTHING
        folder = posixpath.dirname(folder)


def _entry(path: str, data: bytes, name: str) -> Possible:
    try:
        source = decode(path, data)
    except NotTextError:
        return NOTHING
    for found in _ENTRY.finditer(source.text):
        if found["name"] == name:
            text = re.split(r"\s+#", found["value"])[0].strip()
            start, end = found.span("value")
            span: Span = source.span(start, end)
            hop = Hop(Location(path, span), f"{posixpath.basename(path)} sets {name}")
            return known(text.strip("'\""), Resolution.ENV_DEFAULT, [hop])
    return NOTHING
