"""Policy text to policy: read, check against the schema, gather what it extends, merge, check, build."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from routelint.model import Location
from routelint.policy import check, profile_index
from routelint.policy.build import build, is_built_in
from routelint.policy.entries import PolicyWarning
from routelint.policy.fault import Fault, PolicyError, listing, nearest, shown
from routelint.policy.merge import merge, settle_aliases
from routelint.policy.policy import Policy
from routelint.policy.source import MapNode, ScalarNode, parse
from routelint.policy.validate import validate

PROFILES = ("recommended", "strict", "audit")
MOST_FILES = 32

_FOLDER = Path(__file__).parent / "profiles"
# A policy without `extends` starts from this one.
_IMPLICIT = "recommended"


def load(text: str, path: str, *, read: Callable[[str], str | None], rules: Collection[str]) -> Policy:
    """The policy in `text`, with everything it extends, validated against policy.schema.json.

    `read` gives the text of an extended file, named by its path joined to the folder of the file that extends it, or None
    where there is no such file. `rules` are the ids of the built-in rules.

    Raises:
        PolicyError: the text or a file it extends is not YAML, breaks the schema, or names something that does not exist;
            holds every fault.
    """
    layers = _Layers(read)
    layers.add_file(text, path)
    files = tuple(sorted(layers.files))
    nodes = layers.finished()
    tree, alias_faults = settle_aliases(merge([node for _, node in nodes]), [name for name, _ in nodes])
    faults = [*layers.faults, *alias_faults, *check.faults(tree, rules)]
    if faults:
        raise PolicyError(_at_home(fault, path) for fault in faults)
    warnings = sorted(set(check.warnings(tree)))
    return replace(build(tree), warnings=tuple(each for each in warnings if not _in_profile(each)), path=path, files=files)


@cache
def default(profile: str = _IMPLICIT) -> Policy:
    """The policy of a built-in profile, for repositories without a policy file.

    Raises:
        KeyError: there is no profile of that name.
    """
    if profile not in PROFILES:
        raise KeyError(profile)
    layers = _Layers(lambda _: None)
    layers.add_profile(profile)
    nodes = layers.finished()
    tree, _ = settle_aliases(merge([node for _, node in nodes]), [name for name, _ in nodes])
    return build(tree)


@cache
def _profile(name: str) -> MapNode:
    """A built-in profile; not validated here, the tests do it once and for all."""
    label = "default" if name == "defaults" else f"profile {name}"
    return profile_index.read((_FOLDER / f"{name}.json").read_text("utf-8"), label)


def _at_home(fault: Fault, path: str) -> Fault:
    """A fault that a profile's own words have under this policy, told at the policy that made it one."""
    if not is_built_in(Location(fault.path)):
        return fault
    return replace(fault, path=path, line=1, column=1, fact=f"{fault.path}, which the policy starts from: {fault.fact}")


def _in_profile(warning: PolicyWarning) -> bool:
    return is_built_in(Location(warning.path))


def _expression_faults(root: MapNode, text: str) -> Iterator[Fault]:
    """The faults of custom rules, with exact places in the text; what they need is imported only where there are any."""
    if root.items("custom_rules"):
        from routelint.policy import expressions

        yield from expressions.faults(root, text)


class _Layers:
    """The layers of a policy, lowest first, each once: a profile or file that is extended twice stands at its first place."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self.read = read
        self.layers: list[tuple[str, MapNode]] = []
        self.files: set[str] = set()
        self.open: list[str] = []
        self.faults: list[Fault] = []
        self.implicit = False

    def finished(self) -> list[tuple[str, MapNode]]:
        """Every layer, above the profile where none is named and above the defaults."""
        layers = self.layers
        if self.implicit:
            self.layers = []
            self.add_profile(_IMPLICIT)
            lowest = [each for each in self.layers if each[0] not in (name for name, _ in layers)]
            self.layers = layers = [*lowest, *layers]
        return [("default", _profile("defaults")), *layers]

    def add_profile(self, name: str) -> None:
        label = f"profile {name}"
        if any(label == each for each, _ in self.layers):
            return
        node = _profile(name)
        for item in node.items("extends"):
            if isinstance(item, ScalarNode):
                self.add_profile(item.text)
        self.layers.append((label, node))

    def add_file(self, text: str, path: str) -> None:
        self.files.add(path)
        try:
            root, faults = parse(text, path)
        except PolicyError as error:
            self.faults.extend(error.faults)
            return
        self.faults.extend([*faults, *validate(root, path), *_expression_faults(root, text)])
        self.open.append(path)
        extends = root.entries.get("extends")
        if extends is None:
            self.implicit = True
        for item in root.items("extends"):
            if isinstance(item, ScalarNode) and item.text:
                self.extend(item, path)
        self.open.pop()
        self.layers.append((path, root))

    def extend(self, item: ScalarNode, path: str) -> None:
        name = item.text
        if name in PROFILES:
            self.add_profile(name)
            return
        if "://" in name or name.startswith(("git@", "//")):
            self.fault(item, f"extends names the URL {shown(name)}", "a built-in profile or a file: nothing is fetched")
            return
        if "/" not in name and not name.endswith((".yaml", ".yml")):
            near = nearest(name, PROFILES)
            self.fault(item, f"extends names {shown(name)}", f"{listing(PROFILES)}, or a file", f"'{near}'" if near else "")
            return
        if name.startswith("/") or "\\" in name or not name.isprintable():
            self.fault(item, f"extends names {shown(name)}", "a path relative to the policy, with '/'")
            return
        self.extend_file(item, posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))

    def extend_file(self, item: ScalarNode, target: str) -> None:
        if target in self.open:
            chain = " -> ".join([*self.open[self.open.index(target) :], target])
            self.fault(item, f"extends runs in a circle: {chain}", "files that do not extend one another")
            return
        if target in self.files:
            return
        if len(self.files) >= MOST_FILES:
            self.fault(item, f"the policy extends more than {MOST_FILES} files", "fewer files")
            return
        text = self.read(target)
        if text is None:
            self.fault(
                item,
                f"extends names {shown(item.text)}, but there is no readable file {shown(target)}",
                "a file relative to the policy",
            )
            return
        self.add_file(text, target)

    def fault(self, item: ScalarNode, fact: str, expected: str, near: str = "") -> None:
        span = item.location.span
        self.faults.append(Fault(item.location.path, span.start_line, span.start_column, fact, expected, near))
