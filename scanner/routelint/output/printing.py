"""What printers are given beside what they print: the terminal, the source lines, the rules and where the scan was run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from posixpath import normpath
from typing import Protocol

from routelint.deferred import dataclass
from routelint.model import Severity
from routelint.output.layout import Paint
from routelint.source import SourceText


class RuleInfo(Protocol):
    """What printers ask of a rule; `routelint.rule.Rule` is one."""

    @property
    def id(self) -> str:
        """The kebab-case name."""

    @property
    def summary(self) -> str:
        """What the rule finds, in one line."""

    @property
    def severity(self) -> Severity:
        """The severity where no policy says otherwise."""

    @property
    def category(self) -> str:
        """The question it helps to answer: route, attribution, governance, budget, housekeeping."""

    @property
    def page(self) -> str:
        """Its documentation in Markdown."""

    @property
    def waivable(self) -> bool:
        """Whether directives and waivers may silence it."""

    @property
    def tags(self) -> Sequence[str]:
        """Words that code scanning filters by."""


def no_source(path: str) -> SourceText | None:
    """No text for any path: frames are left out."""
    return None


@dataclass(frozen=True)
class Printing:
    """The surroundings of one output.

    `width` is in columns, None where lines are not cut or wrapped (a pipe); `source` gives the text of a scanned file.
    Paths of a report are relative to the scanned root: `shown_prefix` leads there from the current directory (for people),
    `repository_prefix` from the repository's root (for SARIF and annotations); both are empty or end with a slash.
    `exit_code` is what the command will end with. `judged` are the ids of the rules that judged, None where all of `rules` did.
    `home` is the address of the project and `manual` that of the manual of its rules, empty where they are not published.
    `link_base` is what links to files start with: empty for relative ones, else an address that ends with a slash.
    """

    version: str
    rules: Sequence[RuleInfo] = ()
    source: Callable[[str], SourceText | None] = no_source
    width: int | None = None
    colour: bool = False
    quiet: bool = False
    show_suppressed: bool = False
    shown_prefix: str = ""
    repository_prefix: str = ""
    exit_code: int = 0
    judged: Sequence[str] | None = None
    home: str = ""
    manual: str = ""
    link_base: str = ""

    @property
    def paint(self) -> Paint:
        """Draws in colour where colour is on."""
        return Paint(self.colour)

    def shown(self, path: str) -> str:
        """A path of the report as people would type it in the current directory."""
        return _below(self.shown_prefix, path)

    def in_repository(self, path: str) -> str:
        """A path of the report as the repository knows it; it starts with `../` or `/` where it lies outside."""
        return _below(self.repository_prefix, path)

    @property
    def judging(self) -> Sequence[str]:
        """The ids of the rules that judged, in their order."""
        return [rule.id for rule in self.rules] if self.judged is None else self.judged

    def rule(self, rule_id: str) -> RuleInfo | None:
        """The rule of an id; None for one that is not built in."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def _below(prefix: str, path: str) -> str:
    """A path below a folder; a policy may lie outside of what is scanned, so its path may be absolute or climb."""
    if path.startswith("/"):
        return path
    return normpath(prefix + path) if path.startswith("../") else prefix + path
