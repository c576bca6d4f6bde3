# ruff: noqa: E501  (the rows of a table stay on one line)
"""Calls of the SDK: plain, in wrappers and methods, in loops, handed on."""

from __future__ import annotations

from python_programs.writer import Block, Sink, Writer


def _plain(w: Writer, b: Block) -> None:
    value = w.text(b, w.depth)
    w.call(b, f"modelId={value}, messages=[]")


def _splat(w: Writer, b: Block) -> None:
    name, value, change = w.name("request"), w.text(b, w.depth), w.literal()
    match w.random.randrange(6):
        case 0:
            b.add(f"{name} = {{'modelId': {value}, 'messages': []}}")
        case 1:
            b.add(f"{name} = {{'modelId': {value}}}", f"{name}['modelId'] = {change}")
        case 2:
            b.add(f"{name} = dict(messages=[])", f"{name}.update(modelId={value})")
        case 3:
            b.add(f"{name} = {{'messages': []}} | {{'modelId': {value}}}")
        case 4:
            w.call(b, f"**{{'modelId': {value}}}, messages=[]")
            return
        case _:
            b.add(f"{name} = {{'modelId': {change}}}", f"{name} = {{**{name}, 'modelId': {value}}}")
    w.call(b, f"**{name}")


def _wrapper(w: Writer, b: Block) -> None:
    """A function with the call in it, called from several places."""
    name, one, two = w.name("ask"), w.text(b, w.depth - 1), w.text(b, w.depth - 1)
    kind = w.random.randrange(8)
    inner = b.inner()
    match kind:
        case 0 | 1:
            b.add(f"def {name}(prompt, model_id):")
            w.call(inner, "modelId=model_id, messages=[prompt]", before="return ")
        case 2:
            b.add(f"def {name}(prompt, model_id={one}):")
            w.call(inner, "modelId=model_id, messages=[prompt]")
        case 3:
            b.add(f"def {name}(**options):")
            w.call(inner, "**options")
        case 4:
            b.add(f"def {name}(prompt, **options):", "    request = {'messages': [prompt], **options}")
            w.call(inner, "**request")
        case 5:
            b.add(f"def {name}(*args):")
            w.call(inner, "modelId=args[1], messages=[args[0]]")
        case 6:
            b.add(f"def {name}_inner(**kwargs):")
            w.call(inner, "**kwargs")
            b.add(f"def {name}(prompt, **kwargs):", f"    return {name}_inner(messages=[prompt], **kwargs)")
        case _:
            b.add(f"def {name}(options):", "    options.modelId = options.model_id")
            w.call(inner, "modelId=options.modelId, messages=[]")
            b.add("from types import SimpleNamespace")
    match kind:
        case 0 | 1 | 5:
            b.add(f"{name}('a', {one})", f"{name}('b', {two})")
        case 2:
            b.add(*w.pick([[f"{name}('a')"], [f"{name}('a', {two})"], [f"{name}('a')", f"{name}('b', model_id={two})"]]))
        case 3:
            b.add(f"{name}(modelId={one}, messages=[])", f"{name}(**{{'modelId': {two}}})")
        case 4 | 6:
            b.add(f"{name}('a', modelId={one})", f"{name}('b', modelId={two})")
        case _:
            b.add(f"{name}(SimpleNamespace(model_id={one}))")


def _method(w: Writer, b: Block) -> None:
    """A class with the call in a method."""
    name, one, two = w.name("Llm"), w.text(b, w.depth - 1), w.text(b, w.depth - 1)
    kind = w.random.randrange(7)
    start = {
        0: ["    def __init__(self, model_id):", "        self.model_id = model_id"],
        1: [f"    def __init__(self, model_id={one}):", "        self.model_id = model_id"],
        2: [f"    model_id = {one}"],
        3: ["    def __init__(self, **options):", "        self.options = options"],
        4: ["    def __init__(self, config):", "        self.config = config"],
        5: [
            f"    MODELS = {{'a': {one}, 'b': {two}}}",
            "    def __init__(self, size):",
            "        self.model_id = self.MODELS[size]",
        ],
        6: ["    def __init__(self, model_id):", "        self.request = {'modelId': model_id}"],
    }[kind]
    b.add(f"class {name}:", *start, "    def ask(self, prompt):")
    inner = b.inner().inner()
    arguments = {3: "modelId=self.options['model'], messages=[]", 4: "modelId=self.config['model'], messages=[]",
                 6: "messages=[], **self.request"}.get(kind, "modelId=self.model_id, messages=[]")  # fmt: skip
    w.call(inner, arguments)
    match kind:
        case 0 | 6:
            b.add(f"{name}({one}).ask('a')", f"{name}({two}).ask('b')")
        case 1:
            b.add(
                *w.pick(
                    [[f"{name}().ask('a')"], [f"{name}({two}).ask('a')"], [f"{name}().ask('a')", f"{name}({two}).ask('b')"]]
                )
            )
        case 2:
            b.add(f"{name}().ask('a')")
        case 3:
            b.add(f"{name}(model={one}).ask('a')")
        case 4:
            b.add(f"{name}({{'model': {one}}}).ask('a')")
        case 5:
            b.add(f"{name}({w.pick(['a', 'b'])!r}).ask('a')")


