"""Settings of Dynaconf: files it is given, merged in order, with a section per environment where the code asks for those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routelint.parse.python import changes, configuration, paths
from routelint.parse.python.scopes import argument_node
from routelint.parse.python.values import NOTHING, Made, Site, join
from routelint.possible import Items, Possible, Record, in_environments, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

MAKERS = ("dynaconf.Dynaconf()", "dynaconf.LazySettings()")
# Sections that hold whatever the environment is.
_SHARED = ("default", "global")


def attribute(evaluator: Evaluator, made: Made, name: str) -> Possible:
    """`settings.NAME`: what the files say; names are the same in any case."""
    if made.call is None or made.site is None:
        return unknown(f"setting {name} is not found")
    document: Possible = NOTHING
    for found in _documents(evaluator, made, made.site):
        document = changes.merged(document, found)
    environments = argument_node(made.call, None, "environments")
    layered = environments is not None and evaluator.verdict(environments, made.site) is not False
    value = join([_entry(each.content, name, layered) for each in document])
    return value or unknown(f"setting {name} is not in the settings files that the scanned code names")


def _documents(evaluator: Evaluator, made: Made, site: Site) -> list[Possible]:
    assert made.call is not None
    documents = []
    for argument in ("preload", "settings_file", "settings_files", "includes", "secrets"):
        node = argument_node(made.call, None, argument)
        if node is None:
            continue
        for each in evaluator.expression(node, site):
            files = each.content.items if isinstance(each.content, Items) else ((each,),)
            texts = [paths.text_of(one.content) for file in files for one in file]
            for text in texts:
                path = configuration.find(evaluator.program.tree, text, site.scope.module.path) if text else None
                content = configuration.text(evaluator.program.tree, path) if path is not None else None
                if path is not None and content is not None:
                    documents.append(configuration.load(path, content))
    return documents


def _entry(content: object, name: str, layered: bool) -> Possible:
    if not isinstance(content, Record):
        return NOTHING
    if not layered:
        return _of(content, name)
    shared = [_of(each.content, name) for section in _SHARED for each in content.entries.get(section, ())]
    found: list[Possible] = []
    for section, values in content.entries.items():
        if section not in _SHARED:
            found.extend(in_environments(_of(each.content, name), (section,)) for each in values)
    return join([*found, *shared])


def _of(content: object, name: str) -> Possible:
    if isinstance(content, Record):
        for key, value in content.entries.items():
            if key.lower() == name.lower():
                return value
    return NOTHING
