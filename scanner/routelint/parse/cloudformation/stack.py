"""A template as it is deployed: its resources, its scenarios, and how its expressions are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from dataclasses import field, replace

from routelint.deferred import dataclass
from routelint.model import Evidence, Hop, Location, Resolution, Span
from routelint.parse.cloudformation import cases
from routelint.parse.cloudformation.evaluate import Budget, Evaluator, Outside, References
from routelint.parse.cloudformation.loops import LOOP, MOST_REPEATS, Loops, filled
from routelint.parse.cloudformation.nodes import Mapping, Node, Scalar, Sequence, span
from routelint.parse.cloudformation.rows import Rows, steps
from routelint.parse.cloudformation.scenario import DEFAULTS, Scenario
from routelint.parse.cloudformation.template import Declared, Template, declare
from routelint.parse.cloudformation.walk import Leaf, leaves
from routelint.possible import Hole, Possible, text_of, unite, via

MOST_RESOURCES = 2_000


@dataclass(frozen=True, eq=False)
class Found:
    """A node of a resource's properties, with the evaluators in whose scenario it is taken; none where it never is."""

    leaf: Leaf
    evaluators: tuple[Evaluator, ...]

    @property
    def node(self) -> Node:
        """The node itself."""
        return self.leaf.node


@dataclass(eq=False)
class Stack:
    """One template with its scenarios.

    `base` evaluates in the scenarios that files of the scan speak of, or in that of the defaults; `evaluators` also in a
    variant per environment that the template provides for. `root` is the caller of a nested template, else ".".
    """

    template: Template
    rows: Rows
    knows: Callable[[str], bool]
    root: str = "."
    resources: dict[str, Declared] = field(default_factory=dict)
    evaluators: tuple[Evaluator, ...] = ()
    base: tuple[Evaluator, ...] = ()
    outputs: dict[str, Callable[[Evaluator, str], Possible | None]] = field(default_factory=dict)

    def of(self, found: Found, node: Node | None = None) -> Possible:
        """What a found node, or a node inside it, may come to, with environments."""
        target = found.node if node is None else node
        return self.evaluate(target, found.evaluators)

    def evaluate(self, node: Node, evaluators: SequenceOf[Evaluator]) -> Possible:
        """What `node` may come to in the scenarios of `evaluators`."""
        return cases.join(((each.scenario, each.evaluate(node)) for each in evaluators), len(self.evaluators))

    def find(self, declared: Declared, carrier: str) -> Iterator[Found]:
        """The nodes at the end of a carrier's path, in any scenario, in order."""
        if declared.properties is None:
            return
        found: dict[int, tuple[Leaf, list[Evaluator]]] = {}
        for evaluator in cases.live(self.evaluators, declared):
            for leaf in leaves(declared.properties, steps(carrier), evaluator):
                held = found.setdefault(id(leaf.node), (leaf, []))[1]
                if leaf.live:
                    held.append(evaluator)
        for leaf, held in found.values():
            yield Found(leaf, tuple(held))

    def evidence(self, found: SequenceOf[Evaluator]) -> tuple[Evidence, ...]:
        """Why the environments of the scenarios are believed; nothing for those the template only provides for."""
        said = {each.scenario.evidence: None for each in found if each.scenario.evidence is not None}
        return tuple(evidence for evidence in said if evidence is not None)

    def region(self, found: SequenceOf[Evaluator]) -> str | None:
        """The region that every deployment says, if they say one."""
        regions = {
            text_of(each.content)
            for evaluator in found
            for each in evaluator.scenario.region or ()
            if isinstance(each.content, str)
        }
        told = all(evaluator.scenario.region is not None for evaluator in found)
        return next(iter(regions)) if told and len(regions) == 1 else None


def statement(declared: Declared) -> Span:
    """Where a resource stands, its name included."""
    return declared.body.source.span(declared.key.start, declared.body.end)


def place(node: Node, symbol: str) -> Location:
    """Where a node stands, with a symbol."""
    return Location(node.source.path, span(node), symbol)


