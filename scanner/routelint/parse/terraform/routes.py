"""Walks the resources of one root in one configuration and says what each of them routes, tags and sets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from routelint import model_id
from routelint.deferred import dataclass, lazy_regex
from routelint.model import LEFT_OUT, Evidence, Kind, Principal, Tags
from routelint.parse.parsed import EnvironmentSetting, ParseContext
from routelint.parse.route import listed
from routelint.parse.terraform import code, grants, providers, scripts, sections, statements, states, tagging, watched
from routelint.parse.terraform.attributes import spelled_out
from routelint.parse.terraform.evaluate import Evaluator
from routelint.parse.terraform.identities import Identities
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Block, literal_text
from routelint.parse.terraform.sections import Leaf
from routelint.parse.terraform.sightings import Seen, Sighting
from routelint.parse.terraform.varfiles import ENVIRONMENT_VARIABLES
from routelint.possible import Hole, Possible, Template, text_of
from routelint.surfaces import Surface

# Names of attributes and variables that hold a model whatever their value turns out to be.
_STRONG = lazy_regex(
    r"(?i)(foundation|embedding|embed|inference|llm|bedrock|chat|claude|nova|titan|generation|text|rerank|default)[a-z]*[-_]?model"
    r"|model[-_]?(id|arn|identifier)s?$|^model$|inference[-_]?profile([-_]?(id|arn))?$"
)
_WEAK = lazy_regex(r"(?i)model|inference_?profile|^llm")
# Meta-arguments and names that speak of models without choosing one.
_NOT_CHOICES = lazy_regex(
    r"(?i)(^|[_-])(bucket|path|dir|files?|package|prefix|table|queue|role|enabled?|create|logging|region|timeout|count|url|kms)"
    r"([_-]|$)|version$"
)
LONGEST_NAME = 128
# Attribute -> what it is called where rules ask for it.
SETTINGS = {
    "model_units": "model_units",
    "max_tokens": "max_output_tokens",
    "temperature": "temperature",
    "service_tier": "service_tier",
}
_META = frozenset({"for_each", "count", "depends_on", "provider", "providers", "source", "version", "lifecycle", "tags"})


@dataclass
class Collected:
    """What one walk over a root found."""

    sightings: list[Sighting] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    settings: list[EnvironmentSetting] = field(default_factory=list)
    statements: list[statements.Said] = field(default_factory=list)
    principals: list[Principal] = field(default_factory=list)


class Walk:
    """One walk over the instances of a root."""

    def __init__(self, context: ParseContext, evaluator: Evaluator) -> None:
        self.context = context
        self.evaluator = evaluator
        self.by_symbol: dict[str, list[Surface]] = {}
        for surface in context.surfaces:
            self.by_symbol.setdefault(surface.symbol, []).append(surface)
        self.found = Collected()
        self.identities = Identities()

    def root(self, instance: Instance) -> Collected:
        """Everything below a root, its modules included."""
        pending = [instance]
        while pending:
            current = pending.pop(0)
            evidence = self._evidence(current)
            for block in current.folder.managed:
                self._resource(block, current, evidence)
            for name, call in current.folder.modules.items():
                children = self.evaluator.references.called(self.evaluator, current, name)
                pending.extend(children)
                if not children and self.evaluator.references.project.called_folder(current.folder.path, call) is None:
                    self._outside(call, name, current, evidence)
                for child in children:
                    self._inside(call, name, child, evidence)
            self._defaults(current, evidence)
        self.found.principals = self.identities.principals(instance.root)
        return self.found

    def _evidence(self, instance: Instance) -> tuple[Evidence, ...]:
        """What a caller or variable file literally passes as the environment, nearest to the root first."""
        if self.evaluator.configuration.name:
            # The name of the configuration says it already.
            return ()
        proofs: list[Evidence] = []
        current: Instance | None = instance
        while current is not None:
            for name in sorted(ENVIRONMENT_VARIABLES & current.arguments.keys()):
                value = self.evaluator.references.variable(self.evaluator, current, name)
                if len(value) == 1 and isinstance(value[0].content, str) and value[0].content and not _by_default(value):
                    hop = value[0].trail[0]
                    proofs.append(Evidence(value[0].content, hop.note, hop.location))
            current = current.parent
        return tuple(dict.fromkeys(proofs[-1:]))

    # -- resources

    def _resource(self, block: Block, instance: Instance, evidence: tuple[Evidence, ...]) -> None:
        kind, name = block.labels[0], block.labels[1]
        symbol = f"data.{kind}" if block.type == "data" else kind
        surfaces = self.by_symbol.get(symbol, [])
        scopes = [scope for _, scope in self.evaluator.references.scopes(self.evaluator, block, instance)]
        taken: set[int] = set()
        shape = next((surface.tags for surface in surfaces if surface.tags), None)
        for scope in scopes:
            self.identities.see(self.evaluator, block, scope, evidence)
            self.found.statements.extend(statements.managed(self.evaluator, block, scope, evidence))
            tags = None
            if shape is not None:
                tags = tagging.of_resource(self.evaluator, block, scope, shape)
            context = _Resource(block, block.address or f"{symbol}.{name}", symbol, scope, tags, evidence)
            for surface in surfaces:
                if self._applies(surface, block, scope):
                    self._surface(surface, context, surfaces, taken)
            self._named(context, taken)
        if shape is not None and _is_listed(surfaces):
            for scope in scopes:
                tags = tagging.of_resource(self.evaluator, block, scope, shape)
                self._list(block, scope, tags, evidence, surfaces)
        elif any(surface.role == "resource" and self._applies(surface, block, scopes[0]) for surface in surfaces):
            for scope in scopes:
                self._list(block, scope, None, evidence, surfaces)

    def _applies(self, surface: Surface, block: Block, scope: Scope) -> bool:
        """Whether what a row demands of another attribute (`name~text`) holds, or cannot be told."""
        if surface.when is None:
            return True
        name, _, wanted = surface.when.partition("~")
        for leaf in sections.leaves(self.evaluator, block.body, name, scope):
            return any(isinstance(each.content, Hole) or wanted in str(each.content) for each in leaf.value)
        return False

    def _list(
        self, block: Block, scope: Scope, tags: Tags | None, evidence: tuple[Evidence, ...], surfaces: Iterable[Surface]
    ) -> None:
        kind, name = block.labels[0], block.labels[1]
        location = block.header.location(block.address or f"{kind}.{name}")
        is_watched = any(surface.reads == "stated" for surface in surfaces)
        said = watched.attributes(self.evaluator, block, scope) if is_watched else {}
        self.found.seen.append(Seen(location, kind, name, block.place.span, tags, evidence, scope.alive, said))

    def _surface(self, surface: Surface, context: _Resource, surfaces: Iterable[Surface], taken: set[int]) -> None:
        match surface.role, surface.reads:
            case "model", _:
                for leaf in sections.leaves(self.evaluator, context.block.body, surface.carrier, context.scope):
                    taken.add(leaf.place.start)
                    step = _last(surface, surfaces)
                    self._sight(leaf, surface.kind or Kind.INVOKE, step, context, bedrock_only=surface.bedrock_only)
            case "source", _:
                for leaf in sections.leaves(self.evaluator, context.block.body, surface.carrier, context.scope):
                    self._sight(leaf, Kind.DEFAULT, surface.carrier, context, bedrock_only=True, last_resort=True)
            case "indirect", "stored":
                for leaf in sections.leaves(
                    self.evaluator, context.block.body, surface.carrier.removesuffix(".*"), context.scope
                ):
                    taken.add(leaf.place.start)
                    self._sight_models(leaf, surface, context)
            case "indirect", "variables":
                self._environment(surface, context, taken)
            case "indirect", "program":
                self._program(surface, context, taken)
            case "indirect", "states":
                self._states(surface.carrier, context)
            case "indirect", "policy" | "statements":
                for grant in grants.of_resource(self.evaluator, context.block.body, surface, context.scope):
                    self._grant(grant, surface.carrier.rsplit(".", 1)[-1], context)
                said = statements.of_resource(self.evaluator, context.block, surface, context.scope, context.evidence)
                self.found.statements.extend(said)

    def _program(self, surface: Surface, context: _Resource, taken: set[int]) -> None:
        attribute = context.block.body.attributes.get(surface.carrier)
        if attribute is None:
            return
        taken.add(attribute.expression.place.start)
        leaf = scripts.models(self.evaluator, attribute.expression, context.scope, self.context.knows)
        if leaf is not None:
            self._sight(leaf, _kind("", leaf.value, surface.kind), surface.carrier, context, bedrock_only=False)

    def _states(self, carrier: str, context: _Resource) -> None:
        attribute = context.block.body.attributes.get(carrier)
        if attribute is None:
            return
        for task in states.of_definition(self.evaluator, attribute.expression, context.scope):
            operation = task.operation.rsplit(":", 2)[-2:]
            step = f"{carrier}.{task.state}.{task.carrier}" if task.state else f"{carrier}.{task.carrier}"
            sink = ".".join((*operation, task.carrier))
            self._sight(Leaf(task.place, task.scope, task.value), task.kind, step, context, bedrock_only=True, sink=sink)

    def _sight(
        self,
        leaf: Leaf,
        kind: Kind,
        step: str,
        context: _Resource,
        *,
        bedrock_only: bool,
        sink: str | None = None,
        last_resort: bool = False,
    ) -> None:
        location = leaf.place.location(f"{context.address}.{step}")
        self.found.sightings.append(
            Sighting(
                location,
                kind,
                sink or f"{context.symbol}.{step}",
                context.block.place.span if location.path == context.block.place.file.path else location.span,
                leaf.value,
                context.tags,
                bedrock_only,
                context.evidence,
                self._settings(context),
                alive=leaf.scope.alive and context.scope.alive,
                last_resort=last_resort,
                region=self._region(context),
            )
        )

    def _region(self, context: _Resource) -> str | None:
        if context.block.type not in ("resource", "data"):
            return None
        return providers.region_of(self.evaluator, context.block, context.scope)

    def _settings(self, context: _Resource) -> Mapping[str, str]:
        """What else a resource says about the use of its model; nothing where it says several things."""
        if context.symbol not in self.by_symbol:
            return {}
        rows = {carrier: name for surface in self.by_symbol[context.symbol] for name, carrier in surface.settings.items()}
        found: dict[str, set[str]] = {
            name: {LEFT_OUT} for carrier, name in rows.items() if carrier not in context.block.body.attributes
        }
        for _, attribute in spelled_out(context.block.body):
            name = rows.get(attribute.name) or SETTINGS.get(attribute.name)
            if name is not None:
                for each in self.evaluator.evaluate(attribute.expression, context.scope):
                    if isinstance(each.content, str | int | float):
                        found.setdefault(name, set()).add(text_of(each.content))
        return {name: next(iter(values)) for name, values in sorted(found.items()) if len(values) == 1}

    def _sight_models(self, leaf: Leaf, surface: Surface, context: _Resource) -> None:
        """A route where a text that may hold anything is a known model."""
        value = self._models(leaf.value)
        if value:
            step = surface.carrier.removesuffix(".*").rsplit(".", 1)[-1]
            self._sight(replace_value(leaf, value), _kind(step, value, surface.kind), step, context, bedrock_only=False)

    def _grant(self, grant: grants.Grant, step: str, context: _Resource) -> None:
        location = replace(grant.location, symbol=f"{context.address}.{step}")
        self.found.sightings.append(
            Sighting(
                location,
                Kind.GRANT,
                f"{context.symbol}.{step}",
                context.block.place.span if grant.location.path == context.block.place.file.path else grant.location.span,
                grant.value,
                None,
                True,
                context.evidence,
                alive=grant.alive and context.scope.alive,
            )
        )

    def _environment(self, surface: Surface, context: _Resource, taken: set[int]) -> None:
        paths = code.paths(self.evaluator, context.block, context.scope)
        step = surface.carrier.split(".", 1)[0].split("[", 1)[0]
        for name, leaf in sections.named(self.evaluator, context.block.body, surface.carrier, context.scope):
            taken.add(leaf.place.start)
            location = leaf.place.location(f"{context.address}.{step}.{name}")
            self.found.settings.append(EnvironmentSetting(name, leaf.value, context.address, location, paths))
            self._variable(name, leaf, f"{step}.{name}", context)

    def _variable(self, name: str, leaf: Leaf, step: str, context: _Resource) -> None:
        """A route where a variable or attribute of any resource holds a known model, or by its name must hold one."""
        value = self._models(listed(leaf.value))
        if not value and _is_strong(name) and _is_open(leaf.value):
            value = leaf.value
        if value:
            self._sight(replace_value(leaf, value), _kind(name, value, Kind.INVOKE), step, context, bedrock_only=False)

    def _models(self, possible: Possible) -> Possible:
        """`possible` where some of it is a model of the catalog or a pattern of them; with what cannot be told beside it."""
        if not any(self._is_model(each.content) for each in possible):
            return ()
        return tuple(each for each in possible if self._is_model(each.content) or isinstance(each.content, Hole))

    def _is_model(self, content: object) -> bool:
        if isinstance(content, Template):
            content = str(content)
        if not isinstance(content, str) or not 4 < len(content) < 2048:
            return False
        if self.context.knows(content):
            return True
        read = model_id.read(content)
        return read is not None and (read.form.opaque or read.is_pattern)

    # -- attributes that merely sound like a model

    def _named(self, context: _Resource, taken: set[int]) -> None:
        if context.block.type == "data" and context.symbol in self.by_symbol:
            return
        for names, attribute in spelled_out(context.block.body):
            if attribute.expression.place.start in taken or not _is_weak(attribute.name):
                continue
            value = self.evaluator.evaluate(attribute.expression, context.scope)
            leaf = Leaf(attribute.expression.place, context.scope, value, attribute.expression)
            found = self._models(value)
            if found:
                step = ".".join((*names, attribute.name))
                self._sight(replace_value(leaf, found), _kind(step, found, Kind.INVOKE), step, context, bedrock_only=False)

    def _inside(self, call: Block, name: str, child: Instance, evidence: tuple[Evidence, ...]) -> None:
        """Models among the arguments of a local module: routes only where the module does nothing with them that is one."""
        assert child.scope is not None
        context = _Resource(call, f"module.{name}", "module", child.scope, None, evidence)
        for names, attribute in spelled_out(call.body):
            step = ".".join((*names, attribute.name))
            if attribute.name in _META or names[:1] == ("providers",) or not _is_weak(step):
                continue
            found = self._models(self.evaluator.evaluate(attribute.expression, child.scope))
            if found:
                leaf = Leaf(attribute.expression.place, child.scope, found, attribute.expression)
                self._sight(leaf, Kind.DEFAULT, step, context, bedrock_only=False, last_resort=True)

    def _defaults(self, instance: Instance, evidence: tuple[Evidence, ...]) -> None:
        """Models that variables default to and data sources look up, for which no route was found."""
        for name, block in instance.folder.variables.items():
            default = block.body.attributes.get("default")
            if default is None or not _is_weak(name):
                continue
            value = self.evaluator.references.variable(self.evaluator, instance, name)
            found = self._models(tuple(each for each in value if each.trail and each.trail[0].note == f"default of var.{name}"))
            if found:
                scope = Scope(instance, alive=instance.alive)
                context = _Resource(block, f"variable.{name}", "variable", scope, None, evidence)
                leaf = Leaf(default.expression.place, scope, found, default.expression)
                self._sight(leaf, Kind.DEFAULT, "default", context, bedrock_only=False, last_resort=True)

    def _outside(self, call: Block, name: str, instance: Instance, evidence: tuple[Evidence, ...]) -> None:
        """The arguments of a module whose source is not in the scan: what it does with them is not to be seen."""
        source = call.body.attributes.get("source")
        about_bedrock = "bedrock" in (literal_text(source.expression) or "").lower() if source is not None else False
        for _, scope in self.evaluator.references.scopes(self.evaluator, call, instance):
            self.identities.call(self.evaluator, call, scope, evidence)
            context = _Resource(call, f"module.{name}", "module", scope, None, evidence)
            taken: set[int] = set()
            for surface in self.by_symbol.get("module.*", []):
                if surface.reads == "variables":
                    self._environment(surface, context, taken)
            for argument, grant in grants.of_arguments(self.evaluator, call.body, scope):
                self._grant(grant, argument, context)
            self._states("definition", context)
            for names, attribute in spelled_out(call.body):
                # What statements allow is granted, whether a list or one text says it.
                if attribute.name in (*_META, "resources") or names[:1] == ("providers",):
                    continue
                if attribute.expression.place.start in taken:
                    continue
                value = self.evaluator.evaluate(attribute.expression, scope)
                step = ".".join((*names, attribute.name))
                # What the module does with an argument is not to be seen: a model of the catalog is there to be used.
                found = self._models(value) if not _NOT_CHOICES.search(step) or about_bedrock else ()
                if not found and _is_strong(attribute.name) and (about_bedrock or _is_told(attribute.name)):
                    found = value if _is_open(value) else ()
                if found:
                    leaf = Leaf(attribute.expression.place, scope, found, attribute.expression)
                    self._sight(leaf, _kind(step, found, Kind.INVOKE), step, context, bedrock_only=False)


@dataclass(frozen=True)
class _Resource:
    """The resource a route stands in: its block, address, type, scope, tags, and the environments it is believed in."""

    block: Block
    address: str
    symbol: str
    scope: Scope
    tags: Tags | None
    evidence: tuple[Evidence, ...]


def _is_strong(name: str) -> bool:
    """Whether a name must hold a model, so that a value that cannot be told is a route that cannot be told."""
    return len(name) <= LONGEST_NAME and bool(_STRONG.search(name)) and not _NOT_CHOICES.search(name)


def _is_weak(name: str) -> bool:
    """Whether a name may hold a model, so that a known model under it is a route."""
    return len(name) <= LONGEST_NAME and bool(_WEAK.search(name)) and not _NOT_CHOICES.search(name)


def _is_told(name: str) -> bool:
    """Whether a name is Bedrock's own for a model, whatever the module is called."""
    return name.removesuffix("_arn").removesuffix("_id") in ("foundation_model", "inference_profile", "bedrock_model")


