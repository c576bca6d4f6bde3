# ruff: noqa: E501  (the rows of a table stay on one line)
"""What is easily told wrongly: aliases, changes from afar, protocols of objects. It may be told in part, but never wrongly."""

from __future__ import annotations

from python_programs.writer import Block, Form, Writer


def _aliased(w: Writer, b: Block, depth: int) -> str:
    """A collection that is changed under another name."""
    w.opaque = True
    one, other, value, old = w.name("one"), w.name("other"), w.text(b, depth), w.literal()
    change = w.name("change")
    match w.random.randrange(8):
        case 0:
            b.add(f"{one} = {{'m': {old}}}", f"{other} = {one}", f"{other}['m'] = {value}")
        case 1:
            b.add(f"{one} = [{old}]", f"{other} = {one}", f"{other}[0] = {value}")
            return f"{one}[0]"
        case 2:
            b.add(f"{one} = {{'m': {old}}}", f"def {change}():", f"    {one}['m'] = {value}", f"{change}()")
        case 3:
            b.add(f"{one} = {{'in': {{'m': {old}}}}}", f"{other} = {one}['in']", f"{other}['m'] = {value}")
            return f"{one}['in']['m']"
        case 4:
            b.add(f"def {change}(items=[]):", f"    items.append({value})", "    return items[-1]")
            return f"{change}()"
        case 5:
            b.add(f"{one} = {{'m': {old}}}", f"{other} = [{one}]", f"{other}[0]['m'] = {value}")
        case 6:
            b.add(f"{one} = {{'m': {old}}}", f"for each in [{one}]:", f"    each['m'] = {value}")
        case 7:
            b.add(f"{one} = {{'m': {old}}}", f"{change} = {one}.update", f"{change}(m={value})")
    return f"{one}['m']"


def _afar(w: Writer, b: Block, depth: int) -> str:
    """A name that is set from another file, or by its name as a text."""
    w.opaque = True
    module, value, old = w.name("state"), w.text(b, depth), w.literal()
    home = w.file(f"{w.prefix}{w.package}/{module}.py")
    home.add(f"MODEL = {old}", "def get():", "    return MODEL")
    b.add(f"from {w.package} import {module}")
    match w.random.randrange(4):
        case 0:
            b.add(f"{module}.MODEL = {value}")
            return f"{module}.MODEL"
        case 1:
            b.add(f"{module}.MODEL = {value}")
            return f"{module}.get()"
        case 2:
            b.add(f"setattr({module}, 'MODEL', {value})")
            return f"{module}.MODEL"
        case _:
            home.add("class Options:", f"    model = {old}", "options = Options()")
            b.add(f"{module}.options.model = {value}")
            return f"{module}.options.model"


def _protocol(w: Writer, b: Block, depth: int) -> str:
    """Objects that answer by methods with names of their own."""
    w.opaque = True
    name, value, old = w.name("Thing"), w.text(b, depth), w.literal()
    match w.random.randrange(12):
        case 0:
            b.add(f"class {name}:", "    def __getattr__(self, name):", f"        return {value}")
            return f"{name}().model"
        case 1:
            b.add(f"class {name}:", "    def __getitem__(self, key):", f"        return {value}")
            return f"{name}()['model']"
        case 2:
            b.add(f"class {name}:", f"    _model = {old}", "    @property", "    def model(self):", "        return self._model",
                  "    @model.setter", "    def model(self, value):", "        self._model = 'us.' + value")  # fmt: skip
            made = w.name("thing")
            b.add(f"{made} = {name}()", f"{made}.model = {value}")
            return f"{made}.model"
        case 3:
            b.add(f"class {name}:", "    def __call__(self, model):", "        return model")
            return f"{name}()({value})"
        case 4:
            b.add(
                f"class {name}:",
                "    def __new__(cls, model):",
                "        made = super().__new__(cls)",
                "        made.model = model",
                "        return made",
            )
            return f"{name}({value}).model"
        case 5:
            b.add(f"class {name}A:", "    def model(self):", f"        return {old}", f"class {name}B({name}A):", "    def model(self):",
                  "        return 'us.' + super().model()")  # fmt: skip
            return f"{name}B().model()"
        case 6:
            b.add(f"class {name}A:", f"    M = {old}", f"class {name}B({name}A):", "    pass", f"class {name}C({name}A):", f"    M = {value}",
                  f"class {name}D({name}B, {name}C):", "    pass")  # fmt: skip
            return f"{name}D.M"
        case 7:
            b.add("from typing import NamedTuple", f"class {name}(NamedTuple):", "    size: int", f"    model: str = {value}")
            return w.pick([f"{name}(1).model", f"{name}(1)[1]"])
        case 8:
            b.add(
                f"def {name}(cls):",
                f"    cls.model = {value}",
                "    return cls",
                f"@{name}",
                f"class {name}A:",
                f"    model = {old}",
            )
            return f"{name}A.model"
        case 9:
            b.add(f"class {name}:", "    def __init__(self, **options):", "        self.__dict__.update(options)")
            return f"{name}(model={value}).model"
        case 10:
            b.add(
                f"class {name}:",
                "    def __init__(self, model):",
                "        for key, each in {'model': model}.items():",
                "            setattr(self, key, each)",
            )
            return f"{name}({value}).model"
        case _:
            b.add(
                f"class {name}:",
                f"    model = {old}",
                "    def with_model(self, model):",
                "        self.model = model",
                "        return self",
            )
            return f"{name}().with_model({value}).model"


