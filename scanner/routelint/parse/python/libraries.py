"""What is known of the standard library and of libraries that carry configuration: environment, files, command lines, clients.

Which library calls choose a model is not here but in the surfaces; this is only what values pass through.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python import cdk, changes, conditions, dynaconf, holding, menus, options, paths, returns, standard
from routelint.parse.python.environment import environment
from routelint.parse.python.scopes import argument_node, shown
from routelint.parse.python.values import Made, Site, Symbol, contents, join, sole_text, symbol
from routelint.possible import Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

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
CLIENT = conditions.SDK
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
        found = standard.BUILTIN_CALLS.get(name)
        return found(evaluator, node, site) if found is not None else None
    if module in ("os.path", "posixpath"):
        return paths.function(name, [evaluator.expression(each, site) for each in node.args])
    if module == "pathlib" and name in ("Path", "PurePath", "PosixPath"):
        return paths.joined(*[evaluator.expression(each, site) for each in node.args]) if node.args else known(paths.path("."))
    menu = menus.picked(evaluator, path, node, site) if path.startswith(menus.LIBRARY) else None
    if menu is not None:
        return menu
    found = standard.CALLS.get(path)
    return found(evaluator, node, site) if found is not None else cdk.call(evaluator, path, node, site)


def _argument(evaluator: Evaluator, node: ast.Call, site: Site, position: int, *names: str) -> Possible | None:
    found = argument_node(node, position, *names)
    return evaluator.expression(found, site) if found is not None else None


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
        service = holding.item(changes.keywords(evaluator, node, site), "service_name", "the arguments")
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
        return options.option(evaluator, content, name)
    if content.path in dynaconf.MAKERS:
        return dynaconf.attribute(evaluator, content, name)
    if content.path in ("types.SimpleNamespace()", "argparse.Namespace()") and content.call and content.site:
        node = argument_node(content.call, None, name)
        if node is not None:
            return evaluator.expression(node, content.site)
    if content.path == "boto3.Session()" or content.path.endswith("session.Session()"):
        return _session_attribute(evaluator, content, name)
    return cdk.made_attribute(evaluator, content, name)


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
            return returns.returns(evaluator, scope, evaluator.frame(scope))
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
