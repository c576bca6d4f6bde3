"""What documents of data say besides routes: variables that Serverless functions set, and IAM policy statements.

It needs nothing of what reads programs, so that a scan of configuration alone does not load that.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from routelint.model import Location, PolicyStatement
from routelint.parse import statements as policies
from routelint.parse.handlers import files_in
from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.text import words
from routelint.parse.text.draft import File
from routelint.parse.text.nodes import List, Map, Node, Scalar
from routelint.possible import Hole, Items, Possible, Record, known

MOST_ITEMS = 200
MOST_NESTED = 8
MOST_NODES = 20_000


def variables(file: File, documents: Sequence[Node]) -> Iterator[EnvironmentSetting]:
    """The model variables that Serverless functions set."""
    folder = posixpath.dirname(file.path)
    for document in documents:
        if not isinstance(document, Map):
            continue
        functions, provider = document.get("functions"), document.get("provider")
        if isinstance(functions, Map) and isinstance(provider, Map):
            for name, function in functions.entries:
                handler = function.get("handler") if isinstance(function, Map) else None
                if isinstance(function, Map) and isinstance(handler, Scalar):
                    where = _handler(file, folder, handler.text)
                    own = list(_variables(file, name.text, function.get("environment"), where))
                    taken = {setting.name for setting in own}
                    shared = _variables(file, name.text, provider.get("environment"), where)
                    yield from (*own, *(setting for setting in shared if setting.name not in taken))


def _handler(file: File, folder: str, handler: str) -> tuple[str, ...]:
    """The code of a function whose handler is `src/ask.handler`: the file where it exists, and its folder."""
    exact = files_in(folder, handler, lambda path: file.context.tree.read(path) is not None)
    around = posixpath.normpath(posixpath.join(folder, posixpath.dirname(handler)))
    return (*exact, *(() if around.startswith(("..", "/")) else (around,)))


def _variables(file: File, owner: str, node: Node | None, where: tuple[str, ...]) -> Iterator[EnvironmentSetting]:
    pairs: list[tuple[str, str, Scalar]] = []
    if isinstance(node, Map):
        pairs = [(name.text, value.text, value) for name, value in node.entries if isinstance(value, Scalar)]
    elif isinstance(node, List):
        for item in node.items:
            if isinstance(item, Scalar) and "=" in item.text:
                name, _, value = item.text.partition("=")
                pairs.append((name, value, item))
    for name, text, scalar in pairs:
        if words.says_model(name) and file.identify(text) is not None:
            location = file.location(scalar.start, scalar.end, f"{file.name}:{owner}.{name}")
            yield EnvironmentSetting(name, known(text), f"{file.name}:{owner}", location, where)


def statements(file: File, documents: Sequence[Node]) -> Iterator[PolicyStatement]:
    """The statements about Bedrock of policy documents in a data file."""
    if "Effect" not in file.source.text:
        return
    waiting: list[Node] = list(reversed(documents))
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, List):
            waiting.extend(reversed(node.items))
        if not isinstance(node, Map):
            continue
        waiting.extend(value for _, value in reversed(node.entries))
        if node.get("Effect") is None or (node.get("Action") is None and node.get("NotAction") is None):
            continue
        draft = policies.read({key: _plain(value, 0) for key, value in node.last.items() if policies.element(key)})
        listed = node.get("Resource") or node.get("NotResource")
        if draft.speaks_of_bedrock and listed is not None:
            yield PolicyStatement(
                file.location(listed.start, listed.end, f"{file.name}:statement"),
                file.language,
                file.source.span(node.start, node.end),
                draft.effect,
                Location(file.path, symbol=file.name),
                draft.actions,
                draft.not_actions,
                draft.resources,
                draft.not_resources,
                draft.conditions,
            )


def _plain(node: Node, depth: int) -> Possible:
    match node:
        case _ if depth > MOST_NESTED:
            return known(Hole("nested too deep"))
        case Scalar(text):
            return known(text)
        case List(items=items):
            return known(Items(tuple(_plain(item, depth + 1) for item in items[:MOST_ITEMS])))
        case Map(last=last):
            return known(Record({key: _plain(value, depth + 1) for key, value in last.items()}))