def build(
    template: Template,
    deployed: SequenceOf[Scenario],
    rows: Rows,
    knows: Callable[[str], bool],
    root: str = ".",
    provided: SequenceOf[Scenario] | None = None,
    outside: Outside | None = None,
) -> Stack:
    """The stack of a template in its deployments; the defaults where there is none.

    `provided` are the deployments with those that a caller provides for, where they are more.
    """
    deployed = tuple(deployed) or (DEFAULTS,)
    stack = Stack(template, rows, knows, root)
    budget = Budget()
    references = References(
        stack.resources, lambda evaluator, declared, name: _attribute(stack, evaluator, declared, name), outside or Outside()
    )
    stack.base = tuple(Evaluator(template, scenario, references, budget) for scenario in deployed)
    stack.evaluators = tuple(
        Evaluator(template, scenario, references, budget) for scenario in cases.variants(template, provided or deployed)
    )
    section = template.resources
    if section is not None:
        for declared in _declared(stack, section, {}, 0):
            stack.resources.setdefault(declared.name, declared)
            if len(stack.resources) >= MOST_RESOURCES:
                break
    return stack


def _declared(stack: Stack, section: Mapping, bindings: MappingOf[str, str], depth: int) -> Iterator[Declared]:
    for name, entry in section.entries.items():
        if name.startswith(LOOP):
            yield from _repeated(stack, name, entry.value, bindings, depth)
            continue
        declared = declare(stack.template, _filled(name, bindings), entry, bindings)
        if declared is not None:
            yield _looped(stack, declared)


def _looped(stack: Stack, declared: Declared) -> Declared:
    """A resource whose properties have no loops any more."""
    properties = declared.properties
    if properties is None or LOOP not in properties.source.text[properties.start : properties.end]:
        return declared
    loops = Loops(lambda collection, variable: _items(stack, collection, declared.bindings, variable))
    return replace(declared, properties=loops.expand(properties))


def _items(stack: Stack, collection: Node, bindings: MappingOf[str, str], variable: str) -> list[str]:
    """The texts of a collection; the variable itself where it cannot be told."""
    values = cases.spread(stack.base[0].bound(bindings).evaluate(collection))
    items = [text_of(each.content) for each in values if isinstance(each.content, str)]
    return items or ([f"${{{variable}}}"] if any(isinstance(each.content, Hole) for each in values) else [])


def _repeated(stack: Stack, name: str, loop: Node, bindings: MappingOf[str, str], depth: int) -> Iterator[Declared]:
    """The resources of a `Fn::ForEach`, once per item."""
    if depth > 4 or not isinstance(loop, Sequence) or len(loop.items) != 3:
        return
    variable, collection, body = loop.items
    if not isinstance(variable, Scalar) or not isinstance(body, Mapping):
        return
    items = _items(stack, collection, bindings, variable.text)
    for item in items[:MOST_REPEATS]:
        yield from _declared(stack, body, {**bindings, variable.text: item}, depth + 1)


def _filled(name: str, bindings: MappingOf[str, str]) -> str:
    for variable, value in bindings.items():
        name = filled(name, variable, value)
    return name


def _attribute(stack: Stack, evaluator: Evaluator, declared: Declared, name: str) -> Possible | None:
    """The models that an attribute of a resource stands for, or an output of a nested stack; None where it stands for none."""
    if declared.name in stack.outputs and name.startswith("Outputs."):
        return stack.outputs[declared.name](evaluator, name.removeprefix("Outputs."))
    rows = tuple(stack.rows.having(declared.type, "attribute"))
    if declared.properties is None or not any(row.carrier == name for row in rows):
        return None
    return linked(stack, evaluator, declared)


def linked(stack: Stack, evaluator: Evaluator, declared: Declared) -> Possible | None:
    """What the carriers of a resource come to, one hop further away."""
    bound = evaluator.bound(declared.bindings)
    found = []
    for row in stack.rows.having(declared.type, "model", "indirect"):
        if row.kind is None or row.reads not in ("identifier", "stored") or declared.properties is None:
            continue
        for leaf in leaves(declared.properties, steps(row.carrier), bound):
            if leaf.live:
                hop = Hop(place(leaf.node, f"{declared.symbol}/{row.carrier}"), f"{declared.name}, {row.carrier}")
                found.append(via(cases.spread(bound.evaluate(leaf.node)), hop, Resolution.LINKED))
    return unite(found) or None
