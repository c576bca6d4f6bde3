"""Golden folders: `tests/cases/<language>/<form>/` holds inputs and `expected.txt`, one readable line per route.

Run `pytest --update-golden` to rewrite them, and review the difference.
"""

from __future__ import annotations

from pathlib import Path

from routelint.model import Choice, Hop, ModelReference, Resource, Unknown
from routelint.parse.parsed import EnvironmentSetting, Parsed
from routelint.source import MemoryTree

CASES = Path(__file__).parent / "cases"
NOT_INPUT = {"expected.txt", "README.md"}


def cases(language: str) -> list[Path]:
    """The folders of one language, sorted."""
    return sorted(path.parent for path in (CASES / language).glob("*/expected.txt"))


def tree(folder: Path) -> MemoryTree:
    """The inputs of a case."""
    return MemoryTree(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in NOT_INPUT
        }
    )


def render(parsed: Parsed) -> str:
    """What a parser returned, one line per route, choice, resource, setting and error; independent of the parser's order."""
    lines = []
    for reference in sorted(parsed.references, key=lambda each: (each.location, each.root, each.sink)):
        lines.extend(_reference(reference))
    lines.extend(_resource(each) for each in sorted(parsed.resources, key=lambda each: (each.location, each.root)))
    lines.extend(_setting(each) for each in sorted(parsed.settings, key=lambda each: (each.location, each.owner, each.name)))
    lines.extend(f"error {error.path}:{error.line}: {error.message}" for error in parsed.errors)
    return "\n".join(lines) + "\n"


def _reference(reference: ModelReference) -> list[str]:
    span = reference.location.span
    place = f"{reference.location.path}:{span.start_line}:{span.start_column}-{span.end_line}:{span.end_column}"
    tags = "" if reference.tags is None else " " + _tags(reference)
    lines = [f"{reference.kind} {place} {reference.sink} root={reference.root} [{reference.location.symbol}]{tags}"]
    lines.extend(_choice(choice) for choice in reference.choices)
    if reference.unknown is not None:
        lines.append(f"    ? {reference.unknown.reason}{_trail(reference.unknown.trail)}")
    lines.extend(f"    @ {each.environment}: {each.reason}" for each in reference.evidence)
    return lines


def _choice(choice: Choice) -> str:
    where = f" in {', '.join(choice.environments)}" if choice.environments else ""
    return f"    = {choice.model.id} ({choice.resolution}){where}{_trail(choice.trail)}"


def _trail(trail: tuple[Hop, ...]) -> str:
    return "".join(f" <- {hop.location.path}:{hop.location.span.start_line} {hop.note}" for hop in trail)


def _tags(thing: ModelReference | Resource) -> str:
    assert thing.tags is not None
    pairs = [f"{key}={'?' if isinstance(value, Unknown) else value}" for key, value in sorted(thing.tags.entries.items())]
    return "tags{" + ", ".join(pairs) + (", ..." if thing.tags.rest else "") + "}"


def _resource(resource: Resource) -> str:
    tags = "" if resource.tags is None else " " + _tags(resource)
    place = f"{resource.location.path}:{resource.location.span.start_line}"
    return f"resource {place} {resource.type} {resource.name} root={resource.root}{tags}"


def _setting(setting: EnvironmentSetting) -> str:
    contents = " | ".join(str(possibility.content) for possibility in setting.value)
    code = ", ".join(setting.code) or "?"
    place = f"{setting.location.path}:{setting.location.span.start_line}"
    return f"setting {place} {setting.owner} {setting.name}={contents} code={code}"
