"""What a Python expression may be beyond texts and collections: functions, classes, objects, and things from outside.

Each is a `Hole` to whoever does not know it, so a text built from one says what stands in its place.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.python.scopes import Scope
from routelint.possible import MOST_POSSIBILITIES, Content, Hole, Items, Possibility, Possible, Record, Template, known

NOTHING: Possible = ()
"""No possibility at all: a value that depends on itself, or code that is never reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One activation of a function: what its parameters are, and the frame of the code around it.

    A frame that is not `bound` stands for every activation: its parameters are what the callers pass. `turns` says in which
    turn of which loops it is, and `around` is the same activation outside the innermost of them.
    """

    scope: Scope
    arguments: Mapping[str, Passed] = field(default_factory=dict)
    bound: bool = False
    instance: Possible | None = None
    outer: Frame | None = None
    turns: Mapping[ast.stmt, int] = field(default_factory=dict)
    around: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where an expression is evaluated: just before `statement` of a scope, or at the scope's end where it is None.

    `local` holds the variables of comprehensions and lambdas, and names narrowed by a condition around the expression.
    """

    scope: Scope
    statement: ast.stmt | None
    frame: Frame
    local: Mapping[str, Possible] = field(default_factory=dict)

    def binding(self, names: Mapping[str, Possible]) -> Site:
        """The same place with more variables."""
        return replace(self, local={**self.local, **names}) if names else self


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """An argument that is evaluated only when somebody asks for it."""

    node: ast.expr
    site: Site
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What `*args` or `**kwargs` gathers: a prompt handed on is not followed because somebody asks for the client beside it."""

    gather: Callable[[], Possible]


Passed = Argument | Gathered | Possible


@dataclass(frozen=True, slots=True)
class Symbol(Hole):
    """A module, class, function or attribute from outside the repository; `path` is dotted, `()` marks a call on the way.

    `origin` is the object the attribute was taken from, where it was made by a call.
    """

    path: str = ""
    origin: Made | None = None


@dataclass(frozen=True, slots=True)
class Made(Hole):
    """What a call of an outside callable returned."""

    path: str = ""
    call: ast.Call | None = field(default=None, compare=False)
    site: Site | None = field(default=None, compare=False, repr=False)
    origin: Made | None = None


@dataclass(frozen=True, slots=True)
class ModuleValue(Hole):
    """A module or package of the repository."""

    path: str = ""


@dataclass(frozen=True, slots=True)
class Function(Hole):
    """A function of the repository, bound to an object where it is a method.

    `stands_for` is the function that was decorated, where this is the wrapper its decorator made.
    """

    scope: Scope | None = field(default=None)
    instance: Possible | None = field(default=None, compare=False)
    outer: Frame | None = field(default=None, compare=False, repr=False)
    stands_for: Scope | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Class(Hole):
    """A class of the repository."""

    scope: Scope | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Instance(Hole):
    """An object of a class of the repository; without a `call` it stands for every object of the class.

    `handed` is why it may be one that no code of the repository makes: what calls a handler fills it from a request.
    """

    scope: Scope | None = field(default=None)
    call: ast.Call | None = field(default=None, compare=False)
    site: Site | None = field(default=None, compare=False, repr=False)
    handed: str = ""


class Member(str):
    """A member of an enum whose value is a text: that text, and where it belongs.

    `textual` says that the text of the member itself is its value, as it is of a `StrEnum`.
    """

    scope: Scope
    name: str
    textual: bool

    __slots__ = ("name", "scope", "textual")

    @classmethod
    def of(cls, value: str, scope: Scope, name: str, *, textual: bool) -> Member:
        """The member `name` of the enum `scope`."""
        member = cls(value)
        member.scope, member.name, member.textual = scope, name, textual
        return member


@dataclass(frozen=True, slots=True)
class Unset(Hole):
    """An environment variable that is read without a default and that nothing in the scanned files sets.

    Code that puts a value in its place where it is missing says what it is then, as a default does.
    """

    name: str = ""


@dataclass(frozen=True, slots=True)
class Raised(Hole):
    """No value: the program raises an exception here."""


@dataclass(frozen=True, slots=True)
class Partial(Hole):
    """A callable with some arguments given already."""

    callee: Possible = ()
    call: ast.Call | None = field(default=None, compare=False)
    site: Site | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FilePath(Hole):
    """A path of the file system; inside the repository it starts with `ROOT`."""

    text: str = ""


ROOT = "/<repository>"
"""Stands for the scanned root in the paths that `__file__` gives."""


def is_special(content: Content) -> bool:
    """Whether the content is a Python object that can be told, not a gap in knowledge."""
    return isinstance(content, Symbol | Made | ModuleValue | Function | Class | Instance | Partial | FilePath)


def is_gap(content: Content) -> bool:
    """Whether nothing is known of the content."""
    return isinstance(content, Hole) and not is_special(content)


def symbol(path: str, origin: Made | None = None) -> Possible:
    """A thing from outside, by its dotted path."""
    return known(Symbol(f"'{path}' is not a text", path=path, origin=origin))


def step(possible: Possible, hop: Hop | None, resolution: Resolution | None = None) -> Possible:
    """Every possibility one hop further away; the resolution is kept where a deeper step already tells more."""
    moved = []
    for each in possible:
        stronger = resolution if resolution is not None and _yields(each.resolution, resolution) else None
        if hop is not None:
            moved.append(each.via(hop, stronger))
        else:
            moved.append(Possibility(each.content, each.trail, each.environments, stronger) if stronger else each)
    return tuple(moved)


_WEAK = (Resolution.LITERAL, Resolution.CONSTANT)


def _yields(have: Resolution, new: Resolution) -> bool:
    return have is Resolution.LITERAL or (have is Resolution.CONSTANT and new not in _WEAK)


def join(alternatives: Sequence[Possible]) -> Possible:
    """Every alternative without repeats, in order, and without those that are nothing; the surplus becomes a hole."""
    real = [each for each in alternatives if each]
    if len(real) <= 1:
        return real[0] if real else NOTHING
    united: dict[Hashable, Possibility] = {}
    for each in itertools.chain.from_iterable(real):
        united.setdefault((_identity(each.content), each.environments, _origin(each.trail)), each)
        if len(united) > MOST_POSSIBILITIES:
            kept = tuple(united.values())[:MOST_POSSIBILITIES]
            return (*kept, Possibility(Hole(f"more than {MOST_POSSIBILITIES} possible values")))
    return tuple(united.values())


def _origin(trail: tuple[Hop, ...]) -> Hashable:
    """Where a value was written. Two ways from there to here are one value: comparing them whole took half of a long scan."""
    if not trail:
        return None
    location = trail[-1].location
    return location.path, location.span.start_line, location.span.start_column


def _identity(content: Content) -> Hashable:
    """What tells contents apart: the content itself, for a collection the object, since comparing all of it costs too much."""
    if isinstance(content, Items | Record):
        return id(content)
    if isinstance(content, Made | Instance):
        return type(content), content.reason, id(content.call), id(content.site and content.site.frame)
    if isinstance(content, Function):
        return Function, id(content.scope), id(content.instance), id(content.outer)
    if isinstance(content, Partial):
        return Partial, id(content.call)
    return type(content), content


def contents(possible: Possible) -> Iterator[Content]:
    """The contents without where they came from."""
    return (each.content for each in possible)


def sole_text(possible: Possible) -> str | None:
    """The text, where there is exactly one possibility and it is a text."""
    if len(possible) == 1 and isinstance(possible[0].content, str):
        return possible[0].content
    return None


def plain(possible: Possible) -> Possible:
    """The same as a text for another program, such as an environment variable: all but texts and numbers become holes."""
    return tuple(replace(each, content=_plain(each.content)) for each in possible)


def _plain(content: Content) -> Content:
    match content:
        case Hole(reason, label):
            return Hole(reason, label)
        case Member():
            return str(content)
        case Template(parts):
            return Template(tuple(Hole(part.reason, part.label) if isinstance(part, Hole) else str(part) for part in parts))
        case Items() | Record():
            return Hole("a list or map stands where a text is expected")
    return content
