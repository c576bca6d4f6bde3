"""Writes one program: blocks of statements, small parts, and the forms that were registered.

Each call of the SDK stands on a line of its own, so what it received while the program ran can be held against what the parser
says of that line. The values are made by forms that lean on each other at random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from python_programs.program import Program

Picked = TypeVar("Picked")

Form = Callable[["Writer", "Block", int], str]
"""Writes what an expression needs, at most so deep, and gives the expression."""

Sink = Callable[["Writer", "Block"], None]
"""Writes a call of the SDK."""


@dataclass
class Block:
    """Where statements are written: a file and an indentation; `file` is shared by the blocks of one file."""

    path: str
    file: list[str]
    depth: int = 0

    def add(self, *lines: str) -> None:
        """Writes statements; each may have lines of its own."""
        for line in "\n".join(lines).split("\n"):
            self.file.append("    " * self.depth + line)

    def inner(self) -> Block:
        """A block one level further in."""
        return Block(self.path, self.file, self.depth + 1)


class Writer:
    """Writes one program of `size` calls, each fed by forms nested up to `depth`; forms and sinks come with their weights."""

    def __init__(self, seed: int, size: int, forms: Mapping[Form, int], sinks: Mapping[Sink, int], depth: int = 3) -> None:
        self.random = random.Random(seed)
        self.forms = [form for form, weight in forms.items() for _ in range(weight)]
        self.kinds = [sink for sink, weight in sinks.items() for _ in range(weight)]
        self.size = size
        self.depth = depth
        self.package = self.random.choice(["shop", "app", "agents"])
        self.prefix = self.random.choice(["", "", "src/"])
        self.files: dict[str, list[str]] = {}
        self.data: dict[str, str] = {}
        self.environment: dict[str, str] = {}
        self.used: list[str] = []
        self.opaque = False
        self.count = 0
        self.program = Program({}, self.environment)

    # Small parts -------------------------------------------------------------------------------------------------

    def name(self, stem: str = "v") -> str:
        """A name nothing else has."""
        self.count += 1
        return f"{stem}_{self.count}"

    def model(self) -> str:
        """A model identifier nothing else has."""
        self.count += 1
        return f"{self.random.choice(['amazon', 'anthropic', 'meta'])}.test-{self.count}-v1:0"

    def literal(self) -> str:
        """A model as a text in the source."""
        return repr(self.model())

    def pick(self, options: Sequence[Picked]) -> Picked:
        """Any of the options."""
        return self.random.choice(options)

    def file(self, path: str) -> Block:
        """The module level of a file, made where it is new."""
        return Block(path, self.files.setdefault(path, []))

    def text(self, block: Block, depth: int) -> str:
        """An expression that is a model identifier; what it needs is written before."""
        if depth <= 0:
            return self.literal()
        form = self.pick(self.forms)
        self.used.append(form.__name__.strip("_"))
        return form(self, block, depth - 1)

    def held(self, block: Block, depth: int) -> str:
        """A variable that holds a model."""
        name, value = self.name(), self.text(block, depth)
        block.add(f"{name} = {value}")
        return name

    def truth(self, block: Block, outcome: bool) -> str:
        """A condition that comes out as said and can be told without running it."""
        name = self.name("flag")
        match self.random.randrange(9):
            case 0:
                return str(outcome)
            case 1:
                block.add(f"{name} = {outcome}")
                return name
            case 2:
                block.add(f"{name} = {'prod' if outcome else 'dev'!r}")
                return f"{name} == 'prod'"
            case 3:
                block.add(f"{name} = {'prod' if outcome else 'dev'!r}")
                return f"{name} != 'dev'"
            case 4:
                block.add(f"{name} = {None if outcome else 'x'!r}")
                return f"{name} is None"
            case 5:
                block.add(f"{name} = {'a' if outcome else 'c'!r}")
                return f"{name} in ('a', 'b')"
            case 6:
                block.add(f"{name} = {'eu-west-1' if outcome else 'us-east-1'!r}")
                return f"{name}.startswith('eu')"
            case 7:
                block.add("import os")
                return f"os.getenv('{name.upper()}', 'dev') {'==' if outcome else '!='} 'dev'"
            case _:
                block.add(f"{name} = {outcome}")
                return f"not {name} or {outcome}" if outcome else f"{name} and True"

    def condition(self, block: Block, outcome: bool) -> str:
        """A condition that comes out as said; one in eight is left to the run."""
        if self.random.randrange(8):
            return self.truth(block, outcome)
        self.opaque = True
        block.add("import sys")
        return f"len(sys.argv) {'<' if outcome else '>'} 40"

    # The program -------------------------------------------------------------------------------------------------

    def write(self) -> Program:
        """The whole program."""
        self.file(f"{self.prefix}{self.package}/__init__.py")
        main = self.file("main.py")
        per_file = max(1, self.size // 6)
        for number in range(0, self.size, per_file):
            path = f"{self.prefix}{self.package}/part_{number}.py"
            block = self.file(path)
            block.add("import boto3", self.pick(["client = boto3.client('bedrock-runtime')",
                                                 "client = boto3.Session().client('bedrock-runtime')"]))  # fmt: skip
            for _ in range(per_file):
                self.sink(block)
            main.add(f"import {self.package}.part_{number}")
        self.program.files = {path: "\n".join(lines) + "\n" for path, lines in self.files.items()} | self.data
        return self.program

    def sink(self, block: Block) -> None:
        """One call of the SDK, at module level or in a function."""
        self.used, self.opaque = [], False
        form = self.pick(self.kinds)
        self.used.append(form.__name__.strip("_"))
        if self.random.random() < 0.4:
            name = self.name("step")
            block.add(f"def {name}():")
            form(self, block.inner())
            block.add(f"{name}()")
        else:
            form(self, block)

    def call(self, block: Block, arguments: str, before: str = "", after: str = "") -> None:
        """The line of a call."""
        operation = self.pick(["converse", "converse", "invoke_model"])
        block.add(f"{before}client.{operation}({arguments}){after}")
        self.mark(block)

    def mark(self, block: Block) -> None:
        """Notes that the last line is a sink."""
        key = (block.path, len(block.file))
        self.program.forms[key] = tuple(self.used)
        if self.opaque:
            self.program.open.add(key)
