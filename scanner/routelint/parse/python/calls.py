"""Calls: which function is called with which arguments, what it returns, and who calls it in the repository."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import cdk, formatting, libraries, lookups, methods, options
from routelint.parse.python.arguments import Given, bind, given, with_receiver
from routelint.parse.python.fields import VALIDATORS
from routelint.parse.python.returns import returns
from routelint.parse.python.scopes import Scope, argument_node, shown
from routelint.parse.python.values import (
    NOTHING,
    Argument,
    Class,
    FilePath,
    Frame,
    Function,
    Gathered,
    Instance,
    Made,
    Partial,
    Passed,
    Site,
    Symbol,
    is_gap,
    join,
    step,
)
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Functions that call functions, followed for what they return.
MOST_NESTING = 10
# Activations of one function inside each other: every level of a recursion doubles the work and tells nothing new.
MOST_RECURSION = 3


class Calls:
    """Follows calls for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._bound_frames: dict[tuple[ast.Call, Frame, Scope], Frame] = {}
        self._nesting = 0
        self._active: dict[Scope, int] = {}

    # What a call returns -----------------------------------------------------------------------------------------

    def call(self, node: ast.Call, site: Site) -> Possible:
        """What a call may return."""
        if isinstance(node.func, ast.Attribute):
            of_cdk = cdk.method(self._evaluator, node, node.func, site) if node.func.attr in cdk.METHODS else None
            found = of_cdk or self._method(node, node.func, site)
            if found is None and node.func.attr in VALIDATORS:
                found = self._evaluator.fields.validated(node, node.func, site)
            if found is not None:
                return found
        return join([self._returned(each, node, site) for each in self._evaluator.expression(node.func, site)])

    def _method(self, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
        """The result of a method of a text, dict or list; None where the receiver may be something else."""
        if func.attr not in methods.VALUE_METHODS:
            return None
        receiver = self._evaluator.expression(func.value, site)
        if receiver and all(isinstance(each.content, FilePath) for each in receiver):
            return join(
                [
                    methods.path_call(self._evaluator, each.content, func.attr, node, site)
                    for each in receiver
                    if isinstance(each.content, FilePath)
                ]
            )
        if receiver and func.attr == "read" and all(isinstance(each.content, Made) for each in receiver):
            return receiver
        if not receiver or not all(
            isinstance(each.content, str | Template | Record | Items) or is_gap(each.content) for each in receiver
        ):
            return None
        if all(is_gap(each.content) for each in receiver) and func.attr != "get":
            return None
        results: list[Possible] = []
        for each in receiver:
            found = self._value_method(each, node, func, site)
            results.append(found if found is not None else unknown(f"'.{func.attr}()' is not followed"))
        return join(results)

    def _value_method(self, each: Possibility, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
        match each.content:
            case str() | Template():
                return formatting.method(self._evaluator, each, func.attr, node, site)
            case Record() | Items():
                return methods.collection_method(self._evaluator, each, func.attr, node, site)
            case Hole() if func.attr == "get" and node.args:
                default = self._evaluator.expression(node.args[1], site) if len(node.args) > 1 else None
                for keyword in node.keywords:
                    if keyword.arg == "default":
                        default = self._evaluator.expression(keyword.value, site)
                return lookups.lookup(
                    self._evaluator, (each,), self._evaluator.expression(node.args[0], site), func.value, site, default
                )
        return (each,)

    def _returned(self, callee: Possibility, node: ast.Call, site: Site) -> Possible:
        match callee.content:
            case Function() as function:
                return self.invoke(function, given(node, site))
            case Class(scope=scope) as made if scope is not None:
                return self._evaluator.objects.made(made, node, site)
            case Symbol(path=path, origin=origin):
                found = libraries.call(self._evaluator, path, node, site)
                if found is not None:
                    return found
                result = known(
                    Made(f"what {path}() returns is not a text", path=f"{path}()", call=node, site=site, origin=origin)
                )
                return join([result, self._default_of_get(path, node, site)])
            case Partial(callee=inner, call=first, site=where) if first is not None and where is not None:
                return self._partial(inner, first, where, node, site)
            case Instance() as instance:
                method = self._evaluator.objects.method(instance, "__call__")
                return (
                    self.invoke(method, given(node, site)) if method else unknown(f"the call '{shown(node)}' is not followed")
                )
            case Made(path=path) as origin:
                found = libraries.call(self._evaluator, path, node, site)
                if found is not None:
                    return found
                return known(Made(f"what {path} returns is not a text", path=f"{path}()", call=node, site=site, origin=origin))
            case Hole():
                return (callee,)
        return unknown(f"the call '{shown(node)}' is not followed")

    def _default_of_get(self, path: str, node: ast.Call, site: Site) -> Possible:
        """The text that `thing.get(key, text)` gives where something from outside, such as a request, does not have the key.

        A module is asked for something else: `requests.get(address, query)`.
        """
        default = argument_node(node, 1, "default") if path.endswith(".get") and path.count(".") > 1 and node.args else None
        if default is None:
            return NOTHING
        value = self._evaluator.expression(default, site)
        texts = tuple(each for each in value if isinstance(each.content, str | Template))
        return step(texts, None, Resolution.CONDITIONAL)

    def _partial(self, callee: Possible, first: ast.Call, where: Site, node: ast.Call, site: Site) -> Possible:
        results = []
        for each in callee:
            if isinstance(each.content, Function):
                both = Given(node, site, tuple(node.args), tuple(node.keywords))
                earlier = Given(first, where, tuple(first.args[1:]), tuple(first.keywords))
                results.append(self.invoke(each.content, both, earlier))
            else:
                results.append(self._returned(each, node, site))
        return join(results)

    def called(self, function: Function, node: ast.Call, site: Site) -> Possible:
        """What a function of the repository returns for a plain call."""
        return self.invoke(function, given(node, site))

    def invoke(self, function: Function, arguments: Given, earlier: Given | None = None) -> Possible:
        """What a function of the repository returns for the arguments of a call."""
        scope = function.scope
        assert scope is not None
        if self._nesting >= MOST_NESTING:
            return unknown(f"calls nested deeper than {MOST_NESTING}")
        frame = self.frame(function, arguments, earlier)

        def follow() -> Possible:
            return self._evaluator.remembered(("returns", scope, frame), lambda: returns(self._evaluator, scope, frame))

        active = self._active.get(scope, 0)
        self._nesting += 1
        self._active[scope] = active + 1
        try:
            if active + 1 < MOST_RECURSION:
                return follow()
            # Open from here on: whatever calls the function once more, anywhere below, gets nothing.
            return self._evaluator.once(("recursion", scope), follow) or NOTHING
        finally:
            self._nesting -= 1
            self._active[scope] = active

    def frame(self, function: Function, arguments: Given, earlier: Given | None = None) -> Frame:
        """The activation of a function by one call."""
        scope = function.scope
        assert scope is not None
        key = (arguments.call, arguments.site.frame, scope)
        # One call may reach wrappers that differ only in what they wrap.
        plain = earlier is None and not arguments.site.local and function.stands_for is None
        if plain and key in self._bound_frames:
            return self._bound_frames[key]
        skip = 1 if function.instance is not None and not scope.decorated("staticmethod") else 0
        if skip and scope.owner is None:
            # A wrapper around a method gets the object as its first argument.
            arguments, skip = with_receiver(arguments, function.instance or NOTHING), 0
        bound = bind(self._evaluator, scope, arguments, skip)
        passed: Mapping[str, Passed] = bound.arguments
        if earlier is not None:
            before = bind(self._evaluator, scope, earlier, skip)
            later = bind(self._evaluator, scope, arguments, skip + len(earlier.positional))
            passed = {**before.arguments, **later.arguments}
        if bound.rest is not None:
            passed = self._with_rest(scope, passed, bound.rest, skip)
        outer = function.outer or (self._evaluator.frame(scope.parent) if scope.parent else None)
        frame = Frame(scope, passed, True, function.instance, outer)
        if plain:
            self._bound_frames[key] = frame
        return frame

    def _with_rest(self, scope: Scope, passed: Mapping[str, Passed], reason: str, skip: int) -> Mapping[str, Passed]:
        """Arguments where what is not passed by name may still be in a `**` that cannot be told."""
        full = dict(passed)
        for name in list(scope.parameters)[skip:]:
            if name not in full and name not in self._variadic(scope):
                default = scope.defaults.get(name)
                told = self._default(scope, name, default) if default is not None else NOTHING
                full[name] = join([told, unknown(reason)])
        return full

    def _variadic(self, scope: Scope) -> set[str]:
        assert not isinstance(scope.node, ast.Module | ast.ClassDef)
        return {each.arg for each in (scope.node.args.vararg, scope.node.args.kwarg) if each is not None}

    # What a parameter is -----------------------------------------------------------------------------------------

    def parameter(self, scope: Scope, frame: Frame, name: str) -> Possible:
        """What a parameter of a function holds in an activation."""
        if frame.scope is not scope:
            frame = self._evaluator.frame(scope)
        if name in frame.arguments:
            return self.passed(frame.arguments[name])
        if self._is_receiver(scope, name):
            return self._receiver(scope, frame)
        if frame.bound:
            default = scope.defaults.get(name)
            if default is not None:
                return self._default(scope, name, default)
            return unknown(f"parameter {name} of {scope.name}() is not passed")
        return self._evaluator.remembered(("parameter", scope, name), lambda: self._from_callers(scope, name))

    def passed(self, argument: Passed) -> Possible:
        """The value of an argument, with the hop to it."""
        if isinstance(argument, Gathered):
            return argument.gather()
        if not isinstance(argument, Argument):
            return argument
        hop = Hop(argument.site.scope.module.location(argument.node), argument.note)
        return step(self._evaluator.expression(argument.node, argument.site), hop)

    def _is_receiver(self, scope: Scope, name: str) -> bool:
        return (
            scope.owner is not None
            and not scope.decorated("staticmethod")
            and next(iter(scope.parameters), None) == name
            and not isinstance(scope.node, ast.Lambda)
        )

    def _receiver(self, scope: Scope, frame: Frame) -> Possible:
        if frame.instance is not None:
            return frame.instance
        owner = scope.owner
        assert owner is not None
        if scope.decorated("classmethod") or scope.name == "__new__":
            return known(Class(f"class {owner.name} stands where a text is expected", scope=owner))
        return known(Instance(f"an object of {owner.name} stands where a text is expected", scope=owner))

    def _default(self, scope: Scope, name: str, node: ast.expr) -> Possible:
        assert scope.statement is not None
        outer = self._evaluator.frame(scope.parent) if scope.parent is not None else self._evaluator.frame(scope)
        site = self._evaluator.site(scope.statement, outer)
        label = scope.owner.name if scope.name == "__init__" and scope.owner is not None else scope.name
        hop = Hop(scope.module.location(node), f"default of parameter {name} of {label}()")
        return step(self._evaluator.expression(node, site), hop, Resolution.PARAMETER_DEFAULT)

    def _from_callers(self, scope: Scope, name: str) -> Possible:
        option = options.option_default(self._evaluator, scope, name)
        alternatives: list[Possible] = []
        omitted = False
        skip = 1 if scope.owner is not None and not scope.decorated("staticmethod") else 0
        for call in self._evaluator.callers.of(scope):
            bound = bind(self._evaluator, scope, call, skip)
            if name in bound.arguments:
                alternatives.append(self.passed(bound.arguments[name]))
            elif bound.rest is not None:
                alternatives.append(unknown(bound.rest))
            else:
                omitted = True
        default = scope.defaults.get(name)
        if option is not None:
            return join([*alternatives, option])
        if default is not None and (omitted or not alternatives):
            alternatives.append(self._default(scope, name, default))
        if default is None and not alternatives:
            return self._unpassed(scope, name)
        return join(alternatives)

    def _unpassed(self, scope: Scope, name: str) -> Possible:
        node = scope.parameters[name]
        assert not isinstance(scope.node, ast.Module | ast.ClassDef)
        reason = f"parameter {name} of {scope.name}() has no default and no call in the scanned files passes it"
        if scope.node.args.kwarg is node:
            return known(Record({}, Hole(f"no call in the scanned files passes '**{name}' of {scope.name}()")))
        if scope.node.args.vararg is node:
            return known(Items((), Hole(f"no call in the scanned files passes '*{name}' of {scope.name}()")))
        if node.annotation is not None:
            told = self._evaluator.objects.annotated(node.annotation, scope, handed=reason)
            if told is not None:
                return told
        return unknown(reason, "${" + name + "}")
