"""Calls: which function is called with which arguments, what it returns, and who calls it in the repository."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import changes, conditions, formatting, libraries
from routelint.parse.python.scopes import CallPlace, Scope, blocks, dotted, last_name, shown
from routelint.parse.python.values import (
    NOTHING,
    Argument,
    Class,
    FilePath,
    Frame,
    Function,
    Instance,
    Made,
    Partial,
    Site,
    Symbol,
    is_gap,
    join,
    step,
)
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# Calls of one function that are looked at for the values it is passed.
MOST_CALLERS = 40
# Functions that call functions, followed for what they return.
MOST_NESTING = 10
# Activations of one function inside each other: every level of a recursion doubles the work and tells nothing new.
MOST_RECURSION = 3


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The arguments of one call as they are written, and where; `shift` parameters are filled already."""

    call: ast.Call
    site: Site
    positional: tuple[ast.expr, ...]
    keywords: tuple[ast.keyword, ...]
    shift: int = 0
    instance: Possible | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments by parameter name; `rest` says why others may have been passed too."""

    arguments: Mapping[str, Argument | Possible]
    rest: str | None = None


class Calls:
    """Follows calls for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._callers: dict[Scope, tuple[Given, ...]] = {}
        self._bound_frames: dict[tuple[ast.Call, Frame, Scope], Frame] = {}
        self._nesting = 0
        self._active: dict[Scope, int] = {}

    # What a call returns -----------------------------------------------------------------------------------------

    def call(self, node: ast.Call, site: Site) -> Possible:
        """What a call may return."""
        if isinstance(node.func, ast.Attribute):
            found = self._method(node, node.func, site)
            if found is not None:
                return found
        return join([self._returned(each, node, site) for each in self._evaluator.expression(node.func, site)])

    def _method(self, node: ast.Call, func: ast.Attribute, site: Site) -> Possible | None:
        """The result of a method of a text, dict or list; None where the receiver may be something else."""
        if func.attr not in libraries.VALUE_METHODS:
            return None
        receiver = self._evaluator.expression(func.value, site)
        if receiver and all(isinstance(each.content, FilePath) for each in receiver):
            return join(
                [
                    libraries.path_call(self._evaluator, each.content, func.attr, node, site)
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
                return libraries.collection_method(self._evaluator, each, func.attr, node, site)
            case Hole() if func.attr == "get" and node.args:
                default = self._evaluator.expression(node.args[1], site) if len(node.args) > 1 else None
                for keyword in node.keywords:
                    if keyword.arg == "default":
                        default = self._evaluator.expression(keyword.value, site)
                return self._evaluator.lookup(
                    (each,), self._evaluator.expression(node.args[0], site), func.value, site, default
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
                return known(
                    Made(f"what {path}() returns is not a text", path=f"{path}()", call=node, site=site, origin=origin)
                )
            case Partial(callee=inner, call=first, site=where) if first is not None and where is not None:
                return self._partial(inner, first, where, node, site)
            case Instance() as instance:
                method = self._evaluator.objects.method(instance, "__call__")
                return (
                    self.invoke(method, given(node, site)) if method else unknown(f"the call '{shown(node)}' is not followed")
                )
            case Made(path=path) as origin:
                return known(Made(f"what {path} returns is not a text", path=f"{path}()", call=node, site=site, origin=origin))
            case Hole():
                return (callee,)
        return unknown(f"the call '{shown(node)}' is not followed")

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
            return self._evaluator.remembered(("returns", scope, frame), lambda: self.returns(scope, frame))

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
        plain = earlier is None and not arguments.site.local
        if plain and key in self._bound_frames:
            return self._bound_frames[key]
        skip = 1 if function.instance is not None and not scope.decorated("staticmethod") else 0
        bound = self.bind(scope, arguments, skip)
        passed: Mapping[str, Argument | Possible] = bound.arguments
        if earlier is not None:
            before = self.bind(scope, earlier, skip)
            later = self.bind(scope, arguments, skip + len(earlier.positional))
            passed = {**before.arguments, **later.arguments}
        if bound.rest is not None:
            passed = self._with_rest(scope, passed, bound.rest, skip)
        outer = function.outer or (self._evaluator.frame(scope.parent) if scope.parent else None)
        frame = Frame(scope, passed, True, function.instance, outer)
        if plain:
            self._bound_frames[key] = frame
        return frame

    def _with_rest(
        self, scope: Scope, passed: Mapping[str, Argument | Possible], reason: str, skip: int
    ) -> Mapping[str, Argument | Possible]:
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

    def bind(self, scope: Scope, arguments: Given, skip: int) -> Bound:
        """Which parameter each argument of a call is."""
        node = scope.node
        assert not isinstance(node, ast.Module | ast.ClassDef)
        names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)][skip + arguments.shift :]
        keyword_names = set(names) | {each.arg for each in node.args.kwonlyargs}
        label = scope.owner.name if scope.name == "__init__" and scope.owner is not None else scope.name
        passed: dict[str, Argument | Possible] = {}
        extra: list[Possible] = []
        rest: str | None = None
        position = 0
        for argument in arguments.positional:
            if isinstance(argument, ast.Starred):
                spread = self._evaluator.expression(argument.value, arguments.site)
                content = spread[0].content if len(spread) == 1 else None
                if isinstance(content, Items) and content.rest is None:
                    for item in content.items:
                        if position < len(names):
                            passed[names[position]] = item
                        else:
                            extra.append(item)
                        position += 1
                    continue
                rest = f"'*{shown(argument.value)}' passes arguments that cannot be told"
                break
            if position < len(names):
                passed[names[position]] = Argument(argument, arguments.site, f"argument {names[position]} of {label}()")
            else:
                extra.append(self._evaluator.expression(argument, arguments.site) if node.args.vararg else NOTHING)
            position += 1
        others: Possible = known(Record({}))
        for keyword in arguments.keywords:
            if keyword.arg is not None and keyword.arg in keyword_names:
                passed[keyword.arg] = Argument(keyword.value, arguments.site, f"argument {keyword.arg} of {label}()")
            elif keyword.arg is not None:
                if node.args.kwarg:
                    others = changes.merged(
                        others, known(Record({keyword.arg: self._argument(keyword, arguments.site, keyword.arg, label)}))
                    )
            else:
                spread = self._evaluator.expression(keyword.value, arguments.site)
                taken, left, reason = _split(spread, keyword_names, shown(keyword.value))
                passed.update({name: value for name, value in taken.items() if name not in passed})
                others = changes.merged(others, left)
                rest = rest or reason
        if node.args.kwarg:
            passed[node.args.kwarg.arg] = others
        if node.args.vararg:
            passed[node.args.vararg.arg] = known(Items(tuple(extra), Hole(rest) if rest else None))
        return Bound(passed, rest)

    def _argument(self, keyword: ast.keyword, site: Site, name: str, label: str) -> Possible:
        hop = Hop(site.scope.module.location(keyword.value), f"argument {name} of {label}()")
        return step(self._evaluator.expression(keyword.value, site), hop)

    def returns(self, scope: Scope, frame: Frame) -> Possible:
        """What an activation of a function returns; what it yields, for a context manager."""
        if isinstance(scope.node, ast.Lambda):
            return self._evaluator.expression(scope.node.body, Site(scope, None, frame))
        assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
        results: list[Possible] = []
        yielded: list[Possible] = []
        ended = self._walk(scope.node.body, frame, results, yielded)
        if yielded:
            if scope.decorated("contextmanager", "asynccontextmanager", "fixture"):
                return join(yielded)
            return known(Items(tuple(yielded)))
        union = join(results)
        if not union and not ended:
            return known(None)
        if len(union) > 1 or not ended:
            union = step(union, None, Resolution.CONDITIONAL) if len(union) > 1 else union
        return union or unknown(f"{scope.name}() never returns")

    def _walk(self, block: list[ast.stmt], frame: Frame, results: list[Possible], yielded: list[Possible]) -> bool:
        """Collects what a block returns; whether its end is never reached."""
        module = frame.scope.module
        for statement in block:
            site = self._evaluator.site(statement, frame)
            match statement:
                case ast.Return(value=value):
                    if value is not None:
                        hop = Hop(module.location(value), f"returned by {frame.scope.name}()")
                        results.append(step(self._evaluator.expression(value, site), hop, Resolution.CONSTANT))
                    else:
                        results.append(known(None))
                    return True
                case ast.Raise():
                    return True
                case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                    yielded.append(self._evaluator.expression(value, site))
                case ast.If(test=test, body=body, orelse=orelse):
                    verdict = self._evaluator.verdict(test, site)
                    ends = []
                    if verdict is not False:
                        ends.append(self._walk(body, frame, results, yielded))
                    if verdict is not True:
                        ends.append(self._walk(orelse, frame, results, yielded))
                    if all(ends):
                        return True
                case ast.Match(subject=subject, cases=cases):
                    if self._walk_match(subject, cases, site, frame, results, yielded):
                        return True
                case ast.Try() | ast.TryStar():
                    body_ends = self._walk([*statement.body, *statement.orelse], frame, results, yielded)
                    handler_ends = [self._walk(each.body, frame, results, yielded) for each in statement.handlers]
                    if self._walk(statement.finalbody, frame, results, yielded) or (body_ends and all(handler_ends)):
                        return True
                case ast.With() | ast.AsyncWith():
                    if self._walk(statement.body, frame, results, yielded):
                        return True
                case _:
                    for inner, _ in blocks(statement):
                        self._walk(inner, frame, results, yielded)
        return False

    def _walk_match(
        self,
        subject: ast.expr,
        cases: Iterable[ast.match_case],
        site: Site,
        frame: Frame,
        results: list[Possible],
        yielded: list[Possible],
    ) -> bool:
        value = self._evaluator.expression(subject, site)
        ends = []
        for case in cases:
            verdict = conditions.match_verdict(self._evaluator, case, value, site)
            if verdict is not False:
                ends.append(self._walk(case.body, frame, results, yielded))
            if verdict is True:
                return all(ends)
        return False

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

    def passed(self, argument: Argument | Possible) -> Possible:
        """The value of an argument, with the hop to it."""
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
        option = libraries.option_default(self._evaluator, scope, name)
        alternatives: list[Possible] = []
        omitted = False
        skip = 1 if scope.owner is not None and not scope.decorated("staticmethod") else 0
        for call in self.callers(scope):
            bound = self.bind(scope, call, skip)
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
            told = self._evaluator.objects.annotated(node.annotation, scope)
            if told is not None:
                return told
        return unknown(reason, "${" + name + "}")

    # Who calls ---------------------------------------------------------------------------------------------------

    def callers(self, scope: Scope) -> tuple[Given, ...]:
        """The calls of a function, or of a class for its `__init__`, in the repository; tests only call tests."""
        if scope not in self._callers:
            self._callers[scope] = ()
            self._callers[scope] = tuple(self._find_callers(scope))[:MOST_CALLERS]
        return self._callers[scope]

    def _find_callers(self, scope: Scope) -> Iterator[Given]:
        if isinstance(scope.node, ast.Lambda):
            return
        wanted = scope
        if scope.name in ("__init__", "__new__", "__post_init__") and scope.owner is not None:
            wanted = scope.owner
        names = [wanted.name]
        if wanted.is_class:
            names += [each.name for each in self._evaluator.objects.subclasses(wanted) if each.name not in names]
        for module in self.modules_naming(wanted, names):
            for name in names:
                yield from self._calls_in(module, name, wanted)
        if wanted.is_class:
            yield from self._from_subclasses(wanted)

    def modules_naming(self, wanted: Scope, names: Iterable[str]) -> Iterator[Module]:
        """The modules that can call a function or class: those that hold a name of it; for a nested function its own."""
        home = wanted.module
        if wanted.parent is not None and not wanted.parent.is_module and not wanted.parent.is_class:
            yield home
            return
        seen: set[str] = set()
        for name in names:
            for path in self._evaluator.program.search(name, home.path):
                if path in seen:
                    continue
                seen.add(path)
                module = self._evaluator.program.module(path)
                if module is not None and (not module.is_test or home.is_test):
                    yield module

    def _calls_in(self, module: Module, name: str, wanted: Scope) -> Iterator[Given]:
        aliases = [alias for alias, names in module.aliases.items() if name in names]
        for called in (name, *aliases):
            for place in module.calls_by_name.get(called, ()):
                target = self._target(place.call.func, place, wanted)
                if target is not None:
                    yield Given(
                        place.call, self._evaluator.place(place), tuple(place.call.args), tuple(place.call.keywords), *target
                    )
            for place in module.mentions.get(called, ()):
                yield from self._handed_on(place, called, wanted)
        if wanted.is_class:
            for place in module.calls_by_name.get("cls", ()):
                if place.scope.owner is wanted:
                    yield Given(place.call, self._evaluator.place(place), tuple(place.call.args), tuple(place.call.keywords))

    def _target(self, func: ast.expr, place: CallPlace, wanted: Scope) -> tuple[int, Possible | None] | None:
        """How a callee reaches the wanted function: parameters filled before, and the object; None where it does not."""
        site = self._evaluator.place(place)
        callee = self._evaluator.once(("callee", place.call), lambda: self._evaluator.expression(func, site)) or NOTHING
        for each in callee:
            match each.content:
                case Function(scope=scope, instance=instance) if scope is wanted:
                    unbound = instance is None and wanted.owner is not None and not wanted.decorated("staticmethod")
                    return (-1 if unbound and isinstance(func, ast.Attribute) else 0), instance
                case Class(scope=scope) if scope is not None and (
                    scope is wanted or self._evaluator.objects.inherits_init(scope, wanted)
                ):
                    return 0, None
        return None

    def _handed_on(self, place: CallPlace, name: str, wanted: Scope) -> Iterator[Given]:
        """A function given to another call to be called there: a thread, an executor, a partial."""
        call = place.call
        for index, argument in enumerate(call.args):
            if last_name(argument) == name and self._target(argument, place, wanted) is not None:
                outer = last_name(call.func)
                if outer in ("partial", "submit", "to_thread", "run_in_executor", "run_sync", "apply_async", "Process"):
                    yield Given(call, self._evaluator.place(place), tuple(call.args[index + 1 :]), tuple(call.keywords))
                elif outer == "map" and len(call.args) > index + 1:
                    yield from self._mapped(place, call.args[index + 1 :])
        for keyword in call.keywords:
            if keyword.arg in ("target", "func", "function") and last_name(keyword.value) == name:
                if self._target(keyword.value, place, wanted) is None:
                    continue
                by_name = {each.arg: each.value for each in call.keywords}
                args, kwargs = by_name.get("args"), by_name.get("kwargs")
                positional = tuple(args.elts) if isinstance(args, ast.Tuple | ast.List) else ()
                if args is not None and not positional:
                    positional = (ast.copy_location(ast.Starred(args, ast.Load()), args),)
                keywords = (ast.keyword(None, kwargs),) if kwargs is not None else ()
                yield Given(call, self._evaluator.place(place), positional, keywords)

    def _mapped(self, place: CallPlace, iterables: list[ast.expr]) -> Iterator[Given]:
        """One call per item is one call with any item."""
        site = self._evaluator.place(place)
        names = {}
        positional = []
        for index, iterable in enumerate(iterables):
            name = f"<item {index}>"
            names[name] = changes.each(self._evaluator, iterable, site)
            positional.append(ast.copy_location(ast.Name(name, ast.Load()), iterable))
        yield Given(place.call, site.binding(names), tuple(positional), ())

    def _from_subclasses(self, wanted: Scope) -> Iterator[Given]:
        """`super().__init__(...)` in subclasses that define their own."""
        for subclass in self._evaluator.objects.subclasses(wanted):
            if subclass.module.is_test and not wanted.module.is_test:
                continue
            for place in subclass.module.calls_by_name.get("__init__", ()):
                if place.scope.owner is subclass and _is_super(place.call.func):
                    shift = (
                        0 if isinstance(place.call.func, ast.Attribute) and isinstance(place.call.func.value, ast.Call) else -1
                    )
                    yield Given(
                        place.call, self._evaluator.place(place), tuple(place.call.args), tuple(place.call.keywords), shift
                    )


def given(node: ast.Call, site: Site) -> Given:
    """The arguments of a plain call."""
    return Given(node, site, tuple(node.args), tuple(node.keywords))


def _is_super(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=ast.Call(func=ast.Name("super")), attr="__init__"):
            return True
        case ast.Attribute(attr="__init__"):
            return dotted(func) is not None
    return False


def _split(spread: Possible, names: set[str], text: str) -> tuple[dict[str, Possible], Possible, str | None]:
    """The entries of a `**` that are parameters, the dict of the others, and why more may be passed."""
    taken: dict[str, list[Possible]] = {}
    left: list[Possibility] = []
    reason: str | None = None
    for each in spread:
        match each.content:
            case Record(entries, rest):
                for name in entries:
                    if name in names:
                        taken.setdefault(name, []).append(changes.carried(each, entries[name]))
                left.append(Possibility(Record({k: v for k, v in entries.items() if k not in names}, rest), each.trail))
                reason = reason or (rest.reason if rest is not None else None)
            case Hole(why):
                reason = reason or why or f"'**{text}' cannot be told"
                left.append(Possibility(Record({}, Hole(why)), each.trail))
    return {name: join(values) for name, values in taken.items()}, tuple(left) or known(Record({})), reason
