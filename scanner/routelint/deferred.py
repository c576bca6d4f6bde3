"""What a scan of one file would wait for, and never use, is made when it is first asked for.

`dataclass` is that of the standard library, but quick to define. The standard library compiles six functions for each frozen
dataclass, which takes 0.5 ms; that was a third of the scan of one file, where half of the classes are never used. Here it takes
0.03 ms: comparing, hashing and printing are closures over the names of the fields, and `__init__` is compiled when it is first
asked for. Type checkers see the standard library's decorator, and tests/test_startup.py holds every class of the program
against what the standard library makes of it.

`lazy_regex` is `re.compile`, put off: 180 regular expressions took 27 ms. `postpone` does the same for modules.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "lazy_regex", "postpone"]

# Name -> what the class body says of the field: its default, a `field(...)`, or MISSING.
_Fields = Mapping[str, Any]
_FIELDS = "__deferred_fields__"
_set = object.__setattr__

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from re import compile as lazy_regex
else:

    class lazy_regex:  # noqa: N801
        """A regular expression that is compiled when it is first used; each of its methods is looked up once."""

        def __init__(self, pattern, flags=0):
            self._arguments = (pattern, flags)

        def __getattr__(self, name):
            if name == "_compiled":
                self._compiled = re.compile(*self._arguments)
                return self._compiled
            found = getattr(self._compiled, name)
            setattr(self, name, found)
            return found

    def dataclass(cls=None, /, *, eq=True, frozen=False, order=False, repr=True, slots=False):  # noqa: A002
        """The class with the methods of a dataclass; the options are those of the standard library."""
        options = {"eq": eq, "frozen": frozen, "order": order, "repr": repr}

        def decorate(body):
            return _defined(body, slots, options)

        return decorate if cls is None else decorate(cls)


def postpone(*names: str) -> None:
    """Lets the modules of these names run when something in them is first asked for, not when they are imported."""
    sys.meta_path.insert(0, _Postponing(frozenset(names)))


class _Postponing:
    """Finds the modules of some names as others do, and has them loaded late."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where a module is; None where it is none of these."""
        spec = PathFinder.find_spec(name, path) if name in self._names else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            late: Any = _LateLoader(spec.loader)
            spec.loader = late
        return spec


