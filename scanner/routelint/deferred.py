"""What a scan of one file would wait for, and never use, is made when it is first asked for.

`dataclass` is that of the standard library, but quick to define. The standard library compiles six functions for each frozen
dataclass, which takes 0.5 ms; that was a third of the scan of one file, where half of the classes are never used. Here it takes
0.02 ms: comparing, hashing and printing are closures over the names of the fields, and `__init__` is compiled when so many
objects were made that it pays. Type checkers see the standard library's decorator, and tests/test_startup.py holds every class
of the program against what the standard library makes of it.

`lazy_regex` is `re.compile`, put off: 180 regular expressions took 27 ms.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from types import MethodType
from typing import TYPE_CHECKING, Any

from routelint.importing import LateRegex

__all__ = ["dataclass", "lazy_regex"]

# Name -> what the class body says of the field: its default, a `field(...)`, or MISSING.
_Fields = Mapping[str, Any]
_FIELDS = "__deferred_fields__"
_set = object.__setattr__
# Compiling an `__init__` takes as long as filling this many objects without.
FEW_OBJECTS = 60

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from re import compile as lazy_regex
else:
    lazy_regex = LateRegex

    def dataclass(cls=None, /, *, eq=True, frozen=False, order=False, repr=True, slots=False):  # noqa: A002
        """The class with the methods of a dataclass; the options are those of the standard library."""
        options = {"eq": eq, "frozen": frozen, "order": order, "repr": repr}

        def decorate(body):
            return _defined(body, slots, options)

        return decorate if cls is None else decorate(cls)


class _Factory:
    """Stands in a signature for a default that is made anew for each object."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


class _Made:
    """An attribute of a class that is made when it is first asked for, and takes the place of this."""

    __slots__ = ("_cls", "_make", "_name")

    def __init__(self, make: Callable[[type], Any]) -> None:
        self._make = make

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls = cls
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        made = self._make(self._cls)
        setattr(self._cls, self._name, made)
        return made


class _Initializer:
    """The `__init__` of a class: fills a few objects by going through the fields, and is compiled when more are made.

    What a call gets wrong, the compiled one tells.
    """

    __slots__ = ("_cls", "_fields", "_frozen", "_made", "_plan", "_slots")

    def __init__(self, fields: _Fields, slots: bool, frozen: bool) -> None:
        self._fields = fields
        self._slots = slots
        self._frozen = frozen
        self._made = 0
        self._plan: _Plan | None = None

    def __set_name__(self, cls: type, name: str) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type) -> Any:
        self._made += 1
        if instance is not None and self._made <= FEW_OBJECTS:
            return MethodType(self._fill, instance)
        made = self._compiled()
        return made if instance is None else MethodType(made, instance)

    def _compiled(self) -> Callable[..., None]:
        made = _initializer(self._cls, self._fields, self._slots, self._frozen)
        setattr(self._cls, "__init__", made)  # noqa: B010 (type checkers forbid the plain way)
        return made

    def _fill(self, instance: object, /, *values: Any, **named: Any) -> None:
        plan = self._plan
        if plan is None:
            plan = self._plan = _Plan(self._cls, self._fields, self._slots, self._frozen)
        if not plan.fill(instance, values, named):
            self._compiled()(instance, *values, **named)


class _Plan:
    """How the fields of an object are filled."""

    __slots__ = ("_defaults", "_finish", "_names", "_others", "_set")

    def __init__(self, cls: type, fields: _Fields, slots: bool, frozen: bool) -> None:
        self._names: list[str] = []
        # Field -> its default, and what makes one.
        self._defaults: dict[str, tuple[Any, Callable[[], Any] | None]] = {}
        # Fields that no caller gives.
        self._others: list[str] = []
        for name, said in fields.items():
            default, factory, given = _said(said)
            if given:
                self._names.append(name)
            elif factory is not None or (slots and default is not MISSING):
                self._others.append(name)
            if factory is not None or default is not MISSING:
                self._defaults[name] = (default, factory)
        self._set: Callable[[Any, str, Any], None] = _set if frozen else setattr
        self._finish = hasattr(cls, "__post_init__")

    def fill(self, instance: Any, values: tuple[Any, ...], named: Mapping[str, Any]) -> bool:
        """Fills the object; False where the call does not fit the fields."""
        names, put = self._names, self._set
        count = len(values)
        if count > len(names):
            return False
        for name, value in zip(names, values, strict=False):
            put(instance, name, value)
        taken = 0
        for name in names[count:] if count else names:
            if name in named:
                put(instance, name, named[name])
                taken += 1
            elif name in self._defaults:
                default, factory = self._defaults[name]
                put(instance, name, default if factory is None else factory())
            else:
                return False
        if taken != len(named):
            return False
        for name in self._others:
            default, factory = self._defaults[name]
            put(instance, name, default if factory is None else factory())
        if self._finish:
            instance.__post_init__()
        return True


