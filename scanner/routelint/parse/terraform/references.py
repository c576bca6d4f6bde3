"""What a reference leads to: variables, locals, outputs, other resources, and what the surfaces say they hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.terraform import providers, repetition, sections
from routelint.parse.terraform.constraints import convert
from routelint.parse.terraform.deployments.given import GivenAttribute
from routelint.parse.terraform.module import Instance, Scope
from routelint.parse.terraform.nodes import Attribute, Block, GetAttr, Literal, Variable
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.values import (
    Called,
    Computed,
    Failure,
    Thing,
    skipped,
    through,
    united,
)
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
    text_of,
    unknown,
)
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

MOST_CALLS = 12
MOST_INSTANCES = 500
# A value heavier than this is nobody's configuration; a few lines can describe one with 2 ** 60 items.
HEAVIEST = 20_000


class References:
    """Follows names for one root: its instances, their declarations and what other resources hand on."""

    def __init__(self, project: Project, surfaces: Iterable[Surface]) -> None:
        self.project = project
        self.handing_on = {surface.symbol: surface for surface in surfaces if surface.outputs}
        self._made = 0

    # -- names

    def root(self, evaluator: Evaluator, expression: GetAttr, scope: Scope) -> Possible | None:
        """The value of `var.x`, `local.x`, `data.type.name`, `type.name` and the like; None where it is none of them."""
        target, name = expression.target, expression.name
        if isinstance(target, GetAttr):
            inner = target.target
            if isinstance(inner, Variable) and inner.name == "data" and "data" not in scope.names:
                return self.thing(scope.instance, "data", target.name, name)
            return None
        if not isinstance(target, Variable) or target.name in scope.names:
            return None
        match target.name:
            case "var":
                return self.variable(evaluator, scope.instance, name)
            case "local":
                return self.local(evaluator, scope.instance, name)
            case "module":
                return self.module(evaluator, scope.instance, name)
            case "terraform" | "tofu":
                return self._terraform(evaluator, name)
            case "path":
                return known(_path(scope.instance, name))
            case "data":
                return None
            case "each" | "count" | "self":
                return unknown(f"{target.name}.{name} is set where it is used", f"${{{target.name}.{name}}}")
        return self.thing(scope.instance, "resource", target.name, name)

    def _terraform(self, evaluator: Evaluator, name: str) -> Possible:
        if name != "workspace":
            return unknown(f"terraform.{name} is not known before a run", f"${{terraform.{name}}}")
        return known(evaluator.configuration.workspace)

    def variable(self, evaluator: Evaluator, instance: Instance, name: str) -> Possible:
        """`var.name`: what the caller or a var-file passes, else the default."""
        return self._kept(instance, f"var.{name}", lambda: self._variable(evaluator, instance, name))

    def _variable(self, evaluator: Evaluator, instance: Instance, name: str) -> Possible:
        block = instance.folder.variables.get(name)
        constraint = block.body.attributes.get("type") if block is not None else None
        passed = self._passed(evaluator, instance, name)
        nullable = block is None or not _is_false(block.body.attributes.get("nullable"))
        because: tuple[Hop, ...] = ()
        if passed is not None and not nullable and all(each.content is None for each in passed):
            because = skipped(passed[0].trail)
            passed = None
        if passed is None:
            symbol = evaluator.configuration.symbols.get(name) if instance.parent is None else None
            if symbol is not None:
                return known(symbol)
            default = self._default(evaluator, instance, name, block)
            passed = tuple(replace(each, trail=(*because, *each.trail)) for each in default)
        if constraint is None:
            return passed
        scope = Scope(instance)
        return convert(passed, constraint.expression, lambda default: evaluator.evaluate(default, scope))

    def _passed(self, evaluator: Evaluator, instance: Instance, name: str) -> Possible | None:
        if name in instance.given:
            return instance.given[name]
        argument = instance.arguments.get(name)
        if argument is None or instance.scope is None:
            return None
        value = evaluator.evaluate(argument.expression, instance.scope)
        location = argument.expression.place.location()
        if instance.call is not None:
            return through(value, Hop(location, f"argument of {instance.name}"), Resolution.MODULE_ARGUMENT)
        if isinstance(argument, GivenAttribute):
            return through(value, Hop(argument.place.location(), argument.note), Resolution.TFVARS)
        file = location.path.rsplit("/", 1)[-1]
        return through(value, Hop(location, f"{file} sets {name}"), Resolution.TFVARS)

    def _default(self, evaluator: Evaluator, instance: Instance, name: str, block: Block | None) -> Possible:
        if block is None:
            return unknown(f"var.{name} is not declared", f"${{var.{name}}}")
        default = block.body.attributes.get("default")
        if default is None:
            if instance.call is not None:
                reason = f"{instance.name} does not pass {name}, which has no default"
            else:
                reason = f"var.{name} has no default and no tfvars in the scanned files sets it"
            return unknown(reason, f"${{var.{name}}}", (Hop(block.header.location(), f"variable {name}"),))
        value = evaluator.evaluate(default.expression, Scope(instance))
        hop = Hop(default.expression.place.location(), f"default of var.{name}")
        return through(value, hop, Resolution.VARIABLE_DEFAULT)

    def local(self, evaluator: Evaluator, instance: Instance, name: str) -> Possible:
        """`local.name`."""
        attribute = instance.folder.locals.get(name)
        if attribute is None:
            return known(Failure(f"local.{name} is not declared", f"${{local.{name}}}"))

        def value() -> Possible:
            found = evaluator.evaluate(attribute.expression, Scope(instance, instance.names))
            return through(found, Hop(attribute.expression.place.location(), f"local.{name}"), Resolution.LOCAL)

        return self._kept(instance, f"local.{name}", value)

    def _kept(self, instance: Instance, name: str, compute: Callable[[], Possible]) -> Possible:
        """The value of a name, computed once; a name that needs itself cannot be told."""
        kept = instance.values.get(name)
        if kept is not None:
            return kept
        if name in instance.active:
            return unknown(f"{name.removeprefix('resource ')} refers to itself", f"${{{name}}}")
        instance.active.add(name)
        try:
            value = compute()
        finally:
            instance.active.discard(name)
        if _weight(value, HEAVIEST) <= 0:
            value = unknown(f"{name} is larger than {HEAVIEST} values", f"${{{name}}}")
        instance.values[name] = value
        return value

    # -- modules

    def module(self, evaluator: Evaluator, instance: Instance, name: str) -> Possible:
        """`module.name`, its outputs still to be asked for."""
        call = instance.folder.modules.get(name)
        label = f"${{module.{name}}}"
        if call is None:
            return known(Failure(f"module.{name} is not declared", label))
        instances = self.called(evaluator, instance, name)
        return known(Called(f"module.{name} is not in the scanned files", label, name, instances))

    def called(self, evaluator: Evaluator, instance: Instance, name: str) -> tuple[Instance, ...]:
        """The instances a module call makes, one per key; none where its source lies outside the scan."""
        if name in instance.children:
            return instance.children[name]
        instance.children[name] = ()
        call = instance.folder.modules[name]
        folder = self.project.called_folder(instance.folder.path, call)
        chain = {instance.folder.path}
        above = instance.parent
        while above is not None:
            chain.add(above.folder.path)
            above = above.parent
        if folder is None or folder.path in chain or instance.depth >= MOST_CALLS or self._made >= MOST_INSTANCES:
            return ()
        made = []
        for key, scope in self.scopes(evaluator, call, instance):
            address = f"{instance.address}." if instance.address else ""
            made.append(
                Instance(
                    folder,
                    instance.root,
                    f"{address}module.{name}" + (f"[{key}]" if key is not None else ""),
                    instance,
                    f"module.{name}",
                    call,
                    scope,
                    call.body.attributes,
                )
            )
            self._made += 1
        instance.children[name] = tuple(made)
        return instance.children[name]

    def called_by(self, called: Called, key: Content) -> Content:
        """The instance of a module call with for_each or count that `[key]` picks; all where it cannot be told."""
        wanted = f"[{key}]"
        picked = tuple(instance for instance in called.instances if instance.address.endswith(wanted))
        return replace(called, instances=picked or called.instances)

    def scopes(self, evaluator: Evaluator, block: Block, instance: Instance) -> list[tuple[str | None, Scope]]:
        """A scope per instance of a resource or module call, with its key; at least one even if none is made."""
        return repetition.scopes(evaluator, block, instance)

    # -- resources

    def thing(self, instance: Instance, mode: str, kind: str, name: str) -> Possible:
        """A resource or data source, its attributes still to be asked for."""
        address = f"data.{kind}.{name}" if mode == "data" else f"{kind}.{name}"
        block = instance.folder.resources.get((mode, kind, name))
        if block is None:
            if mode == "resource" and "_" not in kind:
                return unknown(f"'{kind}' is not a value", f"${{{address}}}")
            return known(Hole(f"{address} is not in the scanned files", f"${{{address}}}"))
        return known(Thing(_later(mode, address), f"${{{address}}}", block, instance))

    def attribute(self, evaluator: Evaluator, referred: Thing | Called, name: str) -> Possible:
        """An attribute of a resource, or an output of a module."""
        if isinstance(referred, Called):
            return self._output(evaluator, referred, name)
        block, instance = referred.block, referred.instance
        assert block is not None
        assert instance is not None
        key = "".join(f"[{each.content!r}]" for each in referred.key or ())
        mark = f"{block.type} {block.labels[0]}.{block.labels[1]}{key}.{name}"
        return self._kept(instance, mark, lambda: self._attribute(evaluator, referred, block, name))

    def _attribute(self, evaluator: Evaluator, referred: Thing, block: Block, name: str) -> Possible:
        address = referred.label[2:-1]
        symbol = ("data." if block.type == "data" else "") + block.labels[0]
        handing_on = self.handing_on.get(symbol)
        if handing_on is not None and name in handing_on.outputs:
            value = self._handed_on(evaluator, referred, handing_on, name)
            if value is not None:
                return value
        scopes = [scope for _, scope in self._chosen(evaluator, referred)]
        if symbol == providers.REGION_SYMBOL and name in providers.REGION_ATTRIBUTES:
            region = providers.looked_up_region(evaluator, block, scopes[0])
            if region is not None:
                return region
        found = []
        for scope in scopes:
            written = sections.value(evaluator, block.body, name, scope)
            if written is not None:
                place, possible = written
                found.append(through(possible, Hop(place.location(), f"{address}.{name}")))
        if found:
            return united(found)
        label = f"${{{address}.{name}}}"
        return known(Computed(_later(block.type, f"{address}.{name}"), label))

    def _handed_on(self, evaluator: Evaluator, referred: Thing, surface: Surface, name: str) -> Possible | None:
        block = referred.block
        assert block is not None
        form = surface.outputs[name]
        resolution = Resolution.DATA_SOURCE if block.type == "data" else Resolution.LINKED
        found = []
        for _, scope in self._chosen(evaluator, referred):
            for leaf in sections.leaves(evaluator, block.body, surface.carrier, scope):
                before, _, after = form.partition("{model}")
                value = leaf.value
                if before or after:
                    value = combine([known(_holed(before)), value, known(_holed(after))], _model_only)
                hop = Hop(
                    leaf.place.location(), f"{referred.label[2:-1].split('[')[0]} takes {surface.carrier.rsplit('.', 1)[-1]}"
                )
                found.append(
                    tuple(replace(each, trail=(hop, *each.trail), resolution=_step(each, resolution)) for each in value)
                )
        return united(found) if found else None

    def _chosen(self, evaluator: Evaluator, referred: Thing) -> list[tuple[str | None, Scope]]:
        """The scopes of the instances that a reference's key picks; all where it cannot be told."""
        assert referred.block is not None
        assert referred.instance is not None
        scopes = self.scopes(evaluator, referred.block, referred.instance)
        if referred.key is None or len(scopes) == 1:
            return scopes
        wanted = {text_of(each.content) for each in referred.key if isinstance(each.content, str | int)}
        return [(key, scope) for key, scope in scopes if key is None or key in wanted] or scopes

    def instances(self, evaluator: Evaluator, referred: Thing | Called) -> list[Possible]:
        """Each instance of a resource or module call, as `[*]` lists them."""
        return [value for _, value in self.members(evaluator, referred)]

    def members(self, evaluator: Evaluator, referred: Thing | Called) -> list[tuple[str | None, Possible]]:
        """Each instance with its for_each key, as `for` runs over them."""
        if isinstance(referred, Called):
            return [
                (_last_key(instance.address), known(replace(referred, instances=(instance,))))
                for instance in referred.instances
            ]
        if referred.key is not None or referred.block is None or referred.instance is None:
            return [(None, known(referred))]
        scopes = self.scopes(evaluator, referred.block, referred.instance)
        return [(key, known(replace(referred, key=known(key) if key is not None else None))) for key, _ in scopes]

    def repeated(self, evaluator: Evaluator, referred: Thing | Called) -> Items | Record | None:
        """The instances of a resource or call with count or for_each as the collection they are; None where it has neither."""
        block = referred.block if isinstance(referred, Thing) else (referred.instances[0].call if referred.instances else None)
        owner = (
            referred.instance if isinstance(referred, Thing) else (referred.instances[0].parent if referred.instances else None)
        )
        if block is None or owner is None or (isinstance(referred, Thing) and referred.key is not None):
            return None
        attributes = block.body.attributes
        members = self.members(evaluator, referred)
        if "for_each" in attributes:
            return Record({key: value for key, value in members if key is not None})
        if "count" in attributes:
            counts = repetition.counts(evaluator, block, owner)
            if counts == (0,):
                return Items(())
            unsure = next((count for count in counts if isinstance(count, Hole)), None)
            return Items(tuple(value for _, value in members), Hole(unsure.reason) if unsure is not None else None)
        return None

    def collection(self, evaluator: Evaluator, referred: Thing | Called) -> Items | Record | None:
        """What functions take a resource or call for: its instances, or the outputs of a call without count and for_each."""
        repeated = self.repeated(evaluator, referred)
        if repeated is not None or isinstance(referred, Thing) or len(referred.instances) != 1:
            return repeated
        return Record({name: self._output(evaluator, referred, name) for name in referred.instances[0].folder.outputs})

    def _output(self, evaluator: Evaluator, called: Called, name: str) -> Possible:
        found = []
        for instance in called.instances:
            block = instance.folder.outputs.get(name)
            value = block.body.attributes.get("value") if block is not None else None
            if value is None:
                found.append(known(Failure(f"module.{called.name} has no output {name}", f"${{module.{called.name}.{name}}}")))
                continue
            found.append(self._kept(instance, f"output.{name}", self._output_value(evaluator, instance, name, value)))
        if not found:
            return known(Hole(called.reason, f"${{module.{called.name}.{name}}}"))
        return united(found)

    def _output_value(self, evaluator: Evaluator, instance: Instance, name: str, value: Attribute) -> Callable[[], Possible]:
        def compute() -> Possible:
            found = evaluator.evaluate(value.expression, Scope(instance))
            hop = Hop(value.expression.place.location(), f"output {name} of {instance.name}")
            return through(found, hop, Resolution.CROSS_FILE)

        return compute


