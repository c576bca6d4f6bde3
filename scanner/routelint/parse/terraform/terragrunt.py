"""Terragrunt: units whose inputs are the variables of a module in the scan, with what they include and read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.terraform import syntax
from routelint.parse.terraform.functions.documents import tree_path
from routelint.parse.terraform.module import Folder, Instance, Scope
from routelint.parse.terraform.nodes import Block, Body, ObjectNode, fields
from routelint.parse.terraform.project import STACK, UNIT, Project, folder_of, joined
from routelint.parse.terraform.values import Failure, entries, through
from routelint.parse.terraform.varfiles import PREFIX, automatic
from routelint.possible import Content, Possible, Record, Template, known, unknown

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

# What `find_in_parent_folders` looks for without an argument; newer projects name the file at the top root.hcl.
PARENTS = (UNIT, "root.hcl")
# The argument that names a variable file.
_FILE = "-var-file="
MOST_INCLUDES = 8
MOST_STACKS = 4
MOST_UNITS = 200


@dataclass(frozen=True, eq=False)
class Unit:
    """A terragrunt.hcl: the folder of the module it applies, the inputs it passes, the providers it generates."""

    path: str
    module: str
    inputs: Mapping[str, Possible]
    providers: Mapping[tuple[str, str], Block] = field(default_factory=dict)


def units(project: Project, evaluator: Evaluator, paths: Sequence[str]) -> list[Unit]:
    """The units among the files of the scan whose module lies in it too, those that stacks make among them."""
    reader = Reader(project, evaluator)
    evaluator.functions = reader.functions()
    stacks = {path: list(reader.stack(path)) for path in paths if posixpath.basename(path) == STACK}
    plain = [path for path in paths if posixpath.basename(path) == UNIT and path not in reader.stacked]
    found = [unit for path in plain if (unit := reader.unit(path)) is not None]
    return [*found, *(unit for path, made in stacks.items() if path not in reader.stacked for unit in made)]


class Reader:
    """Reads one unit and the files it includes."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self.project = project
        self.evaluator = evaluator
        # The files of units and stacks that other stacks take: by themselves they are patterns.
        self.stacked: dict[str, None] = {}
        self._left = MOST_UNITS
        # What is being read, and what has been: a chain of files that each read the next twice would double the work at each.
        self._reading: set[str] = set()
        self._circles = 0
        self._read: dict[tuple[str, str], tuple[Possible, Possible]] = {}
        self._values: Possible = unknown("no terragrunt.stack.hcl in the scanned files gives the values", "${values}")

    def stack(self, path: str, place: str | None = None, depth: int = 0) -> Iterator[Unit]:
        """The units that a stack makes, at the places it gives them; those of the stacks inside it too."""
        body = self.project.body(path)
        place = folder_of(path) if place is None else place
        scope = self._scope(path, path, body)
        for block in [*body.of_type("unit"), *body.of_type("stack")]:
            source, below = self._text(block, "source", scope), self._text(block, "path", scope)
            source = tree_path(source, folder_of(path)) if source is not None else None
            at = joined(place, below) if below is not None else None
            if source is None or at is None or self._left <= 0:
                continue
            self._left -= 1
            kept, self._values = self._values, self._given(block, scope)
            self.stacked[f"{source}/{UNIT if block.type == 'unit' else STACK}"] = None
            if block.type == "unit":
                unit = self.unit(f"{source}/{UNIT}", at)
                yield from () if unit is None else (unit,)
            elif depth < MOST_STACKS:
                yield from list(self.stack(f"{source}/{STACK}", at, depth + 1))
            self._values = kept

    def _text(self, block: Block, name: str, scope: Scope) -> str | None:
        attribute = block.body.attributes.get(name)
        found = self.evaluator.evaluate(attribute.expression, scope) if attribute is not None else ()
        return found[0].content if len(found) == 1 and isinstance(found[0].content, str) else None

    def _given(self, block: Block, scope: Scope) -> Possible:
        """What a stack hands to a unit as `values`."""
        attribute = block.body.attributes.get("values")
        if attribute is None:
            return known(Record())
        file = posixpath.basename(attribute.place.file.path)
        name = block.labels[0] if block.labels else block.type
        hop = Hop(attribute.place.location(), f"{file} gives values to {name}")
        return through(self.evaluator.evaluate(attribute.expression, scope), hop, Resolution.MODULE_ARGUMENT)

    def unit(self, path: str, place: str | None = None) -> Unit | None:
        """A unit, None where its module is not in the scan; `place` is where a stack puts it."""
        path, own = (path, folder_of(path)) if place is None else (f"{place}/{UNIT}", folder_of(path))
        body = self.project.body(f"{own}/{UNIT}" if own != "." else UNIT)
        files = [*self._included(path, body), (path, body)]
        source: str | None = None
        inputs: dict[str, Possible] = {}
        # What the commands get besides is stronger: Terragrunt leaves a variable that is set, and files beat the environment.
        environment: dict[str, Possible] = {}
        passed: dict[str, Possible] = dict(self._automatic(path))
        providers: dict[tuple[str, str], Block] = {}
        for file, each in files:
            scope = self._scope(path, file, each)
            source = self._source(each, scope, own) or source
            inputs.update(self._inputs(each, scope))
            environment.update(self._environment(each, scope))
            passed.update(self._passed(each, scope))
            providers.update(self._generated(file, each, scope))
        if source is None or source not in self.project.by_folder:
            return None
        return Unit(path, source, {**inputs, **environment, **passed}, providers)

    def _included(self, path: str, body: Body) -> Iterator[tuple[str, Body]]:
        for block in list(body.of_type("include"))[:MOST_INCLUDES]:
            attribute = block.body.attributes.get("path")
            if attribute is None:
                continue
            scope = Scope(Instance(Folder(folder_of(path)), folder_of(path)))
            for each in self.evaluator.evaluate(attribute.expression, scope):
                found = tree_path(each.content, folder_of(path))
                if found is not None and found != path and self.project.exists(found):
                    yield found, self.project.body(found)

    def _scope(self, unit: str, file: str, body: Body, *, nested: bool = False) -> Scope:
        """Where the expressions of a file are evaluated: its own locals, what it includes, the units it depends on."""
        folder = Folder(folder_of(file))
        folder.add(body)
        instance = Instance(folder, folder_of(unit))
        names: dict[str, Possible] = {
            "dependency": unknown("outputs of another unit are known only after apply", "${dependency}"),
            "values": self._values,
        }
        if not nested:
            included = {}
            for block in list(body.of_type("include"))[:MOST_INCLUDES]:
                for path, inner in self._included(file, Body(blocks=[block])):
                    value = self._exposed(unit, path, inner)
                    included[block.labels[0] if block.labels else ""] = value
            single = included.get("")
            names["include"] = single if single is not None and len(included) == 1 else known(Record(included))
        instance.names = names
        return Scope(instance, names)

    def _exposed(self, unit: str, path: str, body: Body) -> Possible:
        """What a read or included file lets others see: its locals and inputs."""
        scope = self._scope(unit, path, body, nested=True)
        local_values = {
            name: self.evaluator.references.local(self.evaluator, scope.instance, name) for name in scope.instance.folder.locals
        }
        return known(Record({"locals": known(Record(local_values)), "inputs": known(Record(dict(self._inputs(body, scope))))}))

    def _source(self, body: Body, scope: Scope, own: str) -> str | None:
        for block in body.of_type("terraform"):
            attribute = block.body.attributes.get("source")
            if attribute is None:
                continue
            for each in self.evaluator.evaluate(attribute.expression, scope):
                if isinstance(each.content, str) and each.content.startswith((".", "/")):
                    # Terragrunt copies the unit of a stack: a path may be meant from either place.
                    paths = [tree_path(each.content.replace("//", "/"), root) for root in (scope.instance.root, own)]
                    return next((path for path in paths if path in self.project.by_folder), paths[0])
        return None

    def _inputs(self, body: Body, scope: Scope) -> Iterator[tuple[str, Possible]]:
        attribute = body.attributes.get("inputs")
        if attribute is None:
            return
        file = posixpath.basename(attribute.place.file.path)
        if isinstance(attribute.expression, ObjectNode):
            for name, expression in fields(attribute.expression).items():
                value = self.evaluator.evaluate(expression, scope)
                hop = Hop(expression.place.location(), f"{file} sets {name}")
                yield name, through(value, hop, Resolution.MODULE_ARGUMENT)
            return
        for possibility in self.evaluator.evaluate(attribute.expression, scope):
            for key, value in entries(possibility):
                if key is not None:
                    hop = Hop(attribute.place.location(), f"{file} sets {key}")
                    yield key, through(value, hop, Resolution.MODULE_ARGUMENT)

    def _environment(self, body: Body, scope: Scope) -> Iterator[tuple[str, Possible]]:
        """The variables that `extra_arguments` sets for the commands as `TF_VAR_...`."""
        for block in _extra(body):
            attribute = block.body.attributes.get("env_vars")
            for possibility in self.evaluator.evaluate(attribute.expression, scope) if attribute is not None else ():
                for key, value in entries(possibility):
                    if key is not None and key.startswith(PREFIX) and attribute is not None:
                        hop = Hop(attribute.place.location(), f"{posixpath.basename(attribute.place.file.path)} sets {key}")
                        yield key.removeprefix(PREFIX), through(value, hop, Resolution.MODULE_ARGUMENT)

    def _passed(self, body: Body, scope: Scope) -> Iterator[tuple[str, Possible]]:
        """What the variable files hold that `extra_arguments` passes to the commands."""
        for block in _extra(body):
            for name in ("required_var_files", "optional_var_files", "arguments"):
                attribute = block.body.attributes.get(name)
                for possibility in self.evaluator.evaluate(attribute.expression, scope) if attribute is not None else ():
                    for _, item in entries(possibility):
                        yield from self._of_files(item, scope, "" if name != "arguments" else _FILE)

    def _of_files(self, item: Possible, scope: Scope, before: str) -> Iterator[tuple[str, Possible]]:
        for each in item:
            if isinstance(each.content, str) and each.content.startswith(before):
                path = tree_path(each.content.removeprefix(before), scope.instance.root)
                if path is not None:
                    yield from self._of_file(path)

    def _of_file(self, path: str) -> Iterator[tuple[str, Possible]]:
        if path not in self.project.variable_files:
            return
        scope = Scope(Instance(Folder(folder_of(path)), folder_of(path)))
        for name, attribute in self.project.body(path).attributes.items():
            hop = Hop(attribute.expression.place.location(), f"{posixpath.basename(path)} sets {name}")
            yield name, through(self.evaluator.evaluate(attribute.expression, scope), hop, Resolution.TFVARS)

    def _automatic(self, unit: str) -> Iterator[tuple[str, Possible]]:
        """What the variable files beside a unit hold that Terraform takes by itself."""
        for path in automatic(self.project, folder_of(unit)):
            yield from self._of_file(path)

    def _generated(self, file: str, body: Body, scope: Scope) -> Iterator[tuple[tuple[str, str], Block]]:
        """The provider blocks that a unit writes beside its module."""
        for block in body.of_type("generate"):
            attribute = block.body.attributes.get("contents")
            if attribute is None:
                continue
            for each in self.evaluator.evaluate(attribute.expression, scope):
                text = _text(each.content)
                if "provider" in text:
                    generated, _ = syntax.parse(file, text)
                    folder = Folder(folder_of(file))
                    folder.add(generated)
                    yield from folder.providers.items()

    # -- functions

    def functions(self) -> Mapping[str, Callable[[Sequence[Possible], Scope], Possible]]:
        """Terragrunt's own functions by name."""
        return {
            "find_in_parent_folders": self._find,
            "read_terragrunt_config": self._read_config,
            "get_env": self._environment_variable,
            "path_relative_to_include": self._relative_to_include,
            "path_relative_from_include": self._relative_from_include,
            "get_repo_root": lambda values, scope: known("/"),
            "get_path_to_repo_root": lambda values, scope: known("/"),
            "get_terragrunt_dir": lambda values, scope: known("/" + scope.instance.root.strip(".")),
            "get_original_terragrunt_dir": lambda values, scope: known("/" + scope.instance.root.strip(".")),
            "get_parent_terragrunt_dir": self._parent_folder,
        }

    def _find(self, values: Sequence[Possible], scope: Scope) -> Possible:
        wanted = [values[0][0].content] if values else list(PARENTS)
        # Also in an included file the search starts at the unit.
        folder = scope.instance.root
        while folder not in (".", ""):
            folder = folder_of(folder)
            for name in wanted:
                path = posixpath.normpath(posixpath.join(folder, str(name)))
                if isinstance(name, str) and self.project.exists(path):
                    return known("/" + path)
        return values[1] if len(values) > 1 else known(Failure(f"{wanted[0]} is not in a folder above"))

    def _read_config(self, values: Sequence[Possible], scope: Scope) -> Possible:
        path = tree_path(values[0][0].content, scope.instance.root) if values else None
        if path is None or not self.project.exists(path):
            return values[1] if len(values) > 1 else unknown("the file that is read is not in the scanned files")
        if path in self._reading:
            self._circles += 1
            return unknown(f"{path} reads itself")
        key = (scope.instance.root, path)
        before = self._read.get(key)
        if before is not None and before[0] is self._values:
            return before[1]
        circles = self._circles
        self._reading.add(path)
        value = self._exposed(scope.instance.root + "/" + UNIT, path, self.project.body(path))
        self._reading.discard(path)
        if circles == self._circles:
            # What a circle cut short holds only where it was met.
            self._read[key] = (self._values, value)
        return value

    def _environment_variable(self, values: Sequence[Possible], scope: Scope) -> Possible:
        if len(values) > 1:
            return tuple(replace(each, resolution=Resolution.ENV_DEFAULT) for each in values[1])
        name = values[0][0].content if values else ""
        return unknown(f"the environment variable {name} is read at run time", f"${{env.{name}}}")

    def _relative_to_include(self, values: Sequence[Possible], scope: Scope) -> Possible:
        return known(posixpath.relpath("/" + scope.instance.root.strip("."), "/" + scope.instance.folder.path.strip(".")))

    def _relative_from_include(self, values: Sequence[Possible], scope: Scope) -> Possible:
        return known(posixpath.relpath("/" + scope.instance.folder.path.strip("."), "/" + scope.instance.root.strip(".")))

    def _parent_folder(self, values: Sequence[Possible], scope: Scope) -> Possible:
        return known("/" + scope.instance.folder.path.strip("."))


def _extra(body: Body) -> Iterator[Block]:
    """What a file gives the commands besides the inputs."""
    for block in body.of_type("terraform"):
        yield from block.body.of_type("extra_arguments")


def _text(content: Content) -> str:
    if isinstance(content, Template):
        return "".join(part if isinstance(part, str) else "${unknown}" for part in content.parts)
    return content if isinstance(content, str) else ""