def _said(said: Any) -> tuple[Any, Callable[[], Any] | None, bool]:
    """What a class body says of a field: its default, what makes one, and whether callers give it."""
    if not isinstance(said, Field):
        return said, None, True
    factory: Any = said.default_factory
    return said.default, None if factory is MISSING else factory, said.init


def _defined(body: type, slots: bool, options: Mapping[str, bool]) -> type:
    """The dataclass that a class body describes; a new class where it has slots."""
    content = dict(body.__dict__)
    own = {name: content.get(name, MISSING) for name, said in body.__annotations__.items() if not said.startswith("ClassVar")}
    fields: dict[str, Any] = {}
    for base in body.__mro__[-2:0:-1]:
        fields |= base.__dict__.get(_FIELDS, {})
    fields |= own
    values = _values(fields)
    made = _methods(fields, values, slots, options)
    made[_FIELDS] = own
    for name in made.keys() & content.keys():
        del made[name]  # what the class body has wins
    if options["eq"] and ("__hash__" not in content or ("__eq__" in content and content["__hash__"] is None)):
        # What is compared by value has a hash where it cannot change, and none where it can.
        made["__hash__"] = (lambda self: hash(values(self))) if options["frozen"] else None
    return _with_slots(body, content, own, made) if slots else _with_plain_defaults(body, own, made)


def _with_slots(body: type, content: dict[str, Any], own: _Fields, made: Mapping[str, Any]) -> type:
    """A class like `body` whose fields are slots; their defaults are known to `__init__` alone."""
    inherited = {slot for base in body.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    for name in ("__dict__", "__weakref__", *own):
        content.pop(name, None)
    content["__slots__"] = tuple([name for name in own if name not in inherited]) if inherited else tuple(own)
    content |= made
    content["__qualname__"] = body.__qualname__
    return type(body)(body.__name__, body.__bases__, content)


def _with_plain_defaults(body: type, own: _Fields, made: Mapping[str, Any]) -> type:
    """The class itself, with the default of a `field(...)` in its place, as the standard library leaves it."""
    for name, default in own.items():
        if isinstance(default, Field):
            if default.default is MISSING:
                delattr(body, name)
            else:
                setattr(body, name, default.default)
    for name, value in made.items():
        setattr(body, name, value)
        if isinstance(value, _Made | _Initializer):
            value.__set_name__(body, name)
    return body


def _having(fields: _Fields, what: str) -> tuple[str, ...]:
    """The names of the fields that take part in `init`, `repr` or `compare`."""
    return tuple([name for name, said in fields.items() if not isinstance(said, Field) or getattr(said, what)])


def _methods(fields: _Fields, values: Callable[[object], Any], slots: bool, options: Mapping[str, bool]) -> dict[str, Any]:
    """The methods of a dataclass but its hash; `values` gives what is compared of an object."""
    frozen = options["frozen"]
    methods: dict[str, Any] = {
        "__init__": _Initializer(fields, slots, frozen),
        "__match_args__": _having(fields, "init"),
        "__dataclass_fields__": _Made(lambda cls: _standard_fields(cls, fields)),
        "__dataclass_params__": _Made(lambda cls: _standard_parameters(cls, options)),
    }
    if options["repr"]:
        methods["__repr__"] = _printer(fields)
    if options["eq"]:
        methods["__eq__"] = _equality(values)
    if options["order"]:
        methods |= _order(values)
    if frozen:
        methods |= _guards(fields)
        if slots:
            methods |= _pickling(fields)
    return methods


def _standard_fields(cls: type, fields: _Fields) -> dict[str, Field[Any]]:
    """The fields as the standard library's own functions want them: `replace`, `fields`, `asdict`."""
    types = _types(cls, fields)
    found: dict[str, Any] = {}
    for name, said in fields.items():
        each: Any = said if isinstance(said, Field) else dataclasses.field(default=said)
        each.name, each.type, each.kw_only = name, types[name], False
        # NOTE: what says that it is a field of an object; the standard library has had it since 3.7 and no other way to say it.
        each._field_type = dataclasses._FIELD  # type: ignore[attr-defined]
        found[name] = each
    return found


def _standard_parameters(cls: type, options: Mapping[str, bool]) -> Any:
    """What the standard library keeps of the options of a dataclass."""
    # Where there is no docstring, it would work a signature out.
    plain: Any = dataclasses.dataclass(**options)(type(cls.__name__, (), {"__doc__": "-"}))
    return plain.__dataclass_params__


def _types(cls: type, fields: _Fields) -> Mapping[str, str]:
    """The annotations of the fields, inherited ones too."""
    said: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        said |= {name: each for name, each in getattr(base, "__annotations__", {}).items() if name in fields}
    return said


def _values(fields: _Fields) -> Callable[[object], Any]:
    """What gives the values of an object that are compared, as a tuple where there are several."""
    names = _having(fields, "compare")
    return attrgetter(*names) if names else lambda _: ()


def _printer(fields: _Fields) -> Callable[[object], str]:
    def __repr__(self: object) -> str:  # noqa: N807
        parts = [f"{name}={getattr(self, name)!r}" for name in _having(fields, "repr")]
        return f"{type(self).__qualname__}({', '.join(parts)})"

    return __repr__


def _equality(values: Callable[[object], Any]) -> Callable[[object, object], bool]:
    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _order(values: Callable[[object], Any]) -> Mapping[str, Callable[[Any, Any], bool]]:
    def __lt__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) < values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __le__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) <= values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __gt__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) > values(other)) if other.__class__ is self.__class__ else NotImplemented

    def __ge__(self: object, other: object) -> bool:  # noqa: N807
        return bool(values(self) >= values(other)) if other.__class__ is self.__class__ else NotImplemented

    return {"__lt__": __lt__, "__le__": __le__, "__gt__": __gt__, "__ge__": __ge__}


