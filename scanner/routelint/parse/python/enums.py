"""Enums of the repository: their members, what members are called, and their properties and methods."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python import changes
from routelint.parse.python.scopes import Scope
from routelint.parse.python.values import Class, Function, Member, join, step
from routelint.possible import Content, Hole, Items, Possibility, Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Bases that make the text of a member its value on every version of Python.
_TEXTUAL = ("StrEnum", "TextChoices")


class Enums:
    """Reads enums for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def member(self, scope: Scope, name: str, value: Possible) -> Possible:
        """The value of a class attribute as a member that knows its enum."""
        textual = any(path.rpartition(".")[2] in _TEXTUAL for path in self._evaluator.objects.outside_bases(scope))
        return tuple(replace(each, content=_as_member(each.content, scope, name, textual=textual)) for each in value)

    def by_key(self, content: Class, keys: Possible) -> Possible:
        """`Enum["NAME"]`; every member where the name cannot be told."""
        scope = content.scope
        assert scope is not None
        wanted = changes.key_text(keys[0].content) if len(keys) == 1 else None
        if wanted is not None:
            return self._evaluator.objects.class_attribute(content, wanted)
        if self._evaluator.objects.kind(scope) == "enum":
            return self.every(scope)
        return unknown(f"an entry of class {scope.name} is not followed")

    def every(self, scope: Scope) -> Possible:
        """All members of an enum."""
        members = [self._evaluator.objects.class_attribute(Class("", scope=scope), name) for name in names(scope)]
        return step(join(members), None, Resolution.MAPPING) or unknown(f"the enum {scope.name} has no members")

    def opened(self, value: Possible) -> Possible:
        """A value to loop over: an enum is the list of its members."""
        return tuple(
            replace(
                each, content=Items(tuple(self._evaluator.objects.class_attribute(each.content, name) for name in names(scope)))
            )
            if isinstance(each.content, Class)
            and (scope := each.content.scope) is not None
            and self._evaluator.objects.kind(scope) == "enum"
            else each
            for each in value
        )

    def by_value(self, scope: Scope, value: Possible) -> Possible:
        """`Enum(value)`: the member of that value, else the value itself."""
        members = self.every(scope)
        return tuple(
            next((replace(each, content=one.content) for one in members if one.content == each.content), each) for each in value
        )

    def attribute(self, member: Member, name: str) -> Possible | None:
        """An attribute of a member; None where it is the member's value itself."""
        if name in ("value", "_value_"):
            return known(str.__str__(member))
        if name in ("name", "_name_"):
            return known(member.name)
        objects = self._evaluator.objects
        for scope in objects.lineage(member.scope):
            function = objects.function(scope, name)
            if function is not None:
                bound = (Possibility(member),)
                frame = self._evaluator.frame(scope)
                method = Function("a method is not a text", scope=function, instance=bound, outer=frame)
                return objects.property_value(method) if function.decorated("property", "cached_property") else known(method)
        return unknown(f"attribute {name} of the members of {member.scope.name} is not defined in the scanned files")


def _as_member(content: Content, scope: Scope, name: str, *, textual: bool) -> Content:
    if isinstance(content, Member):
        return content if content.textual else Hole(f"the value of {scope.name}.{name} is a member of another enum")
    return Member.of(content, scope, name, textual=textual) if isinstance(content, str) else content


def names(scope: Scope) -> list[str]:
    """The names of the members of an enum, in order."""
    return [
        target.id
        for statement in scope.block
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    ]
