"""The evaluator: what an expression may be at a place, without running anything.

Everything is asked for on demand and bounded: how deep one value may lean on others, and how much work one question may
cost. What lies beyond is unknown, and the reason says so.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Hashable

from routelint.model import Hop, Resolution
from routelint.parse.parsed import ParseContext
from routelint.parse.python import changes, conditions, constants, formatting, libraries, paths
from routelint.parse.python.calls import Calls
from routelint.parse.python.flow import Flow
from routelint.parse.python.imports import Imports
from routelint.parse.python.modules import Module, Program
from routelint.parse.python.objects import Objects
from routelint.parse.python.scopes import CallPlace, Scope, dotted, shown
from routelint.parse.python.values import (
    NOTHING,
    ROOT,
    Class,
    FilePath,
    Frame,
    Function,
    Instance,
    Made,
    ModuleValue,
    Site,
    Symbol,
    is_gap,
    join,
    step,
    symbol,
)
from routelint.possible import Content, Hole, Items, Possible, Record, known, unknown

# Values that lean on values: deeper than any program that people can follow, shallow enough for the interpreter's stack.
MOST_DEPTH = 45
# Expressions evaluated and statements looked at for one question, and for one condition on the way.
MOST_STEPS = 60_000
# Whole repositories of several hundred calls take 5,000 to 200,000 steps. Beyond this much, each further question gets little:
# a framework's own source asks thousands of questions that all lead through its whole call graph and tell nothing.
MOST_STEPS_IN_ALL = 500_000
MOST_STEPS_LATE = 1_000
MOST_STEPS_OF_A_CONDITION = 1_500

# Entries of a dict or list that may each be meant by a key that cannot be told; a longer one is a catalog to pick from, and
# to say "one of thirty" is to say nothing.
MOST_PICKED = 4

_BUILTINS = frozenset(dir(builtins))


class TooMuchError(Exception):
    """One question has cost more work than is given to it."""


class Evaluator:
    """Evaluates expressions of a program; one owner of environment variables at a time (`owner`, None for all)."""

    def __init__(self, program: Program, context: ParseContext) -> None:
        self.program = program
        self.context = context
        self.flow = Flow(self)
        self.imports = Imports(self)
        self.calls = Calls(self)
        self.objects = Objects(self)
        self.constants = constants.load()
        self.owner: str | None = None
        self.owners: set[str] = set()
        self._memo: dict[tuple[Hashable, ...], Possible] = {}
        # What a cycle or a bound cut short holds for the question that is being answered, not for others.
        self._provisional: dict[tuple[Hashable, ...], Possible] = {}
        self._limit = MOST_STEPS
        self._frames: dict[Scope, Frame] = {}
        self._open: set[Hashable] = set()
        self._cuts = 0
        # Whether a test that rests on the default of an environment variable may go the other way.
        self.doubting = False
        self._depth = 0
        self._steps = 0
        self._steps_in_all = 0

    # Questions ---------------------------------------------------------------------------------------------------

    def ask(self, node: ast.expr, site: Site) -> Possible:
        """The value of an expression for somebody outside the evaluator: bounded, never nothing."""
        return self.answer(lambda: self.expression(node, site))

    def answer(self, question: Callable[[], Possible]) -> Possible:
        """The answer to a question, bounded, never nothing.

        Code that never runs while a variable has its default is asked again with the default in doubt: a deployment that
        sets the variable is what the code is for.
        """
        found = self._answer(question)
        if not found:
            self._memo.clear()
            self.doubting = True
            try:
                found = self._answer(question)
            finally:
                self.doubting = False
                self._memo.clear()
        return found or unknown("the value depends only on itself")

    def _answer(self, question: Callable[[], Possible]) -> Possible:
        self._steps = 0
        self._limit = limit = MOST_STEPS if self._steps_in_all < MOST_STEPS_IN_ALL else MOST_STEPS_LATE
        self._provisional.clear()
        try:
            return question()
        except TooMuchError:
            return unknown(f"following the value takes more than {limit:,} steps")
        except RecursionError:
            return unknown("the value goes through too many steps")
        finally:
            self._steps_in_all += self._steps
            # Placing a sink evaluates a little outside of any question: what this one has spent is not counted against that.
            self._steps, self._limit = 0, MOST_STEPS
            self._depth = 0
            self._open.clear()

    def spend(self) -> None:
        """Counts one step of work.

        Raises:
            TooMuchError: the question has cost all that is given to it.
        """
        self._steps += 1
        if self._steps > self._limit:
            raise TooMuchError

    def verdict(self, test: ast.expr, site: Site) -> bool | None:
        """Whether a condition always holds or never does; None where both can be, or telling it costs too much."""
        outer = self._limit
        self._limit = min(outer, self._steps + MOST_STEPS_OF_A_CONDITION)
        try:
            return conditions.verdict(self, test, site)
        except TooMuchError:
            if self._steps > outer:
                raise
            return None
        finally:
            self._limit = outer

    def for_owner(self, owner: str | None) -> None:
        """From now on environment variables have the values that one owner sets; None: those of every owner."""
        if owner != self.owner:
            self._memo.clear()
        self.owner = owner

    def once(self, key: Hashable, compute: Callable[[], Possible | None]) -> Possible | None:
        """The result of a computation; nothing where it is asked for while it is under way."""
        if key in self._open:
            self._cuts += 1
            return NOTHING
        self._open.add(key)
        try:
            return compute()
        finally:
            self._open.discard(key)

    def remembered(self, key: tuple[Hashable, ...], compute: Callable[[], Possible]) -> Possible:
        """The result of a computation, kept unless a cycle cut it short."""
        if key in self._memo:
            return self._memo[key]
        if key in self._provisional:
            return self._provisional[key]
        if key in self._open:
            self._cuts += 1
            return NOTHING
        self._open.add(key)
        cuts = self._cuts
        try:
            found = compute()
        finally:
            self._open.discard(key)
        if cuts == self._cuts:
            self._memo[key] = found
        else:
            self._provisional[key] = found
        return found

    # Places ------------------------------------------------------------------------------------------------------

    def frame(self, scope: Scope) -> Frame:
        """The frame that stands for every activation of a scope."""
        if scope not in self._frames:
            outer = self.frame(scope.parent) if scope.parent is not None else None
            self._frames[scope] = Frame(scope, outer=outer)
        return self._frames[scope]

    def site(self, statement: ast.stmt, frame: Frame) -> Site:
        """The place just before a statement of the frame's scope."""
        return Site(frame.scope, statement, frame)

    def place(self, call: CallPlace) -> Site:
        """The place a call stands at, in every activation of the code around it."""
        site = Site(call.scope, call.statement, self.frame(call.scope))
        for node, part in call.around:
            site = self._inside(node, part, site)
        return site

    def _inside(self, node: ast.expr, part: str, site: Site) -> Site:
        match node:
            case ast.IfExp(test=test):
                return self._assuming(test, part == "body", site)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._turn(node.generators, site)
            case ast.Lambda():
                scope = site.scope.module.scopes[node]
                frame = self.frame(scope)
                return Site(scope, None, frame, site.local)
        return site

    def _turn(self, generators: list[ast.comprehension], site: Site) -> Site:
        """The place inside a comprehension: each variable is what any turn may give it."""
        for generator in generators:
            values = self.answer_inside(lambda generator=generator, site=site: changes.each(self, generator.iter, site))  # type: ignore[misc]
            bound = {}
            for path, target in changes.unpacking(generator.target):
                value = values
                for index in path:
                    value = changes.item(value, index, shown(generator.iter))
                bound[dotted(target) or ""] = value
            site = site.binding(bound)
        return site

    def answer_inside(self, question: Callable[[], Possible]) -> Possible:
        """The answer to a question asked while placing another."""
        try:
            return question() or unknown("the value depends only on itself")
        except TooMuchError:
            return unknown(f"following the value takes more than {MOST_STEPS} steps")

    # Expressions -------------------------------------------------------------------------------------------------

    def expression(self, node: ast.expr, site: Site) -> Possible:
        """What an expression may be; nothing where it depends on itself alone."""
        if isinstance(node, ast.Constant):
            return _constant(node)
        self.spend()
        if self._depth >= MOST_DEPTH:
            self._cuts += 1
            return unknown(f"the value goes through more than {MOST_DEPTH} steps")
        self._depth += 1
        try:
            if site.local:
                return self._evaluated(node, site)
            return self.remembered((node, site.frame), lambda: self._evaluated(node, site))
        finally:
            self._depth -= 1

    def _evaluated(self, node: ast.expr, site: Site) -> Possible:
        match node:
            case ast.Name(name):
                return self.read(name, site)
            case ast.Attribute(value=base, attr=name):
                key = dotted(node)
                if key is not None:
                    return self.read(key, site)
                return self.attribute(self.expression(base, site), name, site)
            case ast.Call():
                return self.calls.call(node, site)
            case ast.JoinedStr() | ast.FormattedValue():
                return formatting.joined(self, node, site)
            case ast.BinOp():
                return formatting.binary(self, node, site)
            case ast.BoolOp():
                return self._either(node, site)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._conditional(test, body, orelse, site)
            case ast.Dict():
                return self._dict(node, site)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return self._items(parts, site)
            case ast.Subscript(value=base, slice=index):
                return self._subscript(node, base, index, site)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return self._comprehension(node.generators, element, site)
            case ast.DictComp(key=key_node, value=value):
                return self._dict_comprehension(node, key_node, value, site)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
                return self.expression(inner, site)
            case ast.Lambda():
                scope = site.scope.module.scopes[node]
                return known(Function("a lambda stands where a text is expected", scope=scope, outer=site.frame))
            case ast.Compare():
                verdict = self.verdict(node, site)
                return unknown("the outcome of a comparison cannot be told") if verdict is None else known(verdict)
            case ast.UnaryOp(op=ast.Not()):
                verdict = self.verdict(node, site)
                return unknown("the outcome of a condition cannot be told") if verdict is None else known(verdict)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return known(-number)
            case ast.Yield() | ast.YieldFrom():
                return unknown("the value is sent into a generator")
        return unknown(f"the expression '{shown(node)}' is not followed")

    def _either(self, node: ast.BoolOp, site: Site) -> Possible:
        is_or = isinstance(node.op, ast.Or)
        results: list[Possible] = []
        for index, part in enumerate(node.values):
            value = self.expression(part, site)
            if index == len(node.values) - 1:
                results.append(value)
                break
            # `a or b` is a where a is true; `a and b` is a where a is false.
            kept = tuple(each for each in value if conditions.truth(each.content) in (None, is_or))
            passed = [each for each in value if conditions.truth(each.content) in (None, not is_or)]
            results.append(kept)
            if value and not passed:
                break
        union = join(results)
        return step(union, None, Resolution.CONDITIONAL) if len(union) > 1 else union

    def _conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr, site: Site) -> Possible:
        verdict = self.verdict(test, site)
        if verdict is not None:
            return self.expression(body if verdict else orelse, site)
        alternatives = [
            self.expression(branch, self._assuming(test, outcome, site)) for branch, outcome in ((body, True), (orelse, False))
        ]
        return step(join(alternatives), None, Resolution.CONDITIONAL)

    def _assuming(self, test: ast.expr, truth: bool, site: Site) -> Site:
        """The same place where a condition is known to hold or not to."""
        narrowed: dict[str, Possible] = {}
        for node in ast.walk(test):
            key = dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
            if key is None or key in narrowed or key in _BUILTINS:
                continue
            value = self.read(key, site)
            less = conditions.narrow(self, test, key, value, truth, site)
            if less != value:
                narrowed[key] = less
        return site.binding(narrowed)

    def with_value(self, node: ast.expr, key: str, value: Possible, site: Site) -> Possible:
        """What an expression is where one dotted name has a given value."""
        return self.expression(node, site.binding({key: value}))

    def _items(self, parts: list[ast.expr], site: Site) -> Possible:
        items: list[Possible] = []
        rest: Hole | None = None
        for part in parts:
            if not isinstance(part, ast.Starred):
                items.append(self._entry_at(part, f"item {len(items)}", site))
                continue
            spread = self.expression(part.value, site)
            content = spread[0].content if len(spread) == 1 else None
            if isinstance(content, Items):
                items.extend(content.items)
                rest = rest or content.rest
            else:
                rest = Hole(f"'{shown(part)}' adds items that cannot be told")
        return known(Items(tuple(items), rest))

    def _entry_at(self, node: ast.expr, note: str, site: Site) -> Possible:
        """A part of a literal collection; a text says which line of a long table it stands on."""
        value = self.expression(node, site)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return step(value, Hop(site.scope.module.location(node), note))
        return value

    def _dict(self, node: ast.Dict, site: Site) -> Possible:
        empty = result = known(Record({}))
        plain: dict[str, Possible] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                plain[key.value] = self._entry_at(value, f"entry '{key.value}'", site)
                continue
            if plain:
                whole = known(Record(plain))
                result, plain = (whole if result is empty else changes.merged(result, whole)), {}
            if key is None:
                result = changes.merged(result, self.expression(value, site))
            else:
                keys = self.expression(key, site)
                result = changes.put(result, keys or unknown("a key"), self.expression(value, site), shown(key))
        if not plain:
            return result
        return known(Record(plain)) if result is empty else changes.merged(result, known(Record(plain)))

    def _comprehension(self, generators: list[ast.comprehension], element: ast.expr, site: Site) -> Possible:
        if len(generators) != 1:
            inside = self._turn(generators, site)
            return known(Items((self.expression(element, inside),), Hole("a comprehension over several lists")))
        generator = generators[0]
        source = self.expression(generator.iter, site)
        content = source[0].content if len(source) == 1 else None
        if not isinstance(content, Items) or len(content.items) > 64 or not isinstance(generator.target, ast.Name):
            inside = self._turn(generators, site)
            return known(Items((self.expression(element, inside),), Hole(f"a loop over '{shown(generator.iter)}'")))
        items: list[Possible] = []
        rest = content.rest
        for item in content.items:
            inside = site.binding({generator.target.id: changes.carried(source[0], item)})
            verdicts = [self.verdict(test, inside) for test in generator.ifs]
            if False in verdicts:
                continue
            items.append(self.expression(element, inside))
        return known(Items(tuple(items), rest))

    def _dict_comprehension(self, node: ast.DictComp, key: ast.expr, value: ast.expr, site: Site) -> Possible:
        generator = node.generators[0]
        result: Possible = known(Record({}))
        if len(node.generators) == 1 and not generator.ifs:
            source = self.expression(generator.iter, site)
            content = source[0].content if len(source) == 1 else None
            if isinstance(content, Items) and isinstance(generator.target, ast.Name) and len(content.items) <= 64:
                for item in content.items:
                    inside = site.binding({generator.target.id: item})
                    result = changes.put(result, self.expression(key, inside), self.expression(value, inside), shown(key))
                return result
        inside = self._turn(node.generators, site)
        return changes.put(
            known(Record({}, Hole("a dict built in a loop"))),
            self.expression(key, inside),
            self.expression(value, inside),
            shown(key),
        )

    def _subscript(self, node: ast.Subscript, base: ast.expr, index: ast.expr, site: Site) -> Possible:
        value = self.expression(base, site)
        if isinstance(index, ast.Slice):
            return formatting.sliced(self, value, index, site)
        keys = self.expression(index, site)
        return self.lookup(value, keys, node, site)

    def lookup(self, value: Possible, keys: Possible, node: ast.expr, site: Site, default: Possible | None = None) -> Possible:
        """`value[key]`, or `value.get(key, default)` where a default is given."""
        base = node.value if isinstance(node, ast.Subscript) else node
        alternatives: list[Possible] = []
        for each in value:
            if isinstance(each.content, Symbol | Made):
                alternatives.append(libraries.subscript(self, each.content, keys, node, site, default))
                continue
            if isinstance(each.content, Class):
                alternatives.append(self.objects.member_of_enum(each.content, keys, site))
                continue
            alternatives.extend(self._entry(each.content, (each,), key.content, shown(base), default) for key in keys)
        return join(alternatives)

    def _entry(self, content: Content, value: Possible, key: Content, base: str, default: Possible | None) -> Possible:
        plain = changes.key_text(key)
        if isinstance(key, int) and not isinstance(key, bool) and isinstance(content, Items | str):
            return changes.item(value, key, base)
        if plain is not None:
            if isinstance(content, Record) and plain not in content.entries and default is not None:
                return default if content.rest is None else join([default, changes.item(value, plain, base)])
            if default is not None and is_gap(content):
                return join([value, step(default, None, Resolution.CONDITIONAL)])
            return changes.item(value, plain, base)
        if isinstance(content, Record | Items):
            size = len(content.entries) if isinstance(content, Record) else len(content.items)
            if size > MOST_PICKED:
                entries = unknown(f"one of the {size} entries of {base} is picked while the code runs")
            else:
                entries = step(changes.every(value, base), None, Resolution.MAPPING)
            return entries if default is None else join([entries, default])
        return value if default is None else join([value, default])

    def keywords(self, call: ast.Call, site: Site) -> Possible:
        """The keyword arguments of a call as a dict, `**` included, later ones on top."""
        result: Possible = known(Record({}))
        for keyword in call.keywords:
            value = self.expression(keyword.value, site)
            extra = known(Record({keyword.arg: value})) if keyword.arg is not None else value
            result = changes.merged(result, extra)
        return result

    # Names -------------------------------------------------------------------------------------------------------

    def read(self, key: str, site: Site) -> Possible:
        """What a dotted name holds at a place."""
        if site.local:
            if key in site.local:
                return site.local[key]
            prefix, _, last = key.rpartition(".")
            if prefix and any(name == prefix or prefix.startswith(name + ".") for name in site.local):
                return self.attribute(self.read(prefix, site), last, site)
            return self._read(key, site)
        return self.remembered((key, site.scope, site.statement, site.frame), lambda: self._read(key, site))

    def _read(self, key: str, site: Site) -> Possible:
        scope = site.scope
        if isinstance(scope.node, ast.Lambda):
            return self.outer(key, site)
        if key in scope.tested or _any_prefix(key, scope.stored):
            if site.statement is not None:
                found = self.flow.before(key, site.statement, site.frame)
            else:
                found = self.flow.at_end(key, scope, site.frame)
            if found is not None:
                return found
        return self.outer(key, site)

    def outer(self, key: str, site: Site) -> Possible:
        """What a dotted name holds that no assignment of the scope gives it on the way to a place."""
        prefix, _, last = key.rpartition(".")
        if prefix:
            return self.attribute(self.read(prefix, site), last, site)
        return self._start(key, site)

    def _start(self, name: str, site: Site) -> Possible:
        scope, frame = site.scope, site.frame
        while True:
            if name in scope.parameters:
                return self.calls.parameter(scope, frame, name)
            if scope.is_module:
                return self.module_value(name, scope.module, site if scope is site.scope else None)
            parent = scope.parent
            assert parent is not None
            inside = scope
            frame = frame.outer or self.frame(parent)
            if frame.scope is not parent:
                frame = self.frame(parent)
            scope = parent
            if scope.is_module:
                return self.module_value(name, scope.module, None)
            # The body of a class is not a scope for its methods, but is for the class body itself.
            if scope.is_class and inside.parent is scope:
                continue
            if name in scope.names:
                found = self._enclosing(name, scope, frame, inside)
                if found is not None:
                    return found

    def _enclosing(self, name: str, scope: Scope, frame: Frame, inside: Scope) -> Possible | None:
        """The variable of a function as a function inside it sees it."""
        if isinstance(inside.node, ast.Lambda) and inside.statement is not None and not isinstance(scope.node, ast.Lambda):
            return self.flow.before(name, inside.statement, frame)
        if isinstance(scope.node, ast.Lambda):
            return None
        return self.flow.at_end(name, scope, frame)

    def module_value(self, name: str, module: Module, site: Site | None = None) -> Possible:
        """What a name of a module holds once the module has been imported."""
        return self.remembered(("module", name, module), lambda: self._module_value(name, module, site))

    def _module_value(self, name: str, module: Module, site: Site | None) -> Possible:
        if name == "__file__":
            return known(FilePath("a path stands where a text is expected", text=f"{ROOT}/{module.path}"))
        frame = self.frame(module.scope)
        found = self.flow.at_end(name, module.scope, frame) if name in module.scope.names else None
        shared = module.shared_stores.get(name, ())
        if shared:
            stored = []
            for statement in shared:
                inner = module.places[statement]
                block = inner.block
                after = block[inner.index + 1] if inner.index + 1 < len(block) else None
                inner_frame = self.frame(inner.scope)
                value = (
                    self.flow.before(name, after, inner_frame)
                    if after is not None
                    else self.flow.at_end(name, inner.scope, inner_frame)
                )
                if value:
                    stored.append(value)
            others = tuple(each for each in found or () if each.content is not None)
            found = join([others, *stored]) or found
        if found is not None:
            return found
        return self._undefined(name, module)

    def _undefined(self, name: str, module: Module) -> Possible:
        starred = self.imports.starred(name, module)
        if starred is not None:
            return starred
        if name in _BUILTINS:
            return symbol(f"builtins.{name}")
        return unknown(f"{name} is not defined in {module.path}")

    def definition(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, site: Site) -> Possible:
        """A function as its `def` statement leaves it."""
        scope = site.scope.module.scopes[statement]
        return known(Function(f"function {statement.name} stands where a text is expected", scope=scope, outer=site.frame))

    # Attributes --------------------------------------------------------------------------------------------------

    def attribute(self, value: Possible, name: str, site: Site) -> Possible:
        """An attribute of every possibility."""
        found = []
        for each in value:
            inner = self._attribute(each.content, name, site)
            found.append(changes.carried(each, inner) if inner is not None else (each,))
        return join(found)

    def _attribute(self, content: Content, name: str, site: Site) -> Possible | None:
        """The attribute; None where the content stands for it itself."""
        match content:
            case Symbol(path=path, origin=origin):
                return libraries.attribute(self, content, name) or symbol(f"{path}.{name}", origin)
            case Made(path=path):
                return libraries.made_attribute(self, content, name, site) or symbol(f"{path}.{name}", content)
            case ModuleValue(path=path):
                return self.imports.member(path, name)
            case Class():
                return self.objects.class_attribute(content, name)
            case Instance():
                return self.objects.instance_attribute(content, name)
            case FilePath():
                return paths.attribute(content, name)
            case Record(entries, rest):
                if name in entries:
                    return entries[name]
                return unknown(rest.reason if rest else f"a dict has no attribute {name}")
            case None:
                return unknown(f"attribute {name} of None")
            case Hole():
                return None
        # The value of an enum member is kept as the member itself.
        return None if name == "value" else unknown(f"attribute {name} of a text or number")

    def entered(self, node: ast.expr, site: Site) -> Possible:
        """What `with node as name` gives the name."""
        return join([self.objects.entered(each, site) for each in self.expression(node, site)])


def _any_prefix(key: str, keys: frozenset[str]) -> bool:
    if key in keys:
        return True
    prefix = key.rpartition(".")[0]
    while prefix:
        if prefix in keys:
            return True
        prefix = prefix.rpartition(".")[0]
    return False


def _constant(node: ast.Constant) -> Possible:
    value = node.value
    if value is None or isinstance(value, str | bool | int | float):
        return known(value)
    if isinstance(value, bytes):
        return known(value.decode("utf-8", "replace"))
    return unknown("the value is left open ('...')" if value is Ellipsis else "a complex number")