def replace_value(leaf: Leaf, value: Possible) -> Leaf:
    """The leaf with another value."""
    return Leaf(leaf.place, leaf.scope, value, leaf.expression)


def _is_listed(surfaces: Iterable[Surface]) -> bool:
    """Whether a taggable type is listed as a resource: those of Bedrock itself, and those the rows name."""
    return any(surface.role in ("model", "resource") for surface in surfaces)


def _last(surface: Surface, surfaces: Iterable[Surface]) -> str:
    """The last step of a carrier, with as much before it as tells it from other carriers of the type."""
    steps = surface.carrier.replace("[]", "").split(".")
    others = [other.carrier.replace("[]", "").split(".") for other in surfaces if other is not surface]
    for length in range(1, len(steps) + 1):
        if not any(other[-length:] == steps[-length:] for other in others):
            return ".".join(steps[-length:])
    return surface.carrier


def _kind(name: str, value: Possible, otherwise: Kind | None) -> Kind:
    """Embedding where the name or every model says so, else what is usual at the place."""
    texts = [str(each.content) for each in value if not isinstance(each.content, Hole)]
    if re.search(r"(?i)embed", name) or (texts and all("embed" in text for text in texts)):
        return Kind.EMBED
    return otherwise or Kind.INVOKE


def _is_open(possible: Possible) -> bool:
    return all(isinstance(each.content, Hole | Template) or each.content is None for each in possible)


def _by_default(possible: Possible) -> bool:
    return any(hop.note.startswith("default of") for each in possible for hop in each.trail)