def _wandering(w: Writer, b: Block, depth: int) -> str:
    """Loops and functions whose way out is not their end."""
    w.opaque = True
    name, value, old = w.name("find"), w.text(b, depth), w.literal()
    found = w.name("found")
    match w.random.randrange(13):
        case 0:
            b.add(
                f"def {name}():",
                f"    for each in [{old}, {value}]:",
                f"        if each != {old}:",
                "            return each",
                "    return None",
            )
            return f"{name}()"
        case 1:
            b.add(
                f"{found} = {old}",
                f"for each in [{old}, {value}, {old}]:",
                f"    if each != {old}:",
                f"        {found} = each",
                "        break",
            )
        case 2:
            b.add(
                f"{found} = {old}",
                f"for each in [{value}, {old}]:",
                f"    if each == {old}:",
                "        continue",
                f"    {found} = each",
            )
        case 3:
            b.add("count = 0", f"{found} = {old}", "while count < 2:", "    count += 1", f"    {found} = {value}")
        case 4:
            b.add(f"def {name}():", f"    yield {old}", f"    yield {value}")
            return f"list({name}())[1]"
        case 5:
            b.add(f"def {name}(count):", "    if count == 0:", f"        return {value}", f"    return {name}(count - 1)")
            return f"{name}(3)"
        case 6:
            b.add(f"def {name}():", "    try:", f"        return {value}", "    finally:", "        pass")
            return f"{name}()"
        case 7:
            b.add(f"{found} = {old}", "for each in []:", f"    {found} = each", "else:", f"    {found} = {value}")
        case 8:
            b.add(f"{found} = {old}", "for each in [1, 2]:", f"    for other in [{old}, {value}]:", f"        {found} = other")
        case 9:
            b.add(f"one, other = {value}, {old}", "for _ in range(3):", "    one, other = other, one")
            return "other"
        case 10:
            b.add(
                f"def {name}(*models):",
                "    for model in models:",
                "        if not model:",
                "            continue",
                "        return model",
            )
            return f"{name}(None, '', {value}, {old})"
        case 11:
            b.add(f"{found} = None", f"while {found} is None:", f"    {found} = {value}")
        case _:
            b.add(
                f"def {name}(deep):",
                "    def inner():",
                "        nonlocal deep",
                f"        deep = {value}",
                "    inner()",
                "    return deep",
            )
            return f"{name}({old})"
    return found


def _library(w: Writer, b: Block, depth: int) -> str:
    """Functions of the standard library that carry values."""
    w.opaque = True
    value, old, name = w.held(b, depth), w.literal(), w.name("item")
    b.add("import collections, functools, itertools, json, operator, os, string, types")
    return w.pick(
        [
            f"json.loads(json.dumps({{'m': {value}}}))['m']",
            f"collections.ChainMap({{'m': {value}}}, {{'m': {old}}})['m']",
            f"collections.defaultdict(lambda: {value})['m']",
            f"collections.OrderedDict(m={value})['m']",
            f"list(itertools.chain([{old}], [{value}]))[1]",
            f"operator.itemgetter('m')({{'m': {value}}})",
            f"dict.fromkeys(['m'], {value})['m']",
            f"functools.reduce(lambda left, right: right, [{old}, {value}])",
            f"max([{value}, 'a'], key=len)",
            f"sorted([{value}, {old}], key=lambda each: each != {value})[0]",
            f"string.Template('us.$model').substitute(model={value})",
            f"types.MappingProxyType({{'m': {value}}})['m']",
            f"[{old}, {value}].pop()",
            f"[{value}, {old}].pop(0)",
            f"list(filter(None, [None, {value}]))[0]",
            f"list(reversed([{value}, {old}]))[1]",
            f"getattr(types.SimpleNamespace(model={value}), 'model', {old})",
            f"getattr(types.SimpleNamespace(other=1), 'model', {value})",
            f"({value}, {old})[::-1][1]",
            f"'{{:>3}}'.format({value})",
            f"f'{{{value}:<3}}'",
            f"'%-3s' % {value}",
            f"{value}.split('-')[0] + '-' + '-'.join({value}.split('-')[1:])",
            f"({value} if isinstance({value}, str) else {old})",
            f"({value} if all([True, {value}]) else {old})",
            f"({value} if len({value}) > 3 else {old})",
            f"({old} if {value} in ('x', 'y') else {value})",
            f"({old} if {value} is None else {value})",
            f"[{name} for {name} in {{'a': {value}}}.values()][-1]",
            f"(lambda *args, **kwargs: kwargs['m'])({old}, m={value})",
            f"(lambda model={value}: model)()",
            f"str.join('.', ['us', {value}])",
            f"{{**{{'m': {old}}}, **dict(m={value})}}['m']",
            f"next(({name} for {name} in [{old}, {value}] if {name} == {value}), None)",
        ]
    )


# Each with how often it is taken.
FORMS: dict[Form, int] = {_aliased: 2, _afar: 1, _protocol: 3, _wandering: 3, _library: 3}