def _later(mode: str, address: str) -> str:
    return f"{address} is looked up when Terraform runs" if mode == "data" else f"{address} is known only after apply"


def _step(possibility: Possibility, resolution: Resolution) -> Resolution:
    return resolution if possibility.resolution is Resolution.LITERAL else possibility.resolution


def _model_only(contents: tuple[Content, ...]) -> Content:
    """The middle content in its ARN, unless it is an ARN already or no text at all."""
    model = contents[1]
    if model is None or isinstance(model, Items | Record):
        return model
    if isinstance(model, str) and model.startswith("arn:"):
        return model
    return concatenate(contents)


def _holed(text: str) -> Content:
    """A text whose `${...}` are holes."""
    parts: list[str | Hole] = []
    while "${" in text:
        before, _, rest = text.partition("${")
        name, _, text = rest.partition("}")
        if before:
            parts.append(before)
        parts.append(Hole(f"the {name} is known only at run time", f"${{{name}}}"))
    if text:
        parts.append(text)
    return concatenate(parts)


def _is_false(attribute: Attribute | None) -> bool:
    return attribute is not None and isinstance(attribute.expression, Literal) and attribute.expression.value is False


def _last_key(address: str) -> str | None:
    return address.rsplit("[", 1)[1].rstrip("]") if address.endswith("]") else None


def _path(instance: Instance, name: str) -> Content:
    """`path.module` and the like as a path from the scanned root, told apart by its leading slash."""
    match name:
        case "module":
            return "/" + instance.folder.path.strip(".")
        case "root" | "cwd":
            return "/" + instance.root.strip(".")
    return Hole(f"path.{name} is not known")


def _weight(possible: Possible, left: int) -> int:
    """What is left of a budget after a value's parts are counted; stops when it is used up."""
    pending = [possible]
    while pending and left > 0:
        for each in pending.pop():
            left -= 1
            match each.content:
                case Items(items):
                    pending.extend(items)
                case Record(pairs):
                    pending.extend(pairs.values())
        if len(pending) > left:
            return 0
    return left