class _LateLoader:
    """Loads a module when a name is first looked for in it and not found.

    `importlib.util.LazyLoader` is not used: in Python 3.11 a second import of its modules already runs them.
    """

    def __init__(self, loader: SourceFileLoader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module."""
        return _LateModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet."""


class _LateModule(ModuleType):
    """A module that has not run."""

    def __getattr__(self, name: str) -> Any:
        late: Any = self.__spec__ and self.__spec__.loader
        # The import system asks for `__path__` and the like before it has set them.
        if name.startswith("__") or not isinstance(late, _LateLoader):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        assert self.__spec__ is not None
        self.__spec__.loader = self.__loader__ = late.loader
        object.__setattr__(self, "__class__", ModuleType)
        late.loader.exec_module(self)
        return getattr(self, name)


class _Factory:
    """Stands in a signature for a default that is made anew for each object."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


class _Deferred:
    """An attribute of a class that is made when it is first asked for, and takes the place of this."""

    __slots__ = ("_cls", "_make", "_name")

    def __init__(self, cls: type, name: str, make: Callable[[], Any]) -> None:
        self._cls = cls
        self._name = name
        self._make = make

    def __get__(self, instance: object, owner: type) -> Any:
        made = self._make()
        setattr(self._cls, self._name, made)
        bind = getattr(type(made), "__get__", None)
        return made if bind is None else bind(made, instance, owner)


def _defined(body: type, slots: bool, options: Mapping[str, bool]) -> type:
    """The dataclass that a class body describes; a new class where it has slots."""
    annotations = inspect.get_annotations(body)
    own = {name: body.__dict__.get(name, MISSING) for name, said in annotations.items() if not said.startswith("ClassVar")}
    cls = _with_slots(body, tuple(own)) if slots else _with_plain_defaults(body, own)
    fields: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= base.__dict__.get(_FIELDS, {})
    fields |= own
    written = frozenset(cls.__dict__)
    setattr(cls, _FIELDS, own)
    for name, method in _methods(cls, fields, slots, options).items():
        if name not in written:
            setattr(cls, name, method)
    if options["eq"] and ("__hash__" not in written or ("__eq__" in written and cls.__dict__["__hash__"] is None)):
        _set_hash(cls, fields, options["frozen"])

    def standard(**skipped: bool) -> Any:
        """What the standard library makes of the same fields, for its own functions: `replace`, `fields`, `asdict`."""
        said_types: dict[str, str] = {}
        for each in reversed(cls.__mro__):
            said_types |= {name: said for name, said in inspect.get_annotations(each).items() if name in fields}
        given = {name: default for name, default in fields.items() if default is not MISSING}
        # Where there is no docstring, the standard library works a signature out.
        about = {"__annotations__": said_types, "__module__": cls.__module__, "__doc__": cls.__doc__ or "-"}
        plain = type(cls.__name__, (), {**about, **given})
        return dataclasses.dataclass(**{**options, **skipped})(plain)

    def standard_fields() -> Any:
        # Compiles nothing.
        return standard(init=False, repr=False, eq=False, order=False, frozen=False).__dataclass_fields__

    cls_any: Any = cls
    cls_any.__dataclass_fields__ = _Deferred(cls, "__dataclass_fields__", standard_fields)
    cls_any.__dataclass_params__ = _Deferred(cls, "__dataclass_params__", lambda: standard().__dataclass_params__)
    return cls


def _with_slots(body: type, names: tuple[str, ...]) -> type:
    """A class like `body` whose fields are slots; their defaults are known to `__init__` alone."""
    inherited = {slot for base in body.__mro__[1:] for slot in base.__dict__.get("__slots__", ())}
    dropped = {*names, "__dict__", "__weakref__"}
    content = {name: value for name, value in body.__dict__.items() if name not in dropped}
    content["__slots__"] = tuple(name for name in names if name not in inherited)
    made = type(body)(body.__name__, body.__bases__, content)
    made.__qualname__ = body.__qualname__
    return made


def _with_plain_defaults(body: type, own: _Fields) -> type:
    """The class itself, with the default of a `field(...)` in its place, as the standard library leaves it."""
    for name, default in own.items():
        if isinstance(default, Field):
            if default.default is MISSING:
                delattr(body, name)
            else:
                setattr(body, name, default.default)
    return body


def _having(fields: _Fields, what: str) -> tuple[str, ...]:
    """The names of the fields that take part in `init`, `repr` or `compare`."""
    return tuple(name for name, said in fields.items() if not isinstance(said, Field) or getattr(said, what))


def _methods(cls: type, fields: _Fields, slots: bool, options: Mapping[str, bool]) -> Mapping[str, Any]:
    """The methods of a dataclass but its hash; those that the class body has win over them."""
    methods: dict[str, Any] = {
        "__init__": _Deferred(cls, "__init__", lambda: _initializer(cls, fields, slots, options["frozen"])),
        "__match_args__": _having(fields, "init"),
    }
    if options["repr"]:
        methods["__repr__"] = _printer(_having(fields, "repr"))
    if options["eq"]:
        methods |= _comparisons(_values(fields), options["order"])
    if options["frozen"]:
        methods |= _guards(cls, frozenset(fields))
        if slots:
            methods |= _pickling(tuple(fields))
    return methods


def _values(fields: _Fields) -> Callable[[object], Any]:
    """What gives the values of an object that are compared, as a tuple where there are several."""
    names = _having(fields, "compare")
    return attrgetter(*names) if names else lambda _: ()


def _set_hash(cls: Any, fields: _Fields, frozen: bool) -> None:
    """What is compared by value has a hash where it cannot change, and none where it can."""
    if not frozen:
        cls.__hash__ = None
        return
    values = _values(fields)
    cls.__hash__ = lambda self: hash(values(self))


def _printer(names: tuple[str, ...]) -> Callable[[object], str]:
    def __repr__(self: object) -> str:  # noqa: N807
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _comparisons(values: Callable[[object], Any], order: bool) -> Mapping[str, Callable[[Any, Any], bool]]:
    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __lt__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) < values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __le__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) <= values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __gt__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) > values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __ge__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) >= values(other)) if other.__class__ is self.__class__ else NotImplemented

    ordered = {"__lt__": __lt__, "__le__": __le__, "__gt__": __gt__, "__ge__": __ge__}
    return {"__eq__": __eq__, **(ordered if order else {})}


def _guards(cls: Any, names: frozenset[str]) -> Mapping[str, Callable[..., None]]:
    """What keeps an object as it was made."""

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _pickling(names: tuple[str, ...]) -> Mapping[str, Callable[..., Any]]:
    """What copies objects whose slots cannot be set in the ordinary way."""

    def __getstate__(self: object) -> list[Any]:  # noqa: N807
        return [getattr(self, name) for name in names]

    def __setstate__(self: object, state: list[Any]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            _set(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}


def _initializer(cls: type, fields: _Fields, slots: bool, frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class, compiled from the names of its fields."""
    bound: dict[str, object] = {"_set": _set, "_FACTORY": _FACTORY}
    parameters, lines = ["self"], []
    for name, said in fields.items():
        default = said.default if isinstance(said, Field) else said
        factory = said.default_factory if isinstance(said, Field) else MISSING
        given = not isinstance(said, Field) or said.init
        value = name
        if factory is not MISSING:
            bound[f"_make_{name}"] = factory
            value = f"_make_{name}() if {name} is _FACTORY else {name}" if given else f"_make_{name}()"
            bound[f"_default_{name}"] = default = MISSING if given else default
            parameter = f"{name}=_FACTORY"
        elif default is not MISSING:
            bound[f"_default_{name}"] = default
            parameter = f"{name}=_default_{name}"
            value = name if given else f"_default_{name}"
        else:
            parameter = name
        if given:
            parameters.append(parameter)
        elif factory is MISSING and not (slots and default is not MISSING):
            continue  # the class has its default, or `__post_init__` sets it
        lines.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    source = f"def make({', '.join(bound)}):\n def __init__({', '.join(parameters)}):\n" + "\n".join(lines or ["  pass"])
    made: dict[str, Callable[..., Callable[..., None]]] = {}
    exec(f"{source}\n return __init__", vars(sys.modules[cls.__module__]), made)
    function = made["make"](**bound)
    function.__qualname__ = f"{cls.__qualname__}.__init__"
    function.__annotations__ = {"return": None}
    for base in reversed(cls.__mro__):
        said_types = inspect.get_annotations(base)
        function.__annotations__ |= {name: said_types[name] for name in _having(fields, "init") if name in said_types}
    return function
