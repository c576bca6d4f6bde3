# ruff: noqa: E501  (the rows of a table stay on one line)
"""Statements: globals, `try`, `match`, loops, attributes that are stored from outside."""

from __future__ import annotations

from python_programs.writer import Block, Form, Writer


def _global(w: Writer, b: Block, depth: int) -> str:
    name, setter, value = w.name("STATE"), w.name("set"), w.text(b, depth)
    if b.depth == 0:
        b.add(f"{name} = None", f"def {setter}(model):", f"    global {name}", f"    {name} = model", f"{setter}({value})")
        return name
    b.add(f"{name} = None", f"def {setter}():", f"    nonlocal {name}", f"    {name} = {value}", f"{setter}()")
    return name


def _attempted(w: Writer, b: Block, depth: int) -> str:
    name, value = w.name(), w.text(b, depth)
    match w.random.randrange(5):
        case 0:
            w.opaque = True
            b.add("try:", f"    from no_such_module_here import {name}", "except ImportError:", f"    {name} = {value}")
        case 1:
            b.add("try:", f"    {name} = {{}}['m']", "except KeyError:", f"    {name} = {value}")
        case 2:
            w.opaque = True
            b.add("try:", f"    {name} = {value}", "except Exception:", f"    {name} = {w.literal()}")
        case 3:
            b.add("try:", f"    {name} = {value}", "finally:", "    pass")
        case _:
            w.opaque = True
            b.add("try:", "    pass", "except ValueError:", f"    {name} = {w.literal()}", "else:", f"    {name} = {value}")
    return name


def _walrus(w: Writer, b: Block, depth: int) -> str:
    name, value = w.name(), w.text(b, depth)
    match w.random.randrange(3):
        case 0:
            b.add(f"if ({name} := {value}):", "    pass")
        case 1:
            b.add(f"print(({name} := {value}), file=open('/dev/null', 'w'))")
        case _:
            return f"({name} := {value})"
    return name


def _matched(w: Writer, b: Block, depth: int) -> str:
    name, subject, value, other = w.name(), w.name("stage"), w.text(b, depth), w.literal()
    match w.random.randrange(4):
        case 0:
            b.add(f"{subject} = 'prod'", f"match {subject}:", "    case 'dev':", f"        {name} = {other}", "    case 'prod':",
                  f"        {name} = {value}", "    case _:", f"        {name} = {other}")  # fmt: skip
        case 1:
            b.add(f"{subject} = 'x'", f"match {subject}:", "    case 'dev' | 'prod':", f"        {name} = {other}", "    case _:",
                  f"        {name} = {value}")  # fmt: skip
        case 2:
            b.add(f"{subject} = {{'model': {value}}}", f"match {subject}:", f"    case {{'model': {name}}}:", "        pass")
        case _:
            b.add(f"{subject} = ('a', {value})", f"match {subject}:", f"    case ('a', {name}):", "        pass", "    case _:",
                  f"        {name} = {other}")  # fmt: skip
    return name


def _looped(w: Writer, b: Block, depth: int) -> str:
    name, value, one = w.name(), w.text(b, depth), w.literal()
    match w.random.randrange(4):
        case 0:
            b.add(f"for {name} in [{one}, {value}]:", "    pass")
        case 1:
            b.add(f"{name} = {{}}", f"for key, model in [('a', {one}), ('b', {value})]:", f"    {name}[key] = model")
            return f"{name}['b']"
        case 2:
            b.add(f"{name} = []", f"for model in ({one}, {value}):", f"    {name}.append(model)")
            return f"{name}[1]"
        case _:
            b.add(f"{name} = {one}", "while True:", f"    {name} = {value}", "    break")
    return name


def _stored(w: Writer, b: Block, depth: int) -> str:
    """An attribute that is stored on an object from outside its class."""
    name, made, value = w.name("Holder"), w.name("holder"), w.text(b, depth)
    fill = w.name("fill")
    match w.random.randrange(5):
        case 0:
            b.add(f"class {name}:", "    pass", f"{made} = {name}()", f"{made}.model = {value}")
        case 1:
            b.add(f"class {name}:", "    model = None", f"def {fill}(holder):", f"    holder.model = {value}", f"{made} = {name}()",
                  f"{fill}({made})")  # fmt: skip
        case 2:
            b.add("from types import SimpleNamespace", f"{made} = SimpleNamespace(model={value}, size=1)")
        case 3:
            b.add(f"class {name}:", "    def __init__(self):", "        self.model = None", "    def load(self):", f"        self.model = {value}",
                  f"{made} = {name}()", f"{made}.load()")  # fmt: skip
        case _:
            b.add(f"class {name}:", "    model = None", f"{name}.model = {value}", f"{made} = {name}")
    return f"{made}.model"


# Each with how often it is taken.
FORMS: dict[Form, int] = {_global: 1, _attempted: 1, _walrus: 1, _matched: 1, _looped: 1, _stored: 1}
