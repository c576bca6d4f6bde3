# ruff: noqa: E501  (the rows of a table stay on one line)
"""Enums, classes, functions and decorators, here or in another file."""

from __future__ import annotations

from collections.abc import Callable

from python_programs.writer import Block, Form, Writer


def elsewhere(w: Writer, b: Block, name: str) -> tuple[Block, Callable[[], str]]:
    """Where a thing of a name is defined, here or in another file, and how it is reached once it is."""
    if w.random.random() < 0.5:
        return b, lambda: name
    module = w.name("module")
    inner = w.pick(["", "", "common/"])
    path = f"{w.prefix}{w.package}/{inner}{module}.py"
    if inner:
        w.file(f"{w.prefix}{w.package}/common/__init__.py")
    home = w.file(path)
    dotted = f"{inner.replace('/', '.')}{module}"
    up = ".." if "/common/" in b.path else "."
    w.used.append("imported")

    def reach() -> str:
        other = w.name("alias")
        match w.random.randrange(9):
            case 0:
                b.add(f"from {w.package}.{dotted} import {name}")
                return name
            case 1:
                b.add(f"from {up}{dotted} import {name}")
                return name
            case 2:
                b.add(f"from {up}{dotted} import {name} as {other}")
                return other
            case 3:
                b.add(f"import {w.package}.{dotted}")
                return f"{w.package}.{dotted}.{name}"
            case 4:
                b.add(f"import {w.package}.{dotted} as {other}")
                return f"{other}.{name}"
            case 5 if not inner:
                b.add(f"from {up} import {module}")
                return f"{module}.{name}"
            case 6 if not inner:
                b.add(f"from {w.package} import {module} as {other}")
                return f"{other}.{name}"
            case 7 if b.depth == 0:
                b.add(f"from {up}{dotted} import *")
                return name
        package = w.file(f"{w.prefix}{w.package}/__init__.py")
        package.add(f"from .{dotted} import {name}")
        b.add(f"from {w.package} import {name}")
        return name

    return home, reach


def _enumeration(w: Writer, b: Block, depth: int) -> str:
    name = w.name("Kind")
    home, qualified = elsewhere(w, b, name)
    value = w.text(home, depth)
    kind = w.random.randrange(7)
    base = {0: "Enum", 1: "Enum", 2: "StrEnum", 3: "str, Enum", 4: "Enum", 5: "StrEnum", 6: "Enum"}[kind]
    home.add("from enum import Enum, StrEnum", f"class {name}({base}):", f"    SMALL = {value}", f"    LARGE = {w.literal()}")
    if kind == 6:
        home.add("    @property", "    def model_id(self):", "        return self.value")
    reference = qualified()
    member = f"{reference}.SMALL"
    match kind:
        case 0:
            return f"{member}.value"
        case 1:
            return f"{reference}['SMALL'].value"
        case 2:
            return member
        case 3:
            return w.pick([member, f"{member}.value"])
        case 4:
            variable = w.name()
            b.add(f"{variable} = {member}")
            return f"{variable}.value"
        case 5:
            return w.pick([f"str({member})", f"f'{{{member}}}'", f"{member}.value"])
    return f"{member}.model_id"


def _imported(w: Writer, b: Block, depth: int) -> str:
    name = w.name("MODEL")
    home, reach = elsewhere(w, b, name)
    home.add(f"{name} = {w.text(home, depth)}")
    return reach()


def _data_class(w: Writer, b: Block, depth: int) -> str:
    name = w.name("Config")
    home, reach = elsewhere(w, b, name)
    value, passed = w.text(home, depth), w.literal()
    kind = w.random.randrange(9)
    default = {3: f"field(default={value})", 4: f"field(default_factory=lambda: {value})", 6: w.literal(), 7: w.literal()}.get(
        kind, value
    )
    home.add("from dataclasses import dataclass, field, replace", "@dataclass(frozen=True)" if kind == 5 else "@dataclass",
             f"class {name}:", "    size: int = 1", f"    model: str = {default}")  # fmt: skip
    if kind == 8:
        home.add("    full: str = ''", "    def __post_init__(self):", "        self.full = 'us.' + self.model")
    reference, made = reach(), w.name("config")
    match kind:
        case 1:
            b.add(f"{made} = {reference}(2, {passed})")
            return f"{made}.model"
        case 2:
            b.add(f"{made} = {reference}(model={passed})")
            return f"{made}.model"
        case 6:
            b.add(f"{made} = {reference}(**{{'model': {passed}}})")
            return f"{made}.model"
        case 7:
            b.add(f"{made} = {reference}()", f"{made}.model = {passed}")
            return f"{made}.model"
        case 8:
            b.add(f"{made} = {reference}()")
            return f"{made}.full"
    b.add(f"{made} = {reference}()")
    return f"{made}.model"


