"""What stands in for libraries while a program runs: each does what the real one does as far as a program can see."""

from __future__ import annotations

STAND_INS = {
    "boto3.py": """
import sys

CALLS = []


class Client:
    def __init__(self, service):
        self.service = service

    def _record(self, arguments):
        frame = sys._getframe(2)
        while not frame.f_code.co_filename.startswith(ROOT):
            frame = frame.f_back
        CALLS.append((frame.f_code.co_filename[len(ROOT) + 1:], frame.f_lineno, str.__str__(arguments["modelId"])))
        return {"output": {}}

    def converse(self, **arguments):
        return self._record(arguments)

    def invoke_model(self, **arguments):
        return self._record(arguments)


def client(service, **_):
    return Client(service)


class Session:
    def __init__(self, **_):
        pass

    def client(self, service, **_):
        return Client(service)
""",
    "pydantic.py": """
class FieldInfo:
    def __init__(self, default=None, default_factory=None, alias=None, **_):
        self.default, self.factory, self.alias = default, default_factory, alias


Field = FieldInfo


class BaseModel:
    def __init__(self, **given):
        for name in [name for one in reversed(type(self).__mro__) for name in vars(one).get("__annotations__", {})]:
            default = getattr(type(self), name, None)
            alias = default.alias if isinstance(default, FieldInfo) else None
            if isinstance(default, FieldInfo):
                default = default.factory() if default.factory else default.default
            setattr(self, name, given.get(alias or name, self._outside(name, alias, default)))

    def _outside(self, name, alias, default):
        return default
""",
    "pydantic_settings.py": """
import os

from pydantic import BaseModel


def SettingsConfigDict(**entries):
    return entries


class BaseSettings(BaseModel):
    model_config = {}

    def _outside(self, name, alias, default):
        variable = alias or self.model_config.get("env_prefix", "") + name
        return {key.upper(): value for key, value in os.environ.items()}.get(variable.upper(), default)
""",
    "click.py": """
def command(*_, **__):
    def decorate(function):
        def main(standalone_mode=True):
            return function(**getattr(function, "options", {}))
        return main
    return decorate


def option(flag, *names, default=None, **_):
    name = names[0] if names and not names[0].startswith("-") else flag.lstrip("-").replace("-", "_")

    def decorate(function):
        function.options = {name: default, **getattr(function, "options", {})}
        return function
    return decorate
""",
    "typer.py": """
import inspect


def Option(default=None, *_, **__):
    return ("option", default)


class Typer:
    def command(self, *_, **__):
        def decorate(function):
            self.function = function
            return function
        return decorate

    def __call__(self):
        given = {}
        for name, each in inspect.signature(self.function).parameters.items():
            given[name] = each.default[1] if isinstance(each.default, tuple) else each.default
        self.function(**given)
""",
}
