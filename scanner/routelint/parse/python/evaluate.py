"""The evaluator: what an expression may be at a place, without running anything.

Everything is asked for on demand and bounded: how deep one value may lean on others, and how much work one question may
cost. What lies beyond is unknown, and the reason says so.
"""

from __future__ import annotations

import ast

from routelint.model import Hop, Resolution
from routelint.parse.parsed import ParseContext
from routelint.parse.python import (
    cdk,
    conditions,
    constants,
    decorators,
    displays,
    formatting,
    guards,
    holding,
    libraries,
    lookups,
    paths,
)
from routelint.parse.python.callers import Callers
from routelint.parse.python.calls import Calls
from routelint.parse.python.children import walk
from routelint.parse.python.enums import Enums
from routelint.parse.python.fields import Fields
from routelint.parse.python.flow import Flow
from routelint.parse.python.imports import Imports
from routelint.parse.python.names import BUILTINS, Names
from routelint.parse.python.objects import Objects
from routelint.parse.python.program import Program
from routelint.parse.python.questions import MOST_DEPTH, MOST_STEPS_OF_A_FILE, Questions
from routelint.parse.python.scopes import CallPlace, Scope, dotted, shown
from routelint.parse.python.values import (
    Class,
    FilePath,
    Frame,
    Function,
    Instance,
    Made,
    Member,
    ModuleValue,
    Site,
    Symbol,
    Unset,
    join,
    step,
    symbol,
)
from routelint.possible import Content, Hole, Possible, Record, known, unknown


class Evaluator(Questions):
    """Evaluates expressions of a program; one owner of environment variables at a time (`owner`, None for all)."""

    def __init__(self, program: Program, context: ParseContext, most_steps: int = MOST_STEPS_OF_A_FILE) -> None:
        super().__init__(most_steps)
        self.program = program
        self.context = context
        self.flow = Flow(self)
        self.names = Names(self)
        self.imports = Imports(self)
        self.calls = Calls(self)
        self.callers = Callers(self)
        self.objects = Objects(self)
        self.fields = Fields(self)
        self.enums = Enums(self)
        self.constants = constants.load()
        self.owner: str | None = None
        self.owners: set[str] = set()
        self._frames: dict[Scope, Frame] = {}

    def close(self) -> None:
        """Lets go of all that was found. The parts of an evaluator know it, and nobody looks for circles in a scan."""
        for part in (self.flow, self):
            vars(part).clear()

    def ask(self, node: ast.expr, site: Site) -> Possible:
        """The value of an expression for somebody outside the evaluator: bounded, never nothing."""
        return self.answer(lambda: self.expression(node, site))

    def verdict(self, test: ast.expr, site: Site) -> bool | None:
        """Whether a condition always holds or never does; None where both can be, or telling it costs too much."""
        return self.verdict_within(lambda: conditions.verdict(self, test, site))

    def for_owner(self, owner: str | None) -> None:
        """From now on environment variables have the values that one owner sets; None: those of every owner."""
        if owner != self.owner:
            self.forget()
        self.owner = owner

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
                return self.assuming(test, part == "body", site)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return displays.turn(self, node.generators, site)
            case ast.Lambda():
                scope = site.scope.module.scopes[node]
                frame = self.frame(scope)
                return Site(scope, None, frame, site.local)
        return site

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
                return self.names.read(name, site)
            case ast.Attribute(value=base, attr=name):
                key = dotted(node)
                if key is not None:
                    return self.names.read(key, site)
                return self.attribute(self.expression(base, site), name, site)
            case ast.Call():
                return self.calls.call(node, site)
            case ast.JoinedStr() | ast.FormattedValue():
                found = guards.prefixed(self, node, site)
                return formatting.joined(self, node, site) if found is None else found
            case ast.BinOp():
                found = guards.prefixed(self, node, site)
                return formatting.binary(self, node, site) if found is None else found
            case ast.BoolOp():
                return self._either(node, site)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._conditional(test, body, orelse, site)
            case ast.Dict():
                return displays.record(self, node, site)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return displays.items(self, parts, site)
            case ast.Subscript(value=base, slice=index):
                return lookups.subscript(self, node, base, index, site)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return displays.comprehension(self, node.generators, element, site)
            case ast.DictComp(key=key_node, value=value):
                return displays.dict_comprehension(self, node, key_node, value, site)
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
        missing: str | None = None
        results: list[Possible] = []
        for index, part in enumerate(node.values):
            value = self.expression(part, site)
            if missing is not None and value:
                hop = Hop(site.scope.module.location(part), f"environment variable {missing}, default")
                value = step(value, hop, Resolution.ENV_DEFAULT)
            if index == len(node.values) - 1:
                results.append(value)
                break
            # `a or b` is a where a is true; `a and b` is a where a is false.
            kept = tuple(each for each in value if conditions.presence(each.content) in (None, is_or))
            passed = [each for each in value if conditions.presence(each.content) in (None, not is_or)]
            missing = next((each.content.name for each in value if is_or and isinstance(each.content, Unset)), missing)
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
            self.expression(branch, self.assuming(test, outcome, site)) for branch, outcome in ((body, True), (orelse, False))
        ]
        return step(join(alternatives), None, Resolution.CONDITIONAL)

    def assuming(self, test: ast.expr, truth: bool, site: Site) -> Site:
        """The same place where a condition is known to hold or not to."""
        narrowed: dict[str, Possible] = {}
        for node in walk(test):
            key = dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
            if key is None or key in narrowed or key in BUILTINS:
                continue
            value = self.names.read(key, site)
            less = conditions.narrow(self, test, key, value, truth, site)
            if less != value:
                narrowed[key] = less
        return site.binding(narrowed)

    def with_value(self, node: ast.expr, key: str, value: Possible, site: Site) -> Possible:
        """What an expression is where one dotted name has a given value."""
        return self.expression(node, site.binding({key: value}))

    def definition(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, site: Site) -> Possible:
        """A function as its `def` statement leaves it."""
        scope = site.scope.module.scopes[statement]
        plain = known(Function(f"function {statement.name} stands where a text is expected", scope=scope, outer=site.frame))
        if not statement.decorator_list:
            return plain
        key = ("definition", statement, site.frame)
        return self.remembered(key, lambda: decorators.decorated(self, scope, plain, site)) or plain

    # Attributes --------------------------------------------------------------------------------------------------

    def attribute(self, value: Possible, name: str, site: Site) -> Possible:
        """An attribute of every possibility."""
        found = []
        for each in value:
            inner = self._attribute(each.content, name, site)
            found.append(holding.carried(each, inner) if inner is not None else (each,))
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
            case Member() as member:
                return self.enums.attribute(member, name)
            case Hole():
                return None
        # The value of an enum member that is no text is kept as the member itself; a model of the CDK is its identifier.
        return None if name == "value" or cdk.is_own_identifier(name) else unknown(f"attribute {name} of a text or number")

    def entered(self, node: ast.expr, site: Site) -> Possible:
        """What `with node as name` gives the name."""
        return join([self.objects.entered(each, site) for each in self.expression(node, site)])


def _constant(node: ast.Constant) -> Possible:
    value = node.value
    if value is None or isinstance(value, str | bool | int | float):
        return known(value)
    if isinstance(value, bytes):
        return known(value.decode("utf-8", "replace"))
    return unknown("the value is left open ('...')" if value is Ellipsis else "a complex number")
