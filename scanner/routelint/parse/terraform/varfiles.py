"""Which variable files belong to a root, what they set, and the environments their names stand for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from routelint.deferred import dataclass
from routelint.model import Evidence
from routelint.parse.terraform.module import Folder
from routelint.parse.terraform.nodes import Attribute, literal_text
from routelint.parse.terraform.project import Project, folder_of

# How a variable's name begins in the environment of Terraform and of what runs it.
PREFIX = "TF_VAR_"
# Variables that say in which environment a root is applied; counted in public repositories.
ENVIRONMENT_VARIABLES = frozenset(
    {"environment", "env", "environment_name", "env_name", "stage", "stage_name", "deployment_environment"}
)
_WORDS = frozenset(
    (
        "dev",
        "develop",
        "development",
        "sandbox",
        "sbx",
        "local",
        "demo",
        "test",
        "testing",
        "qa",
        "uat",
        "sit",
        "int",
        "integration",
        "stg",
        "stage",
        "staging",
        "preprod",
        "prod",
        "prd",
        "production",
        "live",
        "perf",
        "performance",
        "hotfix",
        "preview",
        "ci",
    )
)
# Words that as the name of a job, a script or a branch say something else more often than an environment.
_NO_NAMES = frozenset(
    {"local", "demo", "test", "testing", "int", "sit", "integration", "live", "perf", "performance", "hotfix", "preview", "ci"}
)
MOST_FILES = 32


@dataclass(frozen=True, eq=False)
class Named:
    """What a named environment sets, the file that says so, and why it is believed."""

    path: str
    attributes: Mapping[str, Attribute]
    evidence: Evidence


@dataclass(frozen=True, eq=False)
class VariableFiles:
    """What always applies to a root, in order of precedence, and what each named environment sets besides.

    `unnamed` are further complete sets of values that the root is applied with, for which no environment is named.
    """

    always: Mapping[str, Attribute]
    named: Mapping[str, Named]
    unnamed: tuple[Mapping[str, Attribute], ...] = ()


def for_root(project: Project, folder: Folder) -> VariableFiles:
    """The variable files of a root: those beside it, in folders below it, and in sister folders that fit its variables."""
    always: dict[str, Attribute] = {}
    named: dict[str, Named] = {}
    beside = [path for path in project.variable_files if folder_of(path) == folder.path]
    for path in automatic(project, folder.path):
        always.update(project.body(path).attributes)
    others = [path for path in beside if not _is_automatic(path)]
    others.extend(path for path in project.variable_files if _belongs(project, folder, path))
    for path in others[:MOST_FILES]:
        attributes = project.body(path).attributes
        if not any(name in folder.variables for name in attributes):
            continue
        name = environment(path, attributes, folder.path)
        if name in named:
            # Two files of one environment, say one per region, are two ways of applying it.
            name = f"{name} ({_stem(path)})" if named[name].path != path else name
        named[name] = Named(path, attributes, evidence_of(plain(name), path))
    return VariableFiles(always, named)


def automatic(project: Project, folder: str) -> list[str]:
    """The variable files of a folder that Terraform takes by itself, the strongest last."""
    return sorted(
        (path for path in project.variable_files if folder_of(path) == folder and _is_automatic(path)), key=_precedence
    )


def plain(name: str) -> str:
    """The environment of a configuration; two of one environment are told apart by what follows in brackets."""
    return name.split(" (")[0]


def says_environment(path: str) -> bool:
    """Whether the name of a variable file or of its folder is that of an environment."""
    return any(word.lower() in _WORDS for word in re.split(r"[-_.]", _stem(path))) or (
        posixpath.basename(folder_of(path)).lower() in _WORDS
    )


def is_environment(word: str) -> bool:
    """Whether a word that a script compares with is an environment."""
    return word.lower() in _WORDS


def named_in(name: str) -> str | None:
    """The environment in the name of a job, a script or a target; None where none or several stand in it."""
    words = {word.lower(): word for word in re.split(r"[-_. /]", name) if word.lower() in _WORDS - _NO_NAMES}
    return next(iter(words.values())) if len(words) == 1 else None


def folders_of(project: Project, path: str) -> list[str]:
    """The folders with configuration that a variable file may be meant for."""
    place = folder_of(path)
    if place in project.by_folder:
        return [place]
    return [folder for folder in project.by_folder if _belongs(project, project.folder(folder), path)]


def evidence_of(name: str, path: str) -> Evidence:
    """Why a root is believed to be applied in an environment that a variable file is named after."""
    return Evidence(name, f"variable file {posixpath.basename(path)}")


def _is_automatic(path: str) -> bool:
    name = posixpath.basename(path)
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _precedence(path: str) -> tuple[int, str]:
    name = posixpath.basename(path)
    return ("terraform.tfvars", "terraform.tfvars.json").index(name) if name.startswith("terraform.tfvars") else 2, name


def _belongs(project: Project, folder: Folder, path: str) -> bool:
    """Whether a variable file in another folder, one without configuration, is meant for this root."""
    place = folder_of(path)
    if place == folder.path or place in project.by_folder:
        return False
    above = place
    while above not in (".", ""):
        above = folder_of(above)
        if above in project.by_folder:
            return above == folder.path
    # No configuration above it: a sister folder such as `environments/` beside `terraform/`.
    parent = folder_of(folder.path)
    grandparent = folder_of(place)
    if parent not in (grandparent, folder_of(grandparent)):
        return False
    attributes = project.body(path).attributes
    return bool(attributes) and all(name in folder.variables for name in attributes)


def _stem(path: str) -> str:
    name = posixpath.basename(path)
    for suffix in (".auto.tfvars.json", ".auto.tfvars", ".tfvars.json", ".tfvars"):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def environment(path: str, attributes: Mapping[str, Attribute], root: str) -> str:
    """The environment a variable file stands for: its name, its folder, or what it sets `environment` to."""
    stem = _stem(path)
    candidates = [] if stem == "terraform" else [stem]
    place = folder_of(path)
    while place not in (".", root):
        candidates.append(posixpath.basename(place))
        place = folder_of(place)
    for candidate in candidates:
        if candidate.lower() in _WORDS:
            return candidate
    for name in sorted(ENVIRONMENT_VARIABLES & attributes.keys()):
        text = literal_text(attributes[name].expression)
        if text:
            return text
    for candidate in candidates:
        for word in re.split(r"[-_.]", candidate):
            if word.lower() in _WORDS:
                return word
    return candidates[0] if candidates else stem
