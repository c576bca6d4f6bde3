"""Fields of data classes and settings: what the constructor is given, the default, or the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import holding, libraries
from routelint.parse.python.arguments import Given, given
from routelint.parse.python.environment import environment
from routelint.parse.python.scopes import Scope, dotted, last_name, shown
from routelint.parse.python.values import Class, Instance, Site, is_gap, is_special, join, step
from routelint.possible import Hole, Possible, Record, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


# Methods that pydantic's classes inherit: each makes an object of the class from a dict, or from the text of one.
_FROM_TEXT = frozenset(["model_validate_json", "parse_raw", "model_validate_strings", "parse_file"])
VALIDATORS = frozenset(["model_validate", "parse_obj", "from_orm", *_FROM_TEXT])


class Fields:
    """Reads fields for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._validated: dict[ast.Call, ast.Call] = {}

    def validated(self, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
        """What `Model.model_validate(data)` makes, which is what `Model(**data)` does; None where no class is asked for it."""
        if not node.args:
            return None
        objects = self._evaluator.objects
        classes = self._evaluator.expression(func.value, site)
        for each in classes:
            if not isinstance(each.content, Class) or each.content.scope is None:
                return None
            if objects.kind(each.content.scope) not in ("fields", "settings"):
                return None
            if any(objects.function(one, func.attr) is not None for one in objects.lineage(each.content.scope)):
                return None
        data = node.args[0]
        if func.attr in _FROM_TEXT:
            site = site.binding({"<data>": unknown(f"the text that '{shown(node)}' reads is not in the scanned files")})
            data = ast.copy_location(ast.Name("<data>", ast.Load()), data)
        call = self._validated.get(node)
        if call is None:
            # One call makes one object, however often it is asked for.
            spread = ast.copy_location(ast.keyword(None, data), data)
            call = self._validated[node] = ast.copy_location(ast.Call(func.value, [], [spread]), node)
        return join([objects.made(each.content, call, site) for each in classes if isinstance(each.content, Class)])

    def of(self, scope: Scope) -> dict[str, tuple[Scope, ast.AnnAssign | ast.Assign]]:
        """Field name -> the class that declares it and the declaration, in the order of the constructor."""
        found: dict[str, tuple[Scope, ast.AnnAssign | ast.Assign]] = {}
        for each in reversed(self._evaluator.objects.lineage(scope)):
            for statement in each.block:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    found[statement.target.id] = (each, statement)
        return found

    def value(self, instance: Instance, name: str, kind: str) -> Possible | None:
        """The value of a field of an object; None where the class declares no such field."""
        assert instance.scope is not None
        fields = self.of(instance.scope)
        if name not in fields:
            return None
        calls = [given(instance.call, instance.site)] if instance.call is not None and instance.site is not None else None
        if calls is None:
            calls = list(self._evaluator.callers.of(instance.scope))
        alternatives: list[Possible] = []
        omitted = not calls
        position = list(fields).index(name)
        for call in calls:
            passed = self._field_argument(call, name, position, instance.scope)
            if passed is None:
                omitted = True
            else:
                alternatives.append(passed)
        if omitted:
            owner, statement = fields[name]
            alternatives.append(self._field_default(owner, statement, name, kind, instance.scope, instance.handed))
        found = join(alternatives)
        if instance.handed and not calls and kind == "fields" and not all(is_special(each.content) for each in found):
            # Nothing in the repository makes such an object: who does may leave the field out, or give it.
            found = join([found, unknown(instance.handed)])
        return found

    def _field_argument(self, call: Given, name: str, position: int, scope: Scope) -> Possible | None:
        aliases = {name, *self._aliases(scope, name)}
        rest: Possible | None = None
        for keyword in call.keywords:
            if keyword.arg in aliases:
                hop = Hop(call.site.scope.module.location(keyword.value), f"argument {keyword.arg} of {scope.name}()")
                return step(self._evaluator.expression(keyword.value, call.site), hop)
            if keyword.arg is None:
                for each in self._evaluator.expression(keyword.value, call.site):
                    match each.content:
                        case Record(entries) if name in entries:
                            return holding.carried(each, entries[name])
                        case Record(rest=Hole(reason)) | Hole(reason):
                            rest = unknown(reason)
        if position < len(call.positional) and not any(isinstance(each, ast.Starred) for each in call.positional):
            node = call.positional[position]
            hop = Hop(call.site.scope.module.location(node), f"argument {name} of {scope.name}()")
            return step(self._evaluator.expression(node, call.site), hop)
        if rest is not None:
            fields = self.of(scope)
            owner, statement = fields[name]
            default = self._field_default(owner, statement, name, self._evaluator.objects.kind(scope), scope)
            # Where the field has no default, only what is handed over can tell.
            return rest if all(is_gap(each.content) for each in default) else join([default, rest])
        return None

    def _aliases(self, scope: Scope, name: str, *carriers: str) -> Iterator[str]:
        """The other names of a field, in order: `Field(alias=...)`, `validation_alias=AliasChoices(...)` and `carriers`."""
        _, statement = self.of(scope)[name]
        if isinstance(statement.value, ast.Call):
            for keyword in statement.value.keywords:
                if keyword.arg in ("alias", "validation_alias", *carriers):
                    match keyword.value:
                        case ast.Call(func=func, args=nodes) if last_name(func) == "AliasChoices":
                            pass
                        case ast.List(elts=nodes) | ast.Tuple(elts=nodes):
                            pass
                        case node:
                            nodes = [node]
                    yield from (str(node.value) for node in nodes if isinstance(node, ast.Constant))

    def _field_default(
        self, owner: Scope, statement: ast.AnnAssign | ast.Assign, name: str, kind: str, scope: Scope, handed: str = ""
    ) -> Possible:
        site = self._evaluator.site(statement, self._evaluator.frame(owner))
        default: Possible | None = None
        if statement.value is not None:
            value = libraries.field_value(self._evaluator, statement.value, site)
            if value is not None:
                hop = Hop(owner.module.location(statement.value), f"field {name} of {owner.name}, default")
                default = step(value, hop, Resolution.PARAMETER_DEFAULT)
        if kind == "settings":
            names = self.variables(scope, name)
            env = next((each for each in names if self._evaluator.context.settings.lookup(owner.module.path, each)), names[-1])
            return environment(self._evaluator, env, site, default, case_insensitive=True)
        if default is not None:
            return default
        if isinstance(statement, ast.AnnAssign):
            told = self._evaluator.objects.annotated(statement.annotation, owner, handed)
            if told is not None:
                return told
        return unknown(f"field {name} of {owner.name} has no default and no call in the scanned files passes it")

    def variables(self, scope: Scope, name: str) -> list[str]:
        """The environment variables that may fill a field of a settings class, the first that is set before the others."""
        return [*self._aliases(scope, name, "env"), self.env_prefix(scope) + name.upper()]

    def env_prefix(self, scope: Scope) -> str:
        """The prefix of the environment variables that fill a settings class."""
        for each in self._evaluator.objects.lineage(scope):
            for statement in each.block:
                match statement:
                    case ast.Assign(targets=[ast.Name("model_config")], value=ast.Call(keywords=keywords)):
                        pairs = [(keyword.arg, keyword.value) for keyword in keywords]
                    case ast.Assign(targets=[ast.Name("model_config")], value=ast.Dict(keys=keys, values=values)):
                        pairs = [
                            (str(key.value) if isinstance(key, ast.Constant) else None, value)
                            for key, value in zip(keys, values, strict=True)
                        ]
                    case ast.ClassDef(name="Config", body=body):
                        pairs = [(dotted(inner.targets[0]), inner.value) for inner in body if isinstance(inner, ast.Assign)]
                    case _:
                        continue
                for key, value in pairs:
                    if key == "env_prefix" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        return value.value.upper()
        return ""
