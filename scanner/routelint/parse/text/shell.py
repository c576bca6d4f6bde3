"""Line files and command lines: `.env`, properties, INI, Dockerfile, Makefile and shell scripts."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import cached_property

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Kind, Resolution
from routelint.parse import lexicon
from routelint.parse.text import words
from routelint.parse.text.draft import File, Place, fallbacks, kind_of, literal
from routelint.possible import known

# A longer line is machine-made.
LONGEST_LINE = 4000

_ASSIGNMENT = lazy_regex(
    r"(?:^|(?<=[\s;&|(\"']))(?:(?:export|ENV|ARG|set|local|declare|readonly|env|\$env:)[ \t]+(?:-\w+[ \t]+)*)?\$?"
    r"(?P<name>[A-Za-z_][\w.\-]*)[ \t]*(?P<operator>[:?+]?=|:(?=[ \t]))[ \t]*"
    r"(?P<quote>\\?[\"']?)(?P<value>[^\s\"'`;,)}\\]+)"
)
_DOCKER_ENV = lazy_regex(r"^[ \t]*(?:ENV|ARG)[ \t]+(?P<name>[A-Za-z_]\w*)[ \t]+(?P<quote>[\"']?)(?P<value>[^\s\"']+)")
_OPTION = lazy_regex(
    r"(?<![\w-])--?(?P<name>[a-z][a-z-]*)(?:[ \t=]+|[\"'], *[\"'])(?P<quote>\\?[\"']?)(?P<value>[A-Za-z$][^\s\"'`;,)}\\]+)"
)
_PAIR = lazy_regex(r"\\?[\"'](?P<name>[A-Za-z_][\w.\-]*)\\?[\"']\s*:\s*\\?[\"'](?P<value>[^\s\"'\\]+)")
_VARIABLE_TEST = lazy_regex(r"(?:==|!=|=~|-eq|-ne|\bgrep\b|\bcase\b)")
# What is printed is set nowhere, unless it goes into a file.
_PRINTED = lazy_regex(r"(?:^|[\s;&|@])(?:echo|printf|print|log\w*|info|warn|error|read[ \t]+-p|Write-\w+)\b")
_INTO_FILE = lazy_regex(r">>?\s*[\"'$\w./]")
# What every name has in it that says so (`words.says_model`).
_SAYS_MODEL = lazy_regex(r"model|llm|embedd|reranker|copy|inference", re.IGNORECASE)
_TEMPLATE_DEFAULT = lazy_regex(r"\{\{(?P<name>[^{}]*?)\|\s*default\s*\(?\s*[\"'](?P<value>[^\"']+)[\"']")


def places(file: File) -> Iterator[Place]:
    """Every place of a line file that sets a model."""
    yield from commands(file, 0, len(file.source.text), file.name)


def commands(file: File, start: int, end: int, owner: str) -> Iterator[Place]:
    """Every place between two offsets that sets a model: assignments, options of commands, pairs of JSON in quotes."""
    text = file.source.text
    # Few texts have such a word at all, and a look for it takes a hundredth of reading their lines.
    if _SAYS_MODEL.search(text, start, end) is None:
        return
    comments = _Comments(file, start, end)
    position = start
    section = ""
    while position < end:
        newline = text.find("\n", position, end)
        stop = end if newline < 0 else newline
        line = text[position:stop]
        if line.startswith("[") and line.rstrip().endswith("]"):
            section = line.strip()[1:-1]
        if 5 < len(line) <= LONGEST_LINE and _SAYS_MODEL.search(line) is not None:
            yield from _line(file, line, position, owner, section, comments)
        position = stop + 1


@dataclass
class _Comments:
    """The comments between two offsets of a file, looked for when they are first asked about."""

    file: File
    start: int
    end: int

    def hide(self, offset: int) -> bool:
        """Whether an offset lies in one."""
        at = bisect.bisect_right(self._stretches, offset, key=lambda stretch: stretch[0]) - 1
        return at >= 0 and offset < self._stretches[at][1]

    @cached_property
    def _stretches(self) -> tuple[tuple[int, int], ...]:
        entry = lexicon.of_path(self.file.path)
        if entry.name not in ("shell", "properties", "ini", "toml"):
            entry = lexicon.LEXICONS["shell"]
        found = lexicon.comments(self.file.source.text, entry, self.start, self.end)
        return tuple((token.start, token.end) for token in found)


def _line(file: File, line: str, offset: int, owner: str, section: str, comments: _Comments) -> Iterator[Place]:
    taken: set[int] = set()
    printed = _PRINTED.search(line)
    visible = printed.start() if printed is not None and not _INTO_FILE.search(line, printed.end()) else len(line)
    for pattern in (_TEMPLATE_DEFAULT, _DOCKER_ENV, _ASSIGNMENT, _OPTION, _PAIR):
        for match in pattern.finditer(line):
            start = offset + match.start("value")
            if start in taken or match.start() >= visible:
                continue
            if (
                not words.says_model(match["name"])
                or words.says_documentation(match["name"])
                or words.says_listing(match["name"])
                or comments.hide(start)
            ):
                continue
            if pattern is _ASSIGNMENT and _VARIABLE_TEST.search(line, match.start("name"), match.start("value")):
                continue
            place = _place(file, line, match, offset, owner, section)
            if place is not None:
                taken.add(start)
                yield place


def _place(file: File, line: str, match: re.Match[str], offset: int, owner: str, section: str) -> Place | None:
    name = match["name"]
    start, value = match.start("value"), match["value"]
    resolution = Resolution.LITERAL
    default = (
        "{{" in match[0]
        or words.says_default(name)
        or match.groupdict().get("operator") == "?="
        or line.lstrip().startswith("ARG")
    )
    if value.startswith(("$", "{")):
        rest = line[start : start + 400]
        inner = next(((low, text) for low, _, text in fallbacks(rest) if file.identify(text)), None)
        if inner is None:
            return None
        start, value, resolution, default = start + inner[0], inner[1], Resolution.ENV_DEFAULT, True
    value = value.rstrip("].")
    model = file.identify(value)
    if model is None or model.is_pattern:
        return None
    example = any(part in ("example", "sample", "template", "dist") for part in re.split(r"[._-]", file.name.lower()))
    return Place(
        offset + start,
        offset + start + len(value),
        (offset + match.start("name"), offset + start + len(value)),
        name.strip(),
        f"{owner}:{section}.{name.strip()}" if section else f"{owner}:{name.strip()}",
        Kind.DEFAULT if default or example else kind_of(model, name),
        known(value, resolution) if resolution is not Resolution.LITERAL else literal(value),
    )
