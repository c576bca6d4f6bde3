"""What is known of the standard library and of libraries that carry configuration: environment, files, command lines, clients.

Which library calls choose a model is not here but in the surfaces; this is only what values pass through.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import changes, configuration, formatting, paths
from routelint.parse.python.environment import environment
from routelint.parse.python.scopes import CallPlace, Scope, shown
from routelint.parse.python.values import (
    NOTHING,
    FilePath,
    Function,
    Made,
    Partial,
    Site,
    Symbol,
    contents,
    join,
    sole_text,
    step,
    symbol,
)
from routelint.possible import Hole, Items, Possibility, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Methods that texts, dicts and lists have; anything else is asked of the object itself.
VALUE_METHODS = frozenset(
    [
        "format", "join", "lower", "upper", "strip", "lstrip", "rstrip", "replace", "split", "rsplit", "startswith", "endswith",
        "removeprefix", "removesuffix", "title", "capitalize", "partition", "rpartition", "encode", "decode", "casefold", "get",
        "copy", "items", "keys", "values", "pop", "setdefault", "index", "count", "model_dump", "dict", "union",
        "resolve", "absolute", "expanduser", "joinpath", "open", "read_text", "read_bytes", "as_posix", "read",
    ]
)  # fmt: skip

# Last name of a base class from outside -> how its objects get their attributes.
BASES = {
    "Enum": "enum", "StrEnum": "enum", "IntEnum": "enum", "Flag": "enum",
    "BaseModel": "fields", "SQLModel": "fields", "NamedTuple": "fields", "Struct": "fields", "RootModel": "fields",
    "BaseSettings": "settings", "TypedDict": "mapping",
}  # fmt: skip
FIELD_DECORATORS = ("dataclass", "define", "frozen", "attrs", "s", "attr")

# Calls that only stand for their default: fields and options of data classes, command lines and web frameworks.
_DEFAULT_HOLDERS = frozenset(
    [
        "pydantic.Field", "pydantic.fields.Field", "pydantic.v1.Field", "dataclasses.field", "attrs.field", "attr.ib",
        "sqlmodel.Field", "typer.Option", "typer.Argument", "fastapi.Query", "fastapi.Body", "fastapi.Form", "fastapi.Header",
        "click.Option",
    ]
)  # fmt: skip

_ENVIRONMENT_READERS = frozenset(
    [
        "os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "decouple.config", "environs.Env()",
        "environs.Env().str", "environ.Env()", "environ.Env().str", "starlette.config.Config()", "decouple.AutoConfig()",
    ]
)  # fmt: skip

# How clients of the AWS SDK are made; the service is the first argument or the keyword named here.
_CLIENT_MAKERS = frozenset(
    [
        "boto3.client", "boto3.Session().client", "boto3.session.Session().client", "aioboto3.Session().client",
        "aioboto3.session.Session().client", "aioboto3.client", "aiobotocore.session.get_session().create_client",
        "aiobotocore.session.AioSession().create_client", "botocore.session.get_session().create_client",
        "botocore.session.Session().create_client", "aiobotocore.get_session().create_client",
        "boto3._get_default_session().client",
    ]
)  # fmt: skip
_CLIENT_TYPES = {
    "mypy_boto3_bedrock_runtime": "bedrock-runtime",
    "mypy_boto3_bedrock": "bedrock",
    "mypy_boto3_bedrock_agent": "bedrock-agent",
    "mypy_boto3_bedrock_agent_runtime": "bedrock-agent-runtime",
    "types_boto3_bedrock_runtime": "bedrock-runtime",
    "types_boto3_bedrock_agent": "bedrock-agent",
    "types_boto3_bedrock_agent_runtime": "bedrock-agent-runtime",
    "types_boto3_bedrock": "bedrock",
}
CLIENT = "boto3:"
"""Starts the path of an SDK client; the service follows, `?` where it cannot be told."""


def client(service: str, node: ast.Call | None = None, site: Site | None = None) -> Possible:
    """A client of an AWS service."""
    return known(Made("an SDK client is not a text", path=CLIENT + service, call=node, site=site))


def annotated(path: str) -> Possible | None:
    """What a parameter holds whose annotation names a type from outside."""
    service = _CLIENT_TYPES.get(path.partition(".")[0])
    return client(service) if service is not None and path.endswith("Client") else None


def call(evaluator: Evaluator, path: str, node: ast.Call, site: Site) -> Possible | None:
    """What a call of an outside callable gives; None where nothing is known of it."""
    if path in _ENVIRONMENT_READERS:
        return _environment_call(evaluator, node, site)
    if path in _CLIENT_MAKERS:
        return _client_call(evaluator, node, site)
    if _holds_default(path):
        return field_value(evaluator, node, site) or unknown("a value without a default")
    module, _, name = path.rpartition(".")
    if module == "builtins":
        found = _BUILTIN_CALLS.get(name)
        return found(evaluator, node, site) if found is not None else None
    if module in ("os.path", "posixpath"):
        return paths.function(name, [evaluator.expression(each, site) for each in node.args])
    if module == "pathlib" and name in ("Path", "PurePath", "PosixPath"):
        return paths.joined(*[evaluator.expression(each, site) for each in node.args]) if node.args else known(paths.path("."))
    found = _CALLS.get(path)
    return found(evaluator, node, site) if found is not None else None


Followed = Callable[["Evaluator", ast.Call, Site], Possible | None]


def _argument(evaluator: Evaluator, node: ast.Call, site: Site, position: int, *names: str) -> Possible | None:
    found = argument_node(node, position, *names)
    return evaluator.expression(found, site) if found is not None else None


def argument_node(node: ast.Call, position: int | None, *names: str) -> ast.expr | None:
    """The expression passed by position or by one of the names."""
    for keyword in node.keywords:
        if keyword.arg in names:
            return keyword.value
    if position is None or position >= len(node.args):
        return None
    starred = any(isinstance(each, ast.Starred) for each in node.args[: position + 1])
    return None if starred else node.args[position]


# Environment and clients -----------------------------------------------------------------------------------------


def _environment_call(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    name = _argument(evaluator, node, site, 0, "key", "option", "var", "name")
    default_node = argument_node(node, 1, "default")
    default = evaluator.expression(default_node, site) if default_node is not None else None
    text = sole_text(name) if name is not None else None
    if text is None:
        alternatives = [unknown("an environment variable whose name cannot be told is read")]
        return join([*alternatives, default] if default is not None else alternatives)
    return environment(evaluator, text, site, default, default_node=default_node)


def _client_call(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    service = _argument(evaluator, node, site, 0, "service_name")
    if service is None:
        service = changes.item(evaluator.keywords(node, site), "service_name", "the arguments")
    names = [each.content if isinstance(each.content, str) else "?" for each in service]
    return join([client(name, node, site) for name in dict.fromkeys(names)])


def subscript(
    evaluator: Evaluator, content: Symbol | Made, keys: Possible, node: ast.expr, site: Site, default: Possible | None
) -> Possible:
    """`thing[key]` of something from outside."""
    if content.path == "os.environ":
        name = sole_text(keys)
        if name is None:
            return unknown("an environment variable whose name cannot be told is read")
        return environment(evaluator, name, site, default)
    if isinstance(content, Symbol) and not content.path.startswith("builtins."):
        return symbol(f"{content.path}[]", content.origin) if content.origin else unknown(f"'{shown(node)}' comes from outside")
    return unknown(f"'{shown(node)}' is not in the scanned files")


def attribute(evaluator: Evaluator, content: Symbol, name: str) -> Possible | None:
    """An attribute of something from outside that has a known value; None for the plain path."""
    value = evaluator.constants.value(content.path, name, evaluator.context.cdk)
    return known(value, Resolution.CONSTANT) if value is not None else None


def made_attribute(evaluator: Evaluator, content: Made, name: str, site: Site) -> Possible | None:
    """An attribute of what an outside call returned; None for the plain path."""
    if content.path.endswith(("ArgumentParser().parse_args()", "ArgumentParser().parse_known_args()")):
        return _option(evaluator, content, name)
    if content.path in ("types.SimpleNamespace()", "argparse.Namespace()") and content.call and content.site:
        node = argument_node(content.call, None, name)
        if node is not None:
            return evaluator.expression(node, content.site)
    if content.path == "boto3.Session()" or content.path.endswith("session.Session()"):
        return _session_attribute(evaluator, content, name)
    return None


def _session_attribute(evaluator: Evaluator, content: Made, name: str) -> Possible | None:
    if name != "region_name" or content.call is None or content.site is None:
        return None
    node = argument_node(content.call, None, "region_name")
    if node is None:
        return unknown("the region of the session depends on where the code runs", "${region}")
    return evaluator.expression(node, content.site)


def _holds_default(path: str) -> bool:
    """Whether a call only stands for its default; libraries pass `pydantic.Field` on under paths of their own."""
    return path in _DEFAULT_HOLDERS or path.endswith("pydantic.Field")


# Command lines ---------------------------------------------------------------------------------------------------


def _option(evaluator: Evaluator, content: Made, name: str) -> Possible:
    """`args.name` of what an argument parser has read: the default of the option."""
    if content.site is None:
        return unknown(f"option {name} is not found")
    module = content.site.scope.module
    added = (place for place in module.calls_by_name.get("add_argument", ()) if _destination(place.call) == name)
    alternatives = [_option_default(evaluator, place, name) for place in added]
    if not alternatives:
        return unknown(f"option {name} is not added in {module.path}")
    return join(alternatives)


def _destination(node: ast.Call) -> str | None:
    named = argument_node(node, None, "dest")
    if isinstance(named, ast.Constant):
        return str(named.value)
    texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    long = [text for text in texts if text.startswith("--")] or texts
    return long[0].lstrip("-").replace("-", "_") if long else None


def _option_default(evaluator: Evaluator, place: CallPlace, name: str) -> Possible:
    default = argument_node(place.call, None, "default")
    flag = next((str(each.value) for each in place.call.args if isinstance(each, ast.Constant)), name)
    if default is None:
        return unknown(f"option {flag} has no default")
    hop = Hop(place.scope.module.location(default), f"option {flag}, default")
    return step(evaluator.expression(default, evaluator.place(place)), hop, Resolution.PARAMETER_DEFAULT)


def option_default(evaluator: Evaluator, scope: Scope, name: str) -> Possible | None:
    """The default that a decorator gives to a parameter: `@click.option("--model", default=...)`."""
    if isinstance(scope.node, ast.Module | ast.Lambda) or not scope.decorated("option", "argument", "add_argument"):
        return None
    for decorator in scope.node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        texts = [each.value for each in decorator.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        plain = [text for text in texts if not text.startswith("-")]
        long = [text.lstrip("-").partition("/")[0].replace("-", "_") for text in texts if text.startswith("--")]
        if name not in (plain or long):
            continue
        assert scope.statement is not None
        assert scope.parent is not None
        site = evaluator.site(scope.statement, evaluator.frame(scope.parent))
        variable = argument_node(decorator, None, "envvar")
        default = argument_node(decorator, None, "default")
        value: Possible | None = None
        if default is not None:
            hop = Hop(scope.module.location(default), f"option {texts[0]}, default")
            value = step(evaluator.expression(default, site), hop, Resolution.PARAMETER_DEFAULT)
        text = sole_text(evaluator.expression(variable, site)) if variable is not None else None
        if text is not None:
            return environment(evaluator, text, site, value)
        return value if value is not None else unknown(f"option {texts[0] if texts else name} has no default")
    return None


def field_value(evaluator: Evaluator, node: ast.expr, site: Site) -> Possible | None:
    """The default that a field's right side gives; None where it gives none."""
    if not isinstance(node, ast.Call):
        return evaluator.expression(node, site)
    callee = next(contents(evaluator.expression(node.func, site)), None)
    if not isinstance(callee, Symbol) or not _holds_default(callee.path):
        return evaluator.expression(node, site)
    factory = argument_node(node, None, "default_factory", "factory")
    if factory is not None:
        if isinstance(factory, ast.Lambda):
            scope = site.scope.module.scopes[factory]
            return evaluator.calls.returns(scope, evaluator.frame(scope))
        made = ast.copy_location(ast.Call(factory, [], []), factory)
        return evaluator.calls.call(made, site)
    first = None if callee.path.startswith(("dataclasses", "attr")) else 0
    default = argument_node(node, first, "default")
    if default is None or (isinstance(default, ast.Constant) and default.value is Ellipsis):
        variable = argument_node(node, None, "envvar", "env")
        if variable is not None:
            text = sole_text(evaluator.expression(variable, site))
            return environment(evaluator, text, site, None) if text is not None else None
        return None
    return evaluator.expression(default, site)


