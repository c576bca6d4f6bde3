"""From the templates of a scan to their routes, resources, settings and errors."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Kind, ModelReference, PolicyStatement, Principal, Resource, ScanError, Tags
from routelint.parse import observing
from routelint.parse.cloudformation import (
    cases,
    code,
    documents,
    grants,
    nesting,
    programs,
    routes,
    serverless,
    statements,
    states,
    syntax,
    tagging,
    variables,
    watched,
)
from routelint.parse.cloudformation import (
    stack as stacks,
)
from routelint.parse.cloudformation import (
    template as templates,
)
from routelint.parse.cloudformation.deployments import SAM_CONFIGURATIONS, Deployments, scenarios
from routelint.parse.cloudformation.evaluate import Evaluator
from routelint.parse.cloudformation.includes import Includes
from routelint.parse.cloudformation.nesting import Nested
from routelint.parse.cloudformation.nodes import Mapping, Scalar, location, names
from routelint.parse.cloudformation.published import Published
from routelint.parse.cloudformation.rows import Rows, index
from routelint.parse.cloudformation.scenario import MOST_SCENARIOS, Scenario
from routelint.parse.cloudformation.stack import Stack
from routelint.parse.cloudformation.template import Declared, Template
from routelint.parse.handlers import Handlers
from routelint.parse.parsed import EnvironmentSetting, ParseContext, Parsed
from routelint.parse.paths import Paths
from routelint.parse.route import to_value
from routelint.possible import Possible, known, via
from routelint.source import NotTextError, SourceText, SourceUnit, decode

_TEMPLATE = lazy_regex(
    rb"AWSTemplateFormatVersion|AWS::Serverless-2016-10-31|[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Custom)::[A-Za-z0-9]+"
)
_SERVICE = (
    lazy_regex(rb"(?m)^service[ \t]*:"),
    lazy_regex(rb"(?m)^provider[ \t]*:[ \t]*(?:#.*)?\r?$"),
    lazy_regex(rb"(?m)^[ \t]+name[ \t]*:[ \t]*[\"']?aws\b"),
)
_MACHINE = lazy_regex(rb"[\"']?StartAt[\"']?\s*:")
_STATES = lazy_regex(rb"[\"']?States[\"']?\s*:")
_PARAMETERS = lazy_regex(rb"[\"']?ParameterKey[\"']?\s*:|\A\s*\{\s*\"(?:Parameters|StackPolicy|Tags)\"\s*:\s*\{")
# What is looked at though no model stands in it: what deploys another template, a service that reads other files, and
# resource types that rules ask about.
_CALLERS = (
    b"AWS::CloudFormation::Stack",
    b"AWS::Serverless::Application",
    b"AWS::Budgets::Budget",
    b"AWS::CE::Anomaly",
    b"${file(",
)
MOST_CALLERS = 5_000
MOST_STACKS = 500
MOST_NESTED = 6
_SUFFIXES = (".yaml", ".yml", ".json", ".template")


def recognizes(path: str, data: bytes) -> bool:
    """Whether a file is a template, a service, a state machine, a parameter file or samconfig, told from its bytes."""
    name = posixpath.basename(path).lower()
    if name in SAM_CONFIGURATIONS:
        return True
    if not name.endswith(_SUFFIXES):
        return False
    if _TEMPLATE.search(data) or _PARAMETERS.search(data) or all(pattern.search(data) for pattern in _SERVICE):
        return True
    return _MACHINE.search(data) is not None and _STATES.search(data) is not None


def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
    """What the templates and state machines of the unit hold."""
    return _Scan(unit, context).run()


@dataclass(eq=False)
class _File:
    """A file that was read: its templates and its state machines."""

    source: SourceText
    templates: tuple[Template, ...] = ()
    machines: tuple[Mapping, ...] = ()


@dataclass(eq=False)
class _Found:
    """What is gathered while templates are looked at."""

    references: list[ModelReference] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    settings: list[EnvironmentSetting] = field(default_factory=list)
    errors: dict[ScanError, None] = field(default_factory=dict)
    statements: list[PolicyStatement] = field(default_factory=list)
    principals: list[Principal] = field(default_factory=list)


class _Scan:
    """One run over a unit."""

    def __init__(self, unit: SourceUnit, context: ParseContext) -> None:
        self._unit = unit
        self._context = context
        self._rows: Rows = index(context.surfaces)
        self._files: dict[str, _File | None] = {}
        self._found = _Found()
        self._paths = Paths(context.tree.paths())
        self._handlers = Handlers(context.tree.paths(), context.tree.read)
        self._deployments = Deployments(context.tree, self._holds_template)
        self._definitions = states.Definitions(self._text)
        self._template_paths = [path for path in unit.paths if path.endswith(_SUFFIXES)]
        self._folders: dict[str, bool] = {}
        self._included: set[str] = set()
        self._deployed: set[str] = set()
        self._left = MOST_STACKS
        self._built: list[Stack] = []
        self._published = Published(lambda: self._built)

    def run(self) -> Parsed:
        """Everything the marked files hold."""
        built = [self._build(template) for path in self._entries() for template in self._templates(path)]
        # A part that a template includes, or a service reads, is looked at there.
        read = {path for stack in built if stack.template.variables is not None for path in stack.template.variables.files}
        built = [stack for stack in built if not self._is_part(stack.template, read)]
        self._built = built
        called = {each.path for stack in built for each, _ in self._nested(stack)}
        for stack in built:
            if stack.template.path not in called:
                self._deploy(stack, ())
        # What is left is called by itself, through others.
        for stack in built:
            if stack.template.path in called and stack.template.path not in self._deployed:
                self._deploy(stack, ())
        for path in self._unit.marked:
            file = self._file(path)
            if file is not None and path not in self._definitions.files:
                for machine in file.machines:
                    self._found.references.extend(states.alone(file.source, machine, self._context.knows))
        found = self._found
        return Parsed(
            tuple(found.references),
            (*found.resources, *observing.of_scripts(self._context.tree, self._unit.marked, routes.LANGUAGE)),
            tuple(found.settings),
            tuple(found.errors),
            tuple(found.statements),
            tuple(found.principals),
        )

    def _is_part(self, template: Template, read: set[str]) -> bool:
        """Whether a template is looked at in another one: what it was built from, or what includes it."""
        if template.variables is None and template.path in read:
            return True
        if nesting.is_built(template.path) and self._is_copy(template):
            return True
        return template.is_fragment and template.path in self._included

    def _is_copy(self, template: Template) -> bool:
        """Whether a template beside it, that no tool has written, declares the same resources."""
        folder = nesting.home(template.path)
        own = set(template.resources.entries) if template.resources is not None else set()
        return any(
            other.resources is not None and set(other.resources.entries) == own
            for path in self._template_paths
            if posixpath.dirname(path) == folder and not nesting.is_built(path)
            for other in self._templates(path)
        )

    def _entries(self) -> tuple[str, ...]:
        """The marked files, and the templates that may deploy one of them."""
        marked = set(self._unit.marked)
        callers = []
        for path in self._template_paths[:MOST_CALLERS]:
            if path not in marked:
                data = self._context.tree.read(path)
                if data is not None and any(mark in data for mark in _CALLERS):
                    callers.append(path)
        return (*self._unit.marked, *callers)

    def _holds_template(self, folder: str) -> bool:
        """Whether a template lies directly in a folder; what lies beside it is then its own."""
        if folder not in self._folders:
            inside = (path for path in self._template_paths if posixpath.dirname(path) == folder)
            self._folders[folder] = any(_TEMPLATE.search(self._context.tree.read(path) or b"") for path in inside)
        return self._folders[folder]

    def _templates(self, path: str) -> tuple[Template, ...]:
        file = self._file(path)
        return file.templates if file is not None else ()

    # Files

    def _text(self, path: str) -> SourceText | None:
        data = self._context.tree.read(path)
        if data is None:
            return None
        try:
            return decode(path, data)
        except NotTextError as error:
            self._found.errors[ScanError(path, str(error))] = None
            return None

    def _file(self, path: str) -> _File | None:
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> _File | None:
        if not path.endswith(_SUFFIXES):
            return None
        source = self._text(path)
        if source is None:
            return None
        read = syntax.parse(source)
        self._found.errors.update(dict.fromkeys(read.errors))
        includes = Includes(self._text)
        roots = [root for root in map(includes.expand, read.roots) if isinstance(root, Mapping)]
        self._included.update(includes.files)
        return _File(
            source,
            tuple(templates.read(source, root, self._text) for root in roots if templates.is_template(root)),
            tuple(root for root in roots if states.is_machine(root)),
        )

    # Templates

    def _build(self, template: Template) -> Stack:
        deployed = scenarios(template, self._deployments.of(template))[:MOST_SCENARIOS]
        said = serverless.deployment(template.variables) if template.variables is not None else None
        deployed = deployed or ((said,) if said is not None else ())
        return self._stack_of(template, deployed)

    def _stack_of(
        self, template: Template, deployed: Sequence[Scenario], root: str = ".", provided: Sequence[Scenario] | None = None
    ) -> Stack:
        return stacks.build(template, deployed, self._rows, self._context.knows, root, provided, self._published.outside)

    def _deploy(self, stack: Stack, callers: tuple[str, ...]) -> None:
        """Gather what a stack holds, then what the stacks inside it hold."""
        nested = self._nested(stack) if len(callers) < MOST_NESTED else []
        for each, template in nested:
            stack.outputs[each.declared.name] = self._outputs(stack, each, template)
        self._stack(stack, {each.declared.name for each, _ in nested})
        for each, template in nested:
            if each.path in callers or each.path == stack.template.path or self._left <= 0:
                continue
            self._left -= 1
            self._deployed.add(each.path)
            deployed = [each.scenario(evaluator, stack) for evaluator in cases.live(stack.base, each.declared)]
            provided = [each.scenario(evaluator, stack) for evaluator in cases.live(stack.evaluators, each.declared)]
            inner = self._stack_of(template, deployed, each.root, provided[:MOST_SCENARIOS])
            self._deploy(inner, (*callers, stack.template.path))

    def _nested(self, stack: Stack) -> list[tuple[Nested, Template]]:
        found = []
        for each in nesting.find(stack, self._template_paths, self._paths.files):
            file = self._file(each.path)
            if file is not None and file.templates:
                found.append((each, file.templates[0]))
        return found

    def _outputs(self, stack: Stack, nested: Nested, template: Template) -> Callable[[Evaluator, str], Possible | None]:
        """How an output of a nested stack is asked, in the scenario of its caller."""

        def output(evaluator: Evaluator, name: str) -> Possible | None:
            body = template.outputs.get(name)
            value = body.get("Value") if body is not None else None
            if value is None:
                return None
            scenario = nested.scenario(evaluator, stack)
            inner = self._stack_of(template, [scenario], nested.root)
            hop = Hop(location(value), f"output {name} of {nested.declared.name}")
            return via(inner.base[0].evaluate(value), hop)

        return output

    def _stack(self, stack: Stack, nested: set[str]) -> None:
        found: list[ModelReference] = []
        used: set[str] = set()
        for declared in stack.resources.values():
            found.extend(self._resource(stack, declared, is_local=declared.name in nested))
            self._found.statements.extend(statements.of(stack, declared))
        self._found.principals.extend(
            statements.principals(stack, lambda declared: code.of(stack, declared, self._paths, self._handlers))
        )
        for reference in found:
            used.update(_parameters_on_trail(reference, stack.template))
        used.update(self._asked(stack, nested))
        found.extend(_defaults(stack, used))
        self._found.references.extend(found)

    def _resource(self, stack: Stack, declared: Declared, *, is_local: bool) -> Iterator[ModelReference]:
        tags = tagging.tags(stack, declared)
        set_variables = variables.of(stack, declared)
        own = [
            *routes.of(stack, declared, tags),
            *variables.routes(stack, declared, set_variables, tags),
            *programs.routes(stack, declared, set_variables, tags),
            *self._definitions.routes(stack, declared, tags),
        ]
        if any(documents.substitution_nodes(declared)):
            definition = self._definitions.written(stack, declared)
            own.extend(routes.unused_substitutions(stack, declared, tags, own, definition))
        # What a nested stack passes is reported where its template takes it.
        if not is_local:
            own.extend(routes.elsewhere(stack, declared, tags, own))
        yield from own
        granted = list(grants.of(stack, declared))
        yield from granted
        if set_variables:
            runs = code.of(stack, declared, self._paths, self._handlers)
            self._found.settings.extend(variables.settings(declared, set_variables, runs))
        self._listed(stack, declared, tags, bool(granted))

    def _listed(self, stack: Stack, declared: Declared, tags: Tags | None, is_principal: bool) -> None:
        """List a resource that rules ask about."""
        roles = {row.role for row in stack.rows.of(declared.type)}
        monitors = "monitor" in roles and _speaks_of_bedrock(declared)
        if "resource" in roles or monitors or ("principal" in roles and is_principal):
            self._found.resources.append(
                Resource(
                    stacks.place(declared.key, declared.symbol),
                    routes.LANGUAGE,
                    declared.type,
                    declared.name,
                    stacks.statement(declared),
                    stack.root,
                    tags,
                    stack.evidence(cases.live(stack.base, declared)),
                    attributes=watched.attributes(stack, declared),
                )
            )

    def _asked(self, stack: Stack, nested: set[str]) -> set[str]:
        """The parameters that an expression at a surface names, whether its branch is taken or not."""
        asked: set[str] = set()
        for declared in stack.resources.values():
            if declared.name in nested:
                asked.update(name for _, value in nesting.arguments(declared) for name in names(value))
            for row in stack.rows.having(declared.type, "model", "indirect"):
                if row.reads in ("identifier", "stored", "variables", "states") and row.carrier != "*":
                    for found in stack.find(declared, row.carrier):
                        asked.update(names(found.node))
        return asked & stack.template.parameters.keys()


def _parameters_on_trail(reference: ModelReference, template: Template) -> Iterator[str]:
    """The parameters of the template that a route's value passes through."""
    hops = [hop for choice in reference.choices for hop in choice.trail]
    if reference.unknown is not None:
        hops.extend(reference.unknown.trail)
    places = {hop.location for hop in hops if hop.location.path == template.path}
    for name, parameter in template.parameters.items():
        own = {location(parameter.key), *((location(parameter.default),) if parameter.default is not None else ())}
        if own & places:
            yield name


def _defaults(stack: Stack, used: set[str]) -> Iterator[ModelReference]:
    """Parameters whose default is a model that reaches no route."""
    for name, parameter in stack.template.parameters.items():
        if name in used or not isinstance(parameter.default, Scalar) or parameter.is_stored:
            continue
        possible = routes.listed(known(parameter.default.text))
        if not routes.names_model(stack, possible):
            continue
        value = to_value(possible, bedrock_only=False)
        if value is not None:
            where = stacks.place(parameter.default, f"Parameters/{name}")
            body = stack.template.source.span(parameter.key.start, parameter.default.end)
            yield ModelReference(where, routes.LANGUAGE, Kind.DEFAULT, "Parameters.Default", value, body, stack.root)


def _speaks_of_bedrock(declared: Declared) -> bool:
    body = declared.body
    return "bedrock" in body.source.text[body.start : body.end].lower()
