"""How the repository applies its roots: values of variables that pipelines, scripts and dotenv files give to Terraform."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import chain, islice

from routelint.deferred import lazy_regex
from routelint.parse.terraform.deployments.given import Deployment, distinct
from routelint.parse.terraform.project import Project
from routelint.parse.terraform.varfiles import PREFIX
from routelint.source import NotTextError, SourceText, decode

MOST_FILES = 500
MOST_OF_FILE = 100
MOST_DEPLOYMENTS = 1_000

# Which files may give values, by the names that `reading` knows their readers by.
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (lazy_regex(r"(?:.*/)?\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml"), "workflow"),
    (lazy_regex(r"(?:.*/)?[^/]*\.?gitlab-ci[^/]*\.ya?ml"), "gitlab"),
    (lazy_regex(r"(?:.*/)?[^/]*buildspec[^/]*\.ya?ml"), "buildspec"),
    (lazy_regex(r"(?:.*/)?(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml"), "compose"),
    (lazy_regex(r"(?:.*/)?(?:(?:GNU)?[Mm]akefile(?:\.[^/]*)?|[^/]*\.mk)"), "makefile"),
    (lazy_regex(r"(?:.*/)?(?:\.env(?:rc)?(?:[.-][^/]*)?|[^/]+\.env)"), "dotenv"),
    (lazy_regex(r".*\.(?:sh|bash|zsh)"), "script"),
)
_EXAMPLE = lazy_regex(r"(?:^|[._-])(?:examples?|samples?|template|tpl|dist)(?:$|[._-])")
# Without one of these a file gives no value to Terraform.
_PREFIX, _OPTION = PREFIX.encode(), b"-var"


class Deployments:
    """The deployments of a scan, found when they are first asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def all(self) -> tuple[Deployment, ...]:
        """Every deployment that gives a value, in the order of files."""
        relevant = self._relevant()
        first = next(relevant, None)
        if first is None:
            return ()
        # Few repositories give values so, and what reads scripts takes as long to load as a small root to evaluate.
        from routelint.parse.terraform.deployments.reading import READERS, Files

        project = self._project
        roots = [folder for folder in project.by_folder if not project.callers.get(folder)]
        files = Files(project.by_folder.__contains__, project.exists, self._text, roots)
        found: list[Deployment] = []
        for kind, source in islice(chain((first,), relevant), MOST_FILES):
            found.extend(distinct(islice(READERS[kind](source, files), MOST_OF_FILE)))
        # A file that a script reads is for the root that the script applies.
        valued = (each for each in found if each.path not in files.sourced and (each.given or each.options))
        return tuple(valued)[:MOST_DEPLOYMENTS]

    def _relevant(self) -> Iterator[tuple[str, SourceText]]:
        """The files that may give a value, with their kind."""
        tree = self._project.tree
        for path in sorted(tree.paths()):
            kind = _kind(path)
            data = tree.read(path) if kind is not None else None
            if kind is None or data is None:
                continue
            if _PREFIX in data or (_OPTION in data and (b"terraform" in data or b"tofu" in data)):
                with contextlib.suppress(NotTextError):
                    yield kind, decode(path, data)

    def _text(self, path: str) -> str | None:
        data = self._project.tree.read(path)
        try:
            return decode(path, data).text if data is not None else None
        except NotTextError:
            return None

    def of_root(self, folder: str) -> list[Deployment]:
        """The deployments that are for a root, or may be because they do not say for which, with a variable it declares."""
        declared = self._project.folder(folder).variables.keys()
        return [each for each in self.all if each.folder in (folder, None) and _concerns(each, declared)]

    def giving(self, knows: Callable[[str], bool]) -> list[str]:
        """The roots of which a variable is given a known model; nothing else of them may speak of one."""
        given = [(each.folder, value.name) for each in self.all for value in each.given if value.text and knows(value.text)]
        marked = {folder: None for folder, _ in given if folder is not None}
        names = {name for folder, name in given if folder is None}
        for folder in sorted(self._project.by_folder) if names else ():
            if not self._project.callers.get(folder) and names & self._project.folder(folder).variables.keys():
                marked[folder] = None
        return list(marked)


def _concerns(deployment: Deployment, declared: Collection[str]) -> bool:
    if any(each.name in declared for each in deployment.given):
        return True
    return deployment.folder is not None and any(isinstance(each, str) for each in deployment.options)


def _kind(path: str) -> str | None:
    # Nearly every file of a tree is none of these.
    for pattern, kind in _KINDS:
        if pattern.fullmatch(path):
            return None if _EXAMPLE.search(posixpath.basename(path)) else kind
    return None