# Builtins and the standard library -------------------------------------------------------------------------------


def _as_text(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return formatting.as_text(evaluator.expression(node.args[0], site)) if node.args else known("")


def _same(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return evaluator.expression(node.args[0], site) if node.args else unknown(f"'{shown(node)}' is not followed")


def _second(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return evaluator.expression(node.args[1], site) if len(node.args) > 1 else unknown(f"'{shown(node)}' is not followed")


def _dict(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    result: Possible = known(Record({}))
    if node.args:
        result = changes.merged(result, evaluator.expression(node.args[0], site))
    return changes.merged(result, evaluator.keywords(node, site)) if node.keywords else result


def _sequence(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if not node.args:
        return known(Items(()))
    results: list[Possible] = []
    for each in evaluator.expression(node.args[0], site):
        match each.content:
            case Items():
                results.append((each,))
            case Record(entries, rest):
                results.append((replace(each, content=Items(tuple(known(key) for key in entries), rest)),))
            case _:
                results.append((replace(each, content=Items((), Hole(f"the items of '{shown(node)}' cannot be told"))),))
    return join(results)


def _getattr(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if len(node.args) < 2:
        return unknown(f"'{shown(node)}' is not followed")
    name = sole_text(evaluator.expression(node.args[1], site))
    value = evaluator.expression(node.args[0], site)
    if name is None:
        return unknown(f"the attribute that '{shown(node)}' reads cannot be told")
    found = evaluator.attribute(value, name, site)
    if len(node.args) > 2 and any(isinstance(each.content, Hole) for each in found):
        return join([found, evaluator.expression(node.args[2], site)])
    return found


def _next(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    items = changes.every(evaluator.expression(node.args[0], site), shown(node.args[0])) if node.args else NOTHING
    default = evaluator.expression(node.args[1], site) if len(node.args) > 1 else NOTHING
    return join([items, default])


def _open(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return known(Made("an open file is not a text", path="builtins.open()", call=node, site=site))


def _partial(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if not node.args:
        return unknown("a partial of nothing")
    callee = evaluator.expression(node.args[0], site)
    return known(Partial("a function with arguments given is not a text", callee=callee, call=node, site=site))


def _run(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`asyncio.to_thread(f, x)`: what f returns."""
    if not node.args:
        return None
    results = []
    for each in evaluator.expression(node.args[0], site):
        if not isinstance(each.content, Function):
            return None
        inner = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
        results.append(evaluator.calls.called(each.content, inner, site))
    return join(results)


def _loaded_file(kind: str) -> Followed:
    def load(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
        if not node.args:
            return unknown(f"'{shown(node)}' loads nothing")
        return join([_document(evaluator, each, kind, site) for each in evaluator.expression(node.args[0], site)])

    return load


def _document(evaluator: Evaluator, each: Possibility, kind: str, site: Site) -> Possible:
    importer = site.scope.module.path
    match each.content:
        case Made(call=ast.Call() as opened, site=Site() as where) if opened.args or isinstance(opened.func, ast.Attribute):
            target = opened.args[0] if opened.args and not _is_path_method(opened) else None
            if target is None:
                assert isinstance(opened.func, ast.Attribute)
                target = opened.func.value
            alternatives = []
            for path in evaluator.expression(target, where):
                text = paths.text_of(path.content)
                if text is None:
                    alternatives.append(unknown(f"the file that '{shown(opened)}' reads cannot be told"))
                    continue
                found = configuration.find(evaluator.program.tree, text, where.scope.module.path)
                content = configuration.text(evaluator.program.tree, found) if found is not None else None
                if found is None or content is None:
                    alternatives.append(unknown(f"the file '{text.rpartition('/')[2]}' is not among the scanned files"))
                else:
                    name = found if found.endswith((".yaml", ".yml", ".json", ".toml")) else f"{found}.{kind}"
                    document = configuration.load(name, content) if name == found else configuration.load(found, content)
                    alternatives.append(document)
            return join(alternatives)
        case str(text) if len(text) < configuration.MOST_BYTES:
            loaded = configuration.load(importer + ("" if kind != "toml" else ".toml"), text)
            return _without_places(loaded) or unknown("a text that is parsed")
        case Hole():
            return (each,)
    return unknown("what is loaded from a text is not followed")


def _without_places(value: Possible) -> Possible:
    """A document read from a text in the code: its lines are not those of a file."""
    cleaned = []
    for each in value:
        match each.content:
            case Record(entries, rest):
                content = Record({key: _without_places(inner) for key, inner in entries.items()}, rest)
                cleaned.append(Possibility(content))
            case Items(items, rest):
                cleaned.append(Possibility(Items(tuple(_without_places(inner) for inner in items), rest)))
            case other:
                cleaned.append(Possibility(other))
    return tuple(cleaned)


def _is_path_method(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("open", "read_text", "read_bytes")


_BUILTIN_CALLS: dict[str, Followed] = {
    "str": _as_text,
    "dict": _dict,
    "list": _sequence,
    "tuple": _sequence,
    "set": _sequence,
    "sorted": _sequence,
    "frozenset": _sequence,
    "iter": _same,
    "getattr": _getattr,
    "next": _next,
    "open": _open,
    "max": _next,
    "min": _next,
}

_CALLS: dict[str, Followed] = {
    "json.load": _loaded_file("json"),
    "json.loads": _loaded_file("json"),
    "yaml.safe_load": _loaded_file("yaml"),
    "yaml.load": _loaded_file("yaml"),
    "yaml.full_load": _loaded_file("yaml"),
    "tomllib.load": _loaded_file("toml"),
    "tomllib.loads": _loaded_file("toml"),
    "tomli.load": _loaded_file("toml"),
    "toml.load": _loaded_file("toml"),
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "typing.cast": _second,
    "functools.partial": _partial,
    "asyncio.run": _same,
    "asyncio.to_thread": _run,
    "anyio.to_thread.run_sync": _run,
    "asgiref.sync.sync_to_async": _same,
    "random.choice": _next,
    "os.fspath": _as_text,
    "streamlit.cache_resource": _same,
}


def collection_method(evaluator: Evaluator, each: Possibility, name: str, node: ast.Call, site: Site) -> Possible | None:
    """A method of a dict or list that gives a value; None where it is not followed."""
    assert isinstance(node.func, ast.Attribute)
    shown_base = shown(node.func.value)
    arguments = [evaluator.expression(argument, site) for argument in node.args]
    match name:
        case "get" | "pop" | "setdefault" if isinstance(each.content, Record) and arguments:
            default = arguments[1] if len(arguments) > 1 else None
            named = argument_node(node, None, "default")
            if named is not None:
                default = evaluator.expression(named, site)
            if default is None:
                default = known(None) if name == "get" else None
            return evaluator.lookup((each,), arguments[0], node.func.value, site, default)
        case "pop" if isinstance(each.content, Items):
            return changes.every((each,), shown_base)
        case "copy" | "model_dump" | "dict":
            return (each,)
        case "values" if isinstance(each.content, Record):
            return (replace(each, content=Items(tuple(each.content.entries.values()), each.content.rest)),)
        case "keys" if isinstance(each.content, Record):
            return (replace(each, content=Items(tuple(known(key) for key in each.content.entries), each.content.rest)),)
        case "items" if isinstance(each.content, Record):
            pairs = tuple(known(Items((known(key), value))) for key, value in each.content.entries.items())
            return (replace(each, content=Items(pairs, each.content.rest)),)
    return None


def path_call(evaluator: Evaluator, content: FilePath, name: str, node: ast.Call, site: Site) -> Possible:
    """A method of a `pathlib.Path`."""
    match name:
        case "resolve" | "absolute" | "expanduser":
            return known(content)
        case "joinpath":
            return paths.joined(known(content), *[evaluator.expression(each, site) for each in node.args])
        case "open" | "read_text" | "read_bytes":
            return known(Made("an open file is not a text", path="pathlib.Path().open()", call=node, site=site))
        case "as_posix":
            return known(content.text)
    return unknown(f"'{shown(node)}' is not followed")