def _settings(w: Writer, b: Block, depth: int) -> str:
    name = w.name("Settings")
    home, reach = elsewhere(w, b, name)
    value = w.text(home, depth)
    field_name = w.name("model")
    kind = w.random.randrange(6)
    home.add("from pydantic import BaseModel, Field", "from pydantic_settings import BaseSettings, SettingsConfigDict",
             f"class {name}({'BaseModel' if kind < 2 else 'BaseSettings'}):")  # fmt: skip
    variable = field_name.upper()
    match kind:
        case 0 | 2:
            home.add(f"    {field_name}: str = {value}")
        case 1 | 3:
            home.add(f"    {field_name}: str = Field({w.pick(['default=', ''])}{value}, description='the model')")
        case 4:
            home.add("    model_config = SettingsConfigDict(env_prefix='APP_')", f"    {field_name}: str = {value}")
            variable = "APP_" + variable
        case _:
            home.add("    class Config:", "        env_file = '.none'", f"    {field_name}: str = {value}")
    if kind >= 2 and w.random.random() < 0.4:
        w.environment[variable] = w.model()
    reference, made = reach(), w.name("settings")
    b.add(f"{made} = {reference}()")
    return f"{made}.{field_name}"


def _class(w: Writer, b: Block, depth: int) -> str:
    name = w.name("Service")
    home, reach = elsewhere(w, b, name)
    value, passed = w.text(home, depth), w.literal()
    kind = w.random.randrange(14)
    parent = w.name("Parent")
    body = {
        0: [f"class {name}:", f"    MODEL = {value}"],
        1: [f"class {name}:", "    def __init__(self):", f"        self.model = {value}"],
        2: [f"class {name}:", "    def __init__(self, model):", "        self.model = model"],
        3: [f"class {name}:", f"    def __init__(self, model={value}):", "        self.model = model"],
        4: [f"class {parent}:", f"    MODEL = {value}", f"class {name}({parent}):", "    pass"],
        5: [f"class {parent}:", "    def __init__(self, model):", "        self.model = model", f"class {name}({parent}):",
            "    def __init__(self):", f"        super().__init__({value})", "        self.size = 1"],
        6: [f"class {name}:", f"    MODEL = {value}", "    @property", "    def model(self):", "        return f'us.{self.MODEL}'"],
        7: [f"class {name}:", f"    MODEL = {value}", "    @classmethod", "    def model(cls):", "        return cls.MODEL"],
        8: [f"class {name}:", "    @staticmethod", "    def model(scope):", f"        return scope + '.' + {value}"],
        9: [f"class {parent}:", "    def model(self):", "        return self.pick()", f"class {name}({parent}):",
            "    def pick(self):", f"        return {value}"],
        10: [f"class {name}:", "    def __init__(self, model=None):", f"        self.model = model or {value}"],
        11: [f"class {name}:", "    def __init__(self, model):", "        self._model = model", "    @classmethod", "    def small(cls):",
             f"        return cls({value})", "    @property", "    def model(self):", "        return self._model"],
        12: [f"class {parent}:", f"    MODEL = {passed}", "    def model(self):", "        return self.MODEL",
             f"class {name}({parent}):", f"    MODEL = {value}"],
        13: [f"class {name}:", "    def __init__(self, config):", "        self.model = config['model']"],
    }[kind]  # fmt: skip
    home.add(*body)
    reference, made = reach(), w.name("service")
    match kind:
        case 0:
            return f"{reference}.MODEL"
        case 2:
            b.add(f"{made} = {reference}({passed})")
            return f"{made}.model"
        case 4:
            return w.pick([f"{reference}.MODEL", f"{reference}().MODEL"])
        case 7:
            return w.pick([f"{reference}.model()", f"{reference}().model()"])
        case 8:
            return f"{reference}.model('eu')"
        case 9 | 12:
            return f"{reference}().model()"
        case 11:
            return f"{reference}.small().model"
        case 13:
            b.add(f"{made} = {reference}({{'model': {passed}}})")
            return f"{made}.model"
    b.add(f"{made} = {reference}()")
    return f"{made}.model"


