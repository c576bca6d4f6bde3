"""The Terraform files of a scan by folder: read when asked for, who calls whom, and which folders are roots."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import cached_property

from routelint.deferred import lazy_regex
from routelint.model import ScanError
from routelint.parse.handlers import Handlers
from routelint.parse.paths import Paths
from routelint.parse.terraform import json_syntax, syntax
from routelint.parse.terraform.module import Folder
from routelint.parse.terraform.nodes import Block, Body, TextTemplate, literal_text
from routelint.source import NotTextError, SourceTree, decode

CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
VARIABLES = (".tfvars", ".tfvars.json")
# What Terragrunt calls the file that applies a module, and the one that makes many of these.
UNIT, STACK = "terragrunt.hcl", "terragrunt.stack.hcl"
# Nobody writes a longer file, and one of 10 MB takes more than a gigabyte of memory as a tree of syntax.
LONGEST_FILE = 1_000_000
_SOURCE = lazy_regex(rb"source[\"']?\s*[=:]\s*\"(\.{1,2}(?:/[^\"$]*)?)\"")


class Project:
    """The Terraform files of a scan; errors of the files that were read are collected in `errors`."""

    def __init__(self, tree: SourceTree, paths: Iterable[str]) -> None:
        self.tree = tree
        self.errors: list[ScanError] = []
        self.by_folder: dict[str, list[str]] = {}
        self.variable_files: list[str] = []
        for path in sorted(set(paths)):
            if path.endswith(CONFIGURATION):
                self.by_folder.setdefault(folder_of(path), []).append(path)
            elif path.endswith(VARIABLES):
                self.variable_files.append(path)
        self._folders: dict[str, Folder] = {}
        self._bodies: dict[str, Body] = {}
        self._templates: dict[str, TextTemplate | None] = {}
        self.room = syntax.Room()

    # -- files

    def body(self, path: str) -> Body:
        """The declarations of one file; empty where it cannot be read."""
        if path not in self._bodies:
            self._bodies[path] = self._read(path)
        return self._bodies[path]

    def _read(self, path: str) -> Body:
        text = self.text(path)
        if text is None:
            return Body()
        if len(text) > LONGEST_FILE:
            self.errors.append(ScanError(path, f"not read: longer than {LONGEST_FILE:,} characters"))
            return Body()
        read = json_syntax.parse if path.endswith(".json") else syntax.parse
        body, errors = read(path, text, self.room)
        self.errors.extend(errors)
        return body

    def text(self, path: str) -> str | None:
        """The text of a file; None where it is absent or no text, the latter being an error."""
        data = self.tree.read(path)
        if data is None:
            return None
        try:
            return decode(path, data).text
        except NotTextError as error:
            self.errors.append(ScanError(path, str(error)))
            return None

    def template(self, path: str) -> TextTemplate | None:
        """A file as `templatefile` reads it; None where it is absent or no text."""
        if path not in self._templates:
            text = self.text(path)
            self._templates[path] = syntax.parse_template(path, text) if text is not None else None
        return self._templates[path]

    def folder(self, path: str) -> Folder:
        """What the files of a folder declare together."""
        if path not in self._folders:
            folder = Folder(path)
            self._folders[path] = folder
            files = _shadowed(self.by_folder.get(path, ()))
            for file in sorted(files, key=lambda each: (_is_override(each), each)):
                folder.add(self.body(file), override=_is_override(file))
        return self._folders[path]

    def exists(self, path: str) -> bool:
        """Whether a file or folder is in the scan."""
        # The root is not in the scan: it is the scan.
        return path != "." and path in self._paths

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self.tree.paths())

    @cached_property
    def handlers(self) -> Handlers:
        """The programs of the scan by what handlers call them."""
        return Handlers(self.tree.paths(), self.tree.read)

    # -- calls

    def called_folder(self, caller: str, call: Block) -> Folder | None:
        """The folder a module call's local source leads to; None where it lies outside the scan."""
        source = call.body.attributes.get("source")
        text = literal_text(source.expression) if source is not None else None
        if text is None or (not text.startswith(("./", "../")) and text not in (".", "..")):
            return None
        path = joined(caller, text.replace("//", "/"))
        return self.folder(path) if path is not None and path in self.by_folder else None

    @cached_property
    def callers(self) -> dict[str, set[str]]:
        """Folder -> folders that call it, told from the text of `source = "./..."` alone."""
        callers: dict[str, set[str]] = {}
        for folder, files in self.by_folder.items():
            for file in files:
                data = self.tree.read(file)
                if data is None or b"source" not in data:
                    continue
                for match in _SOURCE.finditer(data):
                    target = joined(folder, match[1].decode("utf-8", "replace").replace("//", "/"))
                    if target is not None and target in self.by_folder and target != folder:
                        callers.setdefault(target, set()).add(folder)
        return callers

    def roots(self, marked: Iterable[str]) -> list[str]:
        """The folders nobody calls, from which the marked folders are reached; sorted."""
        reached = self.reaching(marked)
        roots = [folder for folder in reached if not self.callers.get(folder)]
        covered = set(self._reachable(roots))
        # A ring of modules has no root: its first folder stands for one.
        for folder in sorted(reached):
            if folder not in covered:
                roots.append(folder)
                covered.update(self._reachable([folder]))
        return sorted(roots)

    def reaching(self, marked: Iterable[str]) -> list[str]:
        """The marked folders and every folder that calls them, directly or not."""
        reached: dict[str, None] = {}
        pending = sorted(set(marked))
        while pending:
            folder = pending.pop()
            if folder in reached:
                continue
            reached[folder] = None
            pending.extend(sorted(self.callers.get(folder, ())))
        return list(reached)

    def _reachable(self, roots: Iterable[str]) -> Iterator[str]:
        called: dict[str, list[str]] = {}
        for target, callers in self.callers.items():
            for caller in callers:
                called.setdefault(caller, []).append(target)
        pending, seen = list(roots), set(roots)
        while pending:
            folder = pending.pop()
            yield folder
            for target in called.get(folder, ()):
                if target not in seen:
                    seen.add(target)
                    pending.append(target)


def folder_of(path: str) -> str:
    """The folder of a path, "." at the scanned root."""
    return posixpath.dirname(path) or "."


def joined(folder: str, relative: str) -> str | None:
    """A relative path as seen from a folder, normalised; None where it leaves the scanned root."""
    path = posixpath.normpath(posixpath.join(folder, relative))
    return None if path == ".." or path.startswith(("../", "/")) else path


def _is_override(path: str) -> bool:
    name = posixpath.basename(path)
    stem = next(name[: -len(suffix)] for suffix in sorted(CONFIGURATION, key=len, reverse=True) if name.endswith(suffix))
    return stem == "override" or stem.endswith("_override")


def _shadowed(files: Iterable[str]) -> list[str]:
    """The files without those `.tf` files that an OpenTofu file of the same name replaces."""
    names = set(files)
    return [file for file in names if not (file.endswith((".tf", ".tf.json")) and file.replace(".tf", ".tofu") in names)]
