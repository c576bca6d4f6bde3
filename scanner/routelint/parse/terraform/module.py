"""Folders of Terraform files as declarations, and the instances of them that a root calls into being."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeVar

from routelint.deferred import dataclass
from routelint.parse.terraform.nodes import Attribute, Block, Body, literal_text
from routelint.possible import Content, Possible

Key = TypeVar("Key")


@dataclass(eq=False)
class Folder:
    """What the files of one folder declare together; of duplicate declarations the first in file order counts.

    `policy_users` is who refers to an IAM resource, and under which attribute, once somebody asked.
    """

    path: str
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Block] = field(default_factory=dict)
    managed: list[Block] = field(default_factory=list)
    modules: dict[str, Block] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    providers: dict[tuple[str, str], Block] = field(default_factory=dict)
    policy_users: dict[str, list[tuple[Block, str]]] | None = None

    def add(self, body: Body, *, override: bool = False) -> None:
        """The declarations of one more file; those of an override file replace attributes of the same thing."""
        for block in body.blocks:
            match block.type, block.labels:
                case "variable", (name, *_):
                    _declare(self.variables, name, block, override)
                case "output", (name, *_):
                    _declare(self.outputs, name, block, override)
                case "module", (name, *_):
                    _declare(self.modules, name, block, override)
                case ("resource" | "data" | "ephemeral") as mode, (kind, name, *_):
                    mode = "data" if mode == "data" else "resource"
                    if not (override and (mode, kind, name) in self.resources):
                        self.managed.append(block)
                    _declare(self.resources, (mode, kind, name), block, override)
                case "provider", (name, *_):
                    alias = block.body.attributes.get("alias")
                    text = literal_text(alias.expression) if alias is not None else None
                    _declare(self.providers, (name, text or ""), block, override)
                case "locals", _:
                    for name, attribute in block.body.attributes.items():
                        if override or name not in self.locals:
                            self.locals[name] = attribute

    @property
    def empty(self) -> bool:
        """Whether nothing was declared."""
        return not (self.managed or self.modules or self.variables or self.locals or self.outputs or self.providers)


def _declare(declared: dict[Key, Block], key: Key, block: Block, override: bool) -> None:
    original = declared.get(key)
    if original is None:
        declared[key] = block
    elif override:
        replaced = {inner.type for inner in block.body.blocks}
        original.body.attributes.update(block.body.attributes)
        original.body.blocks[:] = [
            *(inner for inner in original.body.blocks if inner.type not in replaced),
            *block.body.blocks,
        ]


@dataclass(eq=False)
class Instance:
    """One use of a folder: a root, or a module as one caller calls it.

    `arguments` are the attributes the call passes, to be evaluated in `scope`, the caller's; `given` are variables whose values
    are known already. `names` are bound everywhere in it. `address` is `module.a.module.b`, empty for a root. Values of names,
    called modules, scopes and counts of resources are kept once they are known.
    """

    folder: Folder
    root: str
    address: str = ""
    parent: Instance | None = None
    name: str = ""
    call: Block | None = None
    scope: Scope | None = None
    arguments: Mapping[str, Attribute] = field(default_factory=dict)
    given: Mapping[str, Possible] = field(default_factory=dict)
    names: Mapping[str, Possible] = field(default_factory=dict)
    values: dict[str, Possible] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    children: dict[str, tuple[Instance, ...]] = field(default_factory=dict)
    scopes: dict[Block, list[tuple[str | None, Scope]]] = field(default_factory=dict)
    counts: dict[Block, tuple[Content, ...]] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether the calls that lead here are made: none of them has a count of 0 or nothing to run over."""
        return self.scope is None or self.scope.alive

    @property
    def depth(self) -> int:
        """How many calls lie between the root and here."""
        return 0 if self.parent is None else self.parent.depth + 1


@dataclass(frozen=True, eq=False)
class Scope:
    """Where an expression is evaluated: an instance, and the names bound there (`each`, `count`, `for` names).

    `alive` is false for what the configuration leaves out: a count of 0, a collection without items.
    """

    instance: Instance
    names: Mapping[str, Possible] = field(default_factory=dict)
    alive: bool = True

    def bind(self, **names: Possible) -> Scope:
        """The scope with further names."""
        return self.with_names(names)

    def with_names(self, names: Mapping[str, Possible], *, alive: bool = True) -> Scope:
        """The scope with further names that may be no identifiers; what is left out stays so."""
        return Scope(self.instance, {**self.names, **names}, self.alive and alive)