def _subclass(w: Writer, b: Block) -> None:
    """A base class with the call, and subclasses that choose."""
    name, one, two = w.name("Agent"), w.text(b, w.depth - 1), w.literal()
    kind = w.random.randrange(3)
    start = [["    MODEL = None", "    def model(self):", "        return self.MODEL"],
             ["    def __init__(self, model):", "        self._model = model", "    def model(self):", "        return self._model"],
             ["    def model(self):", "        raise NotImplementedError"]][kind]  # fmt: skip
    b.add(f"class {name}:", *start, "    def ask(self):")
    w.call(b.inner().inner(), "modelId=self.model(), messages=[]")
    for suffix, value in (("A", one), ("B", two)):
        body = [[f"    MODEL = {value}"], ["    def __init__(self):", f"        super().__init__({value})"],
                ["    def model(self):", f"        return {value}"]][kind]  # fmt: skip
        b.add(f"class {name}{suffix}({name}):", *body, f"{name}{suffix}().ask()")


def _loop(w: Writer, b: Block) -> None:
    one, two, name = w.text(b, w.depth - 1), w.text(b, w.depth - 1), w.name("model")
    inner = b.inner()
    match w.random.randrange(6):
        case 0:
            b.add(f"for {name} in [{one}, {two}]:")
        case 1:
            b.add(f"for _, {name} in enumerate([{one}, {two}]):")
        case 2:
            b.add(f"for _, {name} in {{'a': {one}, 'b': {two}}}.items():")
        case 3:
            b.add(f"for _, {name} in zip(['a', 'b'], [{one}, {two}]):")
        case 4:
            items = w.name("items")
            b.add(f"{items} = [{one}, {two}]")
            w.call(b, f"modelId={name}, messages=[]", before="[", after=f" for {name} in {items}]")
            return
        case _:
            b.add(f"for {name} in [{{'id': {one}}}, {{'id': {two}}}]:")
            w.call(inner, f"modelId={name}['id'], messages=[]")
            return
    w.call(inner, f"modelId={name}, messages=[]")


def _deferred(w: Writer, b: Block) -> None:
    """The call is handed on: a partial, a lambda, a thread, a map."""
    name, value = w.name("later"), w.text(b, w.depth)
    match w.random.randrange(5):
        case 0:
            b.add("import functools", f"{name} = functools.partial(client.converse, modelId={value})")
            # The model is chosen where the partial is made, not where it is called.
            w.mark(b)
            b.add(f"{name}(messages=[])")
            w.program.chosen[b.path, len(b.file)] = len(b.file) - 1
        case 1:
            w.call(b, "modelId=model, messages=[]", before=f"{name} = lambda model: ")
            b.add(f"{name}({value})")
        case 2:
            b.add("import threading", f"def {name}(model):")
            w.call(b.inner(), "modelId=model, messages=[]")
            thread = w.name("thread")
            b.add(f"{thread} = threading.Thread(target={name}, args=({value},))", f"{thread}.start()", f"{thread}.join()")
        case 3:
            b.add(f"def {name}(model):")
            w.call(b.inner(), "modelId=model, messages=[]")
            b.add(f"list(map({name}, [{value}]))")
        case _:
            b.add("from concurrent.futures import ThreadPoolExecutor", f"def {name}(prompt, model):")
            w.call(b.inner(), "modelId=model, messages=[prompt]")
            b.add("with ThreadPoolExecutor() as pool:", f"    pool.submit({name}, 'a', {value}).result()")


def _command(w: Writer, b: Block) -> None:
    """A command line whose option has a default."""
    name, value, option = w.name("run"), w.text(b, w.depth), w.name("model")
    if w.random.random() < 0.5:
        b.add(
            "import click",
            "@click.command()",
            f"@click.option('--{option.replace('_', '-')}', default={value})",
            f"def {name}({option}):",
        )
        w.call(b.inner(), f"modelId={option}, messages=[]")
        b.add(f"{name}(standalone_mode=False)")
    else:
        app = w.name("app")
        b.add(
            "import typer",
            f"{app} = typer.Typer()",
            f"@{app}.command()",
            f"def {name}({option}: str = typer.Option({value}, '--{option}')):",
        )
        w.call(b.inner(), f"modelId={option}, messages=[]")
        b.add(f"{app}()")


# Each with how often it is taken.
SINKS: dict[Sink, int] = {_plain: 3, _splat: 2, _wrapper: 3, _method: 3, _subclass: 1, _loop: 2, _deferred: 1, _command: 1}