def _guards(fields: _Fields) -> Mapping[str, Callable[..., None]]:
    """What keeps an object as it was made; a class that inherits from a dataclass and is none may add to it."""

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        if name in fields or _FIELDS in type(self).__dict__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        _set(self, name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        if name in fields or _FIELDS in type(self).__dict__:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        object.__delattr__(self, name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _pickling(fields: _Fields) -> Mapping[str, Callable[..., Any]]:
    """What copies objects whose slots cannot be set in the ordinary way."""

    def __getstate__(self: object) -> list[Any]:  # noqa: N807
        return [getattr(self, name) for name in fields]

    def __setstate__(self: object, state: list[Any]) -> None:  # noqa: N807
        for name, value in zip(fields, state, strict=True):
            _set(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}


def _initializer(cls: type, fields: _Fields, slots: bool, frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class, compiled from the names of its fields."""
    bound: dict[str, object] = {"_set": _set, "_FACTORY": _FACTORY}
    parameters, lines = ["self"], []
    for name, said in fields.items():
        default, factory, given = _said(said)
        value = name
        if factory is not None:
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
        elif factory is None and not (slots and default is not MISSING):
            continue  # the class has its default, or `__post_init__` sets it
        if not frozen:
            lines.append(f"  self.{name} = {value}")
        elif slots:
            # What a slot is set by need not be looked for, and no guard is in its way: a third less than `object.__setattr__`.
            bound[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f"  _set_{name}(self, {value})")
        else:
            lines.append(f"  _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    source = f"def make({', '.join(bound)}):\n def __init__({', '.join(parameters)}):\n" + "\n".join(lines or ["  pass"])
    made: dict[str, Callable[..., Callable[..., None]]] = {}
    exec(f"{source}\n return __init__", vars(sys.modules[cls.__module__]), made)
    function = made["make"](**bound)
    function.__qualname__ = f"{cls.__qualname__}.__init__"
    function.__annotations__ = {"return": None}
    said_types = _types(cls, fields)
    function.__annotations__ |= {name: said_types[name] for name in _having(fields, "init")}
    return function
