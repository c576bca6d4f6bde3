"""Command lines: the defaults of options, as `argparse` and decorators in the way of `click` declare them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python.environment import environment
from routelint.parse.python.scopes import CallPlace, Scope, argument_node
from routelint.parse.python.values import Made, join, sole_text, step
from routelint.possible import Possible, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def option(evaluator: Evaluator, content: Made, name: str) -> Possible:
    """`args.name` of what an argument parser has read: the default of the option."""
    if content.site is None:
        return unknown(f"option {name} is not found")
    module = content.site.scope.module
    added = (place for place in module.calls_by_name.get("add_argument", ()) if _destination(place.call) == name)
    alternatives = [_option_default(evaluator, place, name) for place in added]
    if not alternatives:
        return unknown(f"option {name} is not added in {module.path}")
    return join(alternatives)


def _destination(node: ast.Call) -> str | None:
    named = argument_node(node, None, "dest")
    if isinstance(named, ast.Constant):
        return str(named.value)
    texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    long = [text for text in texts if text.startswith("--")] or texts
    return long[0].lstrip("-").replace("-", "_") if long else None


def _option_default(evaluator: Evaluator, place: CallPlace, name: str) -> Possible:
    default = argument_node(place.call, None, "default")
    flag = next((str(each.value) for each in place.call.args if isinstance(each, ast.Constant)), name)
    if default is None:
        return unknown(f"option {flag} has no default")
    hop = Hop(place.scope.module.location(default), f"option {flag}, default")
    return step(evaluator.expression(default, evaluator.place(place)), hop, Resolution.PARAMETER_DEFAULT)


def option_default(evaluator: Evaluator, scope: Scope, name: str) -> Possible | None:
    """The default that a decorator gives to a parameter: `@click.option("--model", default=...)`."""
    if isinstance(scope.node, ast.Module | ast.Lambda) or not scope.decorated("option", "argument", "add_argument"):
        return None
    for decorator in scope.node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        texts = [each.value for each in decorator.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        plain = [text for text in texts if not text.startswith("-")]
        long = [text.lstrip("-").partition("/")[0].replace("-", "_") for text in texts if text.startswith("--")]
        if name not in (plain or long):
            continue
        assert scope.statement is not None
        assert scope.parent is not None
        site = evaluator.site(scope.statement, evaluator.frame(scope.parent))
        variable = argument_node(decorator, None, "envvar")
        default = argument_node(decorator, None, "default")
        value: Possible | None = None
        if default is not None:
            hop = Hop(scope.module.location(default), f"option {texts[0]}, default")
            value = step(evaluator.expression(default, site), hop, Resolution.PARAMETER_DEFAULT)
        text = sole_text(evaluator.expression(variable, site)) if variable is not None else None
        if text is not None:
            return environment(evaluator, text, site, value)
        return value if value is not None else unknown(f"option {texts[0] if texts else name} has no default")
    return None