def _function(w: Writer, b: Block, depth: int) -> str:
    name = w.name("choose")
    home, reach = elsewhere(w, b, name)
    value, passed = w.text(home, depth), w.literal()
    kind = w.random.randrange(17)
    body = {
        0: [f"def {name}():", f"    return {value}"],
        1: [f"def {name}(model):", "    return model"],
        2: [f"def {name}(model={value}):", "    return model"],
        3: [f"def {name}(size, *, model={value}):", "    return model"],
        4: [f"def {name}(*models):", "    return models[1]"],
        5: [f"def {name}(**options):", "    return options['model']"],
        6: [f"def {name}(**options):", f"    return options.get('model', {value})"],
        7: [f"def {name}(size):", "    if size == 'small':", f"        return {value}", f"    return {passed}"],
        8: [f"def {name}(model=None):", "    if model is None:", f"        model = {value}", "    return model"],
        9: [f"def {name}(model):", "    def inner():", "        return model", "    return inner()"],
        10: [f"def {name}(scope):", "    def inner(model):", "        return f'{scope}.{model}'", "    return inner"],
        11: [f"{name} = lambda model: 'us.' + model"],
        12: [f"def {name}():", f"    return 1, {value}"],
        13: [f"def {name}(size):", "    match size:", "        case 'small':", f"            return {value}", "        case _:",
             f"            return {passed}"],
        14: [f"def {name}():", f"    return {{'model': {value}, 'size': 1}}"],
        15: [f"def {name}(size, /, model):", "    return model"],
        16: [f"def {name}(first, *rest, model={value}, **others):", "    return others.get('override', model)"],
    }[kind]  # fmt: skip
    home.add(*body)
    reference, made = reach(), w.name("made")
    match kind:
        case 1:
            return w.pick([f"{reference}({passed})", f"{reference}(model={passed})", f"{reference}(*[{passed}])",
                           f"{reference}(**{{'model': {passed}}})"])  # fmt: skip
        case 2:
            return w.pick([f"{reference}()", f"{reference}({passed})"])
        case 3:
            return w.pick([f"{reference}(1)", f"{reference}(1, model={passed})"])
        case 4:
            return w.pick([f"{reference}({w.literal()}, {passed})", f"{reference}(*[{w.literal()}, {passed}])"])
        case 5:
            return w.pick([f"{reference}(model={passed})", f"{reference}(size=1, **{{'model': {passed}}})"])
        case 6:
            return w.pick([f"{reference}()", f"{reference}(model={passed})"])
        case 7 | 13:
            return f"{reference}({w.pick(['small', 'large'])!r})"
        case 8:
            return w.pick([f"{reference}()", f"{reference}({passed})", f"{reference}(model=None)"])
        case 9 | 11:
            return f"{reference}({passed})"
        case 10:
            return f"{reference}('eu')({passed})"
        case 12:
            b.add(f"_, {made} = {reference}()")
            return made
        case 14:
            return f"{reference}()['model']"
        case 15:
            return f"{reference}(1, {passed})"
        case 16:
            return w.pick(
                [f"{reference}(1, 2, 3)", f"{reference}(1, override={passed})", f"{reference}(1, model={passed}, size=2)"]
            )
    return f"{reference}()"


def _decorated(w: Writer, b: Block, depth: int) -> str:
    decorator, name, value = w.name("decorate"), w.name("decorated"), w.text(b, depth)
    b.add("import functools")
    match w.random.randrange(8):
        case 0:
            b.add(f"def {decorator}(function):", "    @functools.wraps(function)", "    def wrapper(*args, **kwargs):",
                  "        return function(*args, **kwargs)", "    return wrapper")  # fmt: skip
            b.add(f"@{decorator}", f"def {name}(model):", "    return model")
            return f"{name}({value})"
        case 1:
            b.add(f"def {decorator}(function):", "    @functools.wraps(function)", "    def wrapper(model):",
                  "        return function('us.' + model)", "    return wrapper")  # fmt: skip
            b.add(f"@{decorator}", f"def {name}(model):", "    return model")
            return f"{name}({value})"
        case 2:
            b.add(f"def {decorator}(function):", "    def wrapper(*args, **kwargs):", f"        kwargs['model'] = {value}",
                  "        return function(*args, **kwargs)", "    return wrapper")  # fmt: skip
            b.add(f"@{decorator}", f"def {name}(model):", "    return model")
            return f"{name}(model={w.literal()})"
        case 3:
            b.add(f"def {decorator}(scope):", "    def decorate(function):", "        @functools.wraps(function)",
                  "        def wrapper(*args, **kwargs):", "            return scope + '.' + function(*args, **kwargs)",
                  "        return wrapper", "    return decorate")  # fmt: skip
            b.add(f"@{decorator}('eu')", f"def {name}():", f"    return {value}")
            return f"{name}()"
        case 4:
            b.add("@functools.lru_cache(maxsize=None)", f"def {name}():", f"    return {value}")
            return f"{name}()"
        case 5:
            b.add("@functools.cache", f"def {name}(model):", "    return model")
            return f"{name}({value})"
        case 6:
            b.add("import contextlib", "@contextlib.contextmanager", f"def {name}():", f"    yield {value}")
            held = w.name()
            b.add(f"with {name}() as {held}:", "    pass")
            return held
        case _:
            b.add(f"def {decorator}(function):", f"    return lambda: {value}")
            b.add(f"@{decorator}", f"def {name}():", f"    return {w.literal()}")
            return f"{name}()"


def _partial(w: Writer, b: Block, depth: int) -> str:
    name, made, value = w.name("build"), w.name("partial"), w.text(b, depth)
    b.add("import functools", f"def {name}(scope, model):", "    return scope + '.' + model")
    match w.random.randrange(4):
        case 0:
            b.add(f"{made} = functools.partial({name}, 'us')")
            return f"{made}({value})"
        case 1:
            b.add(f"{made} = functools.partial({name}, model={value})")
            return f"{made}('eu')"
        case 2:
            b.add(f"{made} = functools.partial({name}, 'us', {value})")
            return f"{made}()"
        case _:
            b.add(f"{made} = lambda model, build={name}: build('us', model)")
            return f"{made}({value})"


# Each with how often it is taken.
FORMS: dict[Form, int] = {
    _enumeration: 2,
    _imported: 2,
    _data_class: 2,
    _settings: 1,
    _class: 3,
    _function: 3,
    _decorated: 2,
    _partial: 1,
}
