"""Paths of the file system as code builds them: `__file__`, `os.path`, `pathlib`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from routelint.parse.python.values import FilePath
from routelint.possible import Content, Hole, Items, Possible, combine, known

# Folders above a path that `Path.parents` is followed to.
MOST_PARENTS = 30


def path(text: str) -> FilePath:
    """A path by its text."""
    return FilePath("a path stands where a text is expected", text=text)


def text_of(content: Content) -> str | None:
    """The text of a path or a text that may be one."""
    match content:
        case FilePath(text=text) | str(text):
            return text
    return None


def joined(*parts: Possible) -> Possible:
    """Paths put one after the other."""

    def apply(contents: tuple[Content, ...]) -> Content:
        texts = [text_of(content) for content in contents]
        known_texts = [text for text in texts if text is not None]
        if len(known_texts) < len(texts):
            return Hole("a path that cannot be told")
        return path(posixpath.normpath(posixpath.join(*known_texts)))

    return combine(parts, apply)


def attribute(content: FilePath, name: str) -> Possible:
    """An attribute of a `pathlib.Path`."""
    match name:
        case "parent":
            return known(path(posixpath.dirname(content.text)))
        case "name":
            return known(posixpath.basename(content.text))
        case "stem":
            return known(posixpath.splitext(posixpath.basename(content.text))[0])
        case "suffix":
            return known(posixpath.splitext(content.text)[1])
        case "parents":
            above = [posixpath.dirname(content.text)]
            while above[-1] not in ("", "/") and len(above) < MOST_PARENTS:
                above.append(posixpath.dirname(above[-1]))
            return known(Items(tuple(known(path(each)) for each in above)))
    return known(Hole(f"attribute {name} of a path is not followed"))


def renamed(content: FilePath, method: str, given: Possible) -> Possible:
    """`path.with_name(...)` and its kin."""

    def apply(operands: tuple[Content, ...]) -> Content:
        if not isinstance(operands[0], str) or not posixpath.basename(content.text):
            return Hole("a path that cannot be told")
        folder, name = posixpath.split(content.text)
        stem, suffix = posixpath.splitext(name)
        match method:
            case "with_name":
                name = operands[0]
            case "with_stem":
                name = operands[0] + suffix
            case _:
                name = stem + operands[0]
        return path(posixpath.join(folder, name))

    return combine([given], apply) if given else given


def function(name: str, arguments: Sequence[Possible]) -> Possible | None:
    """A function of `os.path`; None where it is not one that is followed."""
    if not arguments:
        return None
    match name:
        case "join":
            return joined(*arguments)
        case "abspath" | "realpath" | "normpath" | "expanduser":
            return _each(arguments[0], lambda text: text)
        case "dirname":
            return _each(arguments[0], posixpath.dirname)
        case "basename":
            return _each(arguments[0], posixpath.basename)
    return None


def _each(value: Possible, change: object) -> Possible:
    def apply(contents: tuple[Content, ...]) -> Content:
        text = text_of(contents[0])
        if text is None or not callable(change):
            return Hole("a path that cannot be told")
        return path(str(change(text)))

    return combine([value], apply)
