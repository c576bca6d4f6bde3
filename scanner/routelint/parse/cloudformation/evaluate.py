"""The value of an expression of a template under one set of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import field, replace

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.cloudformation import conditions, contents, mappings
from routelint.parse.cloudformation.conditions import Truth
from routelint.parse.cloudformation.interpolation import SUB, TEXT
from routelint.parse.cloudformation.nodes import PLACEHOLDER, Mapping, Node, Scalar, Sequence, function, location, text_at
from routelint.parse.cloudformation.scenario import Scenario
from routelint.parse.cloudformation.template import Declared, Parameter, Template
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    combine,
    concatenate,
    known,
    unite,
    unknown,
    via,
)

MOST_STEPS = 200_000
MOST_STEPS_OF_ONE = 5_000
DEEPEST = 60

_ABSENT = "AWS::NoValue"


@dataclass
class Budget:
    """How many more steps may be taken for one template, and for one expression of it; what exceeds them becomes unknown.

    `depth` is how deep the expression in hand is nested, whichever evaluator is at work.
    """

    steps: int = MOST_STEPS
    steps_of_one: int = MOST_STEPS_OF_ONE
    depth: int = 0

    def spend(self) -> bool:
        """Take a step; false where none is left."""
        self.steps -= 1
        self.steps_of_one -= 1
        return self.steps >= 0 and self.steps_of_one >= 0


@dataclass(frozen=True)
class Outside:
    """What other templates of the scan say: what an SSM parameter of a name holds, and what is exported as a name."""

    stored: Callable[[str], Possible | None] = lambda name: None
    exported: Callable[[Content], Possible | None] = lambda name: None


@dataclass(frozen=True)
class References:
    """How to follow a reference to a resource: what an attribute of it stands for, asked with the evaluator in use."""

    resources: MappingOf[str, Declared] = field(default_factory=dict)
    attribute: Callable[[Evaluator, Declared, str], Possible | None] = lambda evaluator, resource, name: None
    outside: Outside = Outside()


class Evaluator:
    """Evaluates expressions of one template in one scenario.

    `withheld` are parameters that are taken as not known, each with the reason.
    """

    def __init__(
        self,
        template: Template,
        scenario: Scenario,
        references: References,
        budget: Budget,
        *,
        bindings: MappingOf[str, str] | None = None,
        withheld: MappingOf[str, str] | None = None,
    ) -> None:
        self.template = template
        self.scenario = scenario
        self._references = references
        self.budget = budget
        self._bindings = bindings or {}
        self._withheld = withheld or {}
        self._conditions: dict[str, Truth] = {}
        self._open: set[str] = set()

    def bound(self, bindings: MappingOf[str, str]) -> Evaluator:
        """The same with loop variables."""
        return self._like(bindings, self._withheld) if bindings else self

    def withholding(self, parameters: MappingOf[str, str]) -> Evaluator:
        """The same with parameters taken as not known."""
        return self._like(self._bindings, parameters)

    def _like(self, bindings: MappingOf[str, str], withheld: MappingOf[str, str]) -> Evaluator:
        other = Evaluator(self.template, self.scenario, self._references, self.budget, bindings=bindings, withheld=withheld)
        # What is being followed stays marked, so that a circle through another evaluator ends too.
        other._open = self._open
        return other

    def evaluate(self, node: Node) -> Possible:
        """What `node` may come to; an absent value (`AWS::NoValue`) is None."""
        if self.budget.depth == 0:
            self.budget.steps_of_one = MOST_STEPS_OF_ONE
        if not self.budget.spend():
            return unknown("too many steps are needed to evaluate it")
        if self.budget.depth >= DEEPEST:
            return unknown(f"nested deeper than {DEEPEST} expressions")
        self.budget.depth += 1
        try:
            return self._followed(self._evaluate(node))
        finally:
            self.budget.depth -= 1

    def _followed(self, possible: Possible) -> Possible:
        """The possibilities with dynamic references to SSM parameters of the scan replaced by what those hold."""
        if not any(contents.is_dynamic(each.content) for each in possible):
            return possible
        return unite(contents.dereferenced(each, self._references.outside.stored) for each in possible)

    def _evaluate(self, node: Node) -> Possible:
        if (call := function(node)) is not None:
            return contents.consistent(self._call(node, *call))
        match node:
            case Scalar():
                return known(None) if node.is_null else known(node.text)
            case Sequence(items):
                return known(Items(tuple(value for item in items if (value := contents.present(self.evaluate(item))))))
            case Mapping(source=source, start=start) if source.text.startswith("{{", start):
                shown = source.text[start : node.end]
                return unknown(f"'{shown[:80]}' is filled in by a template engine", f"${{{shown[:80]}}}")
            case Mapping():
                return known(Record({key: self.evaluate(value) for key, value in node.items()}))

    def _call(self, node: Node, name: str, argument: Node) -> Possible:
        match name:
            case "Ref":
                return self._ref(text_at(argument) or "")
            case "GetAtt":
                return self._get_att(argument)
            case "Sub":
                return self._sub(argument)
            case "Join":
                return self._join(argument)
            case "If":
                return self._if(argument)
            case "FindInMap":
                return mappings.find(self, argument)
            case "Select":
                return self._select(argument)
            case "Split":
                return self._split(argument)
            case "Base64":
                return self.evaluate(argument)
            case "ToJsonString":
                return contents.step(unite(contents.as_json(each) for each in self.evaluate(argument)), Resolution.SUBSTITUTION)
            case "Length":
                return combine([self.evaluate(argument)], lambda content: contents.length(content[0]))
            case "ImportValue":
                return unite(self._imported(each) for each in self.evaluate(argument))
            case "Transform":
                return unknown("Fn::Transform is expanded by a macro at deployment")
        if self.template.variables is not None and name in (TEXT, SUB) and isinstance(argument, Scalar):
            return self.template.variables.text(self, argument, is_sub=name == SUB)
        if name.startswith("ForEach::"):
            return unknown("a loop stands where a value is expected")
        if node.tag is not None and not node.tag[:1].isupper():
            return known(argument.text) if isinstance(argument, Scalar) else unknown(f"tag '!{node.tag}' is not known")
        return unknown(f"Fn::{name} cannot be evaluated before deployment")

    # References

    def _ref(self, name: str) -> Possible:
        if name in self._bindings:
            return known(self._bindings[name])
        if name == _ABSENT:
            return known(None)
        if name.startswith("AWS::"):
            if self.scenario.region is not None and (follows := contents.REGIONAL.get(name)) is not None:
                return tuple(replace(each, content=follows(contents.shown(each.content))) for each in self.scenario.region)
            return unknown(f"{name} is known only at deployment", f"${{{name}}}")
        if (parameter := self.template.parameters.get(name)) is not None:
            return self._parameter(parameter)
        return self._attribute(name, "Ref")

    def _parameter(self, parameter: Parameter) -> Possible:
        name, label = parameter.name, f"${{{parameter.name}}}"
        here = Hop(location(parameter.key), f"parameter {name}")
        if name in self._withheld:
            return unknown(self._withheld[name], label, (here,))
        passed = self.scenario.parameters.get(name)
        if passed is None:
            passed = self._unpassed(parameter, here)
        elif name not in self.scenario.provided:
            passed = via(passed, here)
        if parameter.is_stored:
            return unite(self._stored(parameter, each) for each in passed)
        if parameter.is_list:
            return tuple(replace(each, content=contents.listed(each.content)) for each in passed)
        return passed

    def _stored(self, parameter: Parameter, name: Possibility) -> Possible:
        """What the SSM parameter holds whose name is passed for `parameter`."""
        shown = contents.shown(name.content)
        held = self._references.outside.stored(shown)
        if held is None:
            reason = f"parameter {parameter.name} takes its value at deployment from SSM parameter '{shown}'"
            return (replace(name, content=Hole(reason, f"${{{parameter.name}}}")),)
        found = contents.after(name, held)
        return tuple(replace(each, content=contents.listed(each.content)) for each in found) if parameter.is_list else found

    def _imported(self, name: Possibility) -> Possible:
        held = self._references.outside.exported(name.content)
        shown = contents.shown(name.content)
        label = shown if shown.startswith("${") and shown.count("${") == 1 and shown.endswith("}") else f"${{{shown}}}"
        return contents.after(name, held) if held else unknown(f"'{shown}' is exported by another stack", label)

    def _unpassed(self, parameter: Parameter, here: Hop) -> Possible:
        name, label = parameter.name, f"${{{parameter.name}}}"
        if parameter.default is not None:
            hop = Hop(location(parameter.default), f"parameter {name}, default")
            text = parameter.default.text if isinstance(parameter.default, Scalar) else None
            if isinstance(parameter.default, Sequence):
                text = ",".join(item.text for item in parameter.default.items if isinstance(item, Scalar))
            if text is None:
                return unknown(f"the default of parameter {name} is no text", label, (hop,))
            return self._followed(known(text, Resolution.PARAMETER_DEFAULT, (hop,)))
        if parameter.allowed:
            return unite(allowed(parameter))
        return unknown(f"parameter {name} has no default and no parameter file in the scanned files sets it", label, (here,))

    def _get_att(self, argument: Node) -> Possible:
        match argument:
            case Scalar(text):
                name, _, attribute = text.partition(".")
                return self._attribute(name, attribute)
            case Sequence((first, second, *_)):
                content = next((each.content for each in self.evaluate(second)), None)
                return self._attribute(text_at(first) or "", content if isinstance(content, str) else "?")
        return unknown("Fn::GetAtt names no attribute")

    def _attribute(self, name: str, attribute: str) -> Possible:
        label = f"${{{name}}}" if attribute == "Ref" else f"${{{name}.{attribute}}}"
        resource = self._references.resources.get(name)
        if resource is None:
            return unknown(f"'{name}' is neither a parameter nor a resource of the template", label)
        key = f"{name}.{attribute}"
        if key in self._open:
            return unknown(f"{key} depends on itself", label)
        self._open.add(key)
        try:
            value = self._references.attribute(self, resource, attribute)
        finally:
            self._open.discard(key)
        if value is not None:
            return value
        what = f"the identifier of {name}" if attribute == "Ref" else key
        return unknown(f"{what} ({resource.type}) is known only at deployment", label)

    # Texts

    def _sub(self, argument: Node) -> Possible:
        own: Mapping | None = None
        text = argument
        if isinstance(argument, Sequence) and argument.items:
            text = argument.items[0]
            own = next((item for item in argument.items[1:] if isinstance(item, Mapping)), None)
        if not isinstance(text, Scalar):
            return unknown("Fn::Sub without a text")
        operands: list[Possible] = []
        position = 0
        for match in PLACEHOLDER.finditer(text.text):
            operands.append(known(text.text[position : match.start()]))
            operands.append(known("${" + match[2] + "}") if match[1] else self._placeholder(match[2], own))
            position = match.end()
        operands.append(known(text.text[position:]))
        if len(operands) == 1:
            return operands[0]
        operands = contents.supplying([each for each in operands if each[0].content != ""])
        return contents.step(combine(operands, concatenate), Resolution.SUBSTITUTION)

    def _placeholder(self, name: str, own: Mapping | None) -> Possible:
        if own is not None and (value := own.get(name)) is not None:
            return self.evaluate(value)
        if "." in name and name not in self._bindings:
            resource, _, attribute = name.partition(".")
            return self._attribute(resource, attribute)
        return self._ref(name)

    def _join(self, argument: Node) -> Possible:
        if not isinstance(argument, Sequence) or len(argument.items) != 2:
            return unknown("Fn::Join without a delimiter and a list")
        delimiter = self.evaluate(argument.items[0])
        results = []
        for each in self.evaluate(argument.items[1]):
            if not isinstance(each.content, Items):
                results.append(contents.replaced(each, contents.hole_of(each.content, "Fn::Join of something that is no list")))
                continue
            operands = [delimiter, *each.content.items]
            if each.content.rest is not None:
                operands.append((Possibility(each.content.rest),))
            joined = combine([operands[0], *contents.supplying(operands[1:])], contents.joined)
            results.append(tuple(replace(one, trail=(*one.trail, *each.trail)) for one in joined))
        return contents.step(unite(results), Resolution.SUBSTITUTION)

    def _split(self, argument: Node) -> Possible:
        if not isinstance(argument, Sequence) or len(argument.items) != 2:
            return unknown("Fn::Split without a delimiter and a text")
        return combine([self.evaluate(item) for item in argument.items], lambda pair: contents.split(pair[0], pair[1]))

    def _select(self, argument: Node) -> Possible:
        if not isinstance(argument, Sequence) or len(argument.items) != 2:
            return unknown("Fn::Select without an index and a list")
        results: list[Possible] = []
        for index in self.evaluate(argument.items[0]):
            results.extend(
                tuple(replace(one, trail=(*one.trail, *each.trail)) for one in contents.selected(index.content, each))
                for each in self.evaluate(argument.items[1])
            )
        return unite(results) or unknown("Fn::Select from nothing")

    # Choices

    def _if(self, argument: Node) -> Possible:
        if not isinstance(argument, Sequence) or len(argument.items) != 3:
            return unknown("Fn::If without a condition and two branches")
        name = text_at(argument.items[0]) or "?"
        return unite(
            tuple(
                each.via(hop, Resolution.CONDITIONAL if each.resolution is Resolution.LITERAL else None)
                for each in self.evaluate(branch)
            )
            for branch, hop in self._branches(name, argument.items[1], argument.items[2])
        )

    def _branches(self, name: str, then: Node, otherwise: Node) -> Iterator[tuple[Node, Hop]]:
        truth = self.condition(name)
        if truth is not Truth.NO:
            yield then, Hop(location(then), f"where condition {name}{contents.HOLDS}")
        if truth is not Truth.YES:
            yield otherwise, Hop(location(otherwise), f"where condition {name}{contents.FAILS}")

    def branches(self, argument: Node) -> list[tuple[Node, bool]]:
        """The branches of `Fn::If`, each with whether it can be taken."""
        if not isinstance(argument, Sequence) or len(argument.items) != 3:
            return []
        truth = self.condition(text_at(argument.items[0]) or "?")
        return [(argument.items[1], truth is not Truth.NO), (argument.items[2], truth is not Truth.YES)]

    # Conditions

    def condition(self, name: str) -> Truth:
        """What a named condition comes to."""
        if name in self._conditions:
            return self._conditions[name]
        node = self.template.conditions.get(name)
        mark = f"condition {name}"
        if node is None or mark in self._open:
            return Truth.OPEN
        self._open.add(mark)
        try:
            truth = conditions.truth(self, node)
        finally:
            self._open.discard(mark)
        self._conditions[name] = truth
        return truth


def allowed(parameter: Parameter) -> Iterator[Possible]:
    """What a parameter that must be passed may be, one after the other."""
    note = f"parameter {parameter.name}{contents.ALLOWED}"
    return (known(each.text, Resolution.CONDITIONAL, (Hop(location(each), note),)) for each in parameter.allowed)
