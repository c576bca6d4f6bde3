"""Which language a file belongs to, from its name and, for templates, its content."""

from __future__ import annotations

from routelint.deferred import lazy_regex

LANGUAGES = ("terraform", "cloudformation", "python", "text")

TERRAFORM_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json", ".hcl")
PYTHON_SUFFIXES = (".py", ".ipynb")
TEMPLATE_SUFFIXES = (".yaml", ".yml", ".json", ".template")
TEXT_SUFFIXES = (
    ".baml",
    ".bash",
    ".cfg",
    ".cjs",
    ".conf",
    ".config",
    ".cs",
    ".cts",
    ".env",
    ".fs",
    ".go",
    ".groovy",
    ".ini",
    ".java",
    ".js",
    ".json5",
    ".jsonc",
    ".jsx",
    ".kt",
    ".kts",
    ".mjs",
    ".mts",
    ".php",
    ".properties",
    ".ps1",
    ".rb",
    ".rs",
    ".scala",
    ".sh",
    ".sql",
    ".svelte",
    ".swift",
    ".toml",
    ".ts",
    ".tsx",
    ".vue",
    ".zsh",
)
# Written by a tool from something that is read itself, or published by someone else.
SKIPPED_SUFFIXES = (
    "-lock.hcl",
    "-lock.json",
    "-lock.yaml",
    "-lock.yml",
    "-min.css",
    "-min.js",
    "-min.mjs",
    ".bundle.js",
    ".chunk.js",
    ".d.cts",
    ".d.mts",
    ".d.ts",
    ".lock",
    ".lock.hcl",
    ".lock.json",
    ".lock.yaml",
    ".lock.yml",
    ".map",
    ".min.css",
    ".min.js",
    ".min.mjs",
    ".snap",
    ".tfstate",
    ".tfstate.backup",
)
_NAMES = {"npm-shrinkwrap.json": None, "samconfig.toml": "cloudformation"}
_TEXT_NAME = lazy_regex(
    r"(?:.*\.)?(?:dockerfile|containerfile)(?:\..*)?|\.env(?:rc)?(?:[.-].*)?|env(?:\.[a-z]+)*\.(?:example|sample|template|dist)"
    r"|(?:gnu)?makefile|justfile|procfile|jenkinsfile"
)
# One of these is in every name that the expression fits: most names need not be held against it.
_TEXT_NAME_WORDS = ("file", "env")

# Each pattern with a word it cannot do without: looking for the word first makes most files cost nothing.
_TEMPLATE_WORDS = (b"AWSTemplateFormatVersion", b"AWS::Serverless-2016-10-31")
# A YAML or JSON file that is not text holds one of these.
WORDS = (
    b"AWSTemplateFormatVersion",
    b"AWS::",
    b"Alexa::",
    b"Custom::",
    b"ParameterKey",
    b"StartAt",
    b"provider",
    b'"Parameters"',
    b'"StackPolicy"',
    b'"Tags"',
    b'"format_version"',
)
_RESOURCE_TYPE = lazy_regex(rb"Type[\"']?\s*:\s*[\"']?(?:AWS|Custom|Alexa)::[A-Za-z0-9]")
_START = lazy_regex(rb"StartAt[\"']?\s*:")
_STATES = lazy_regex(rb"States[\"']?\s*:")
_PARAMETER = lazy_regex(rb"ParameterKey[\"']?\s*:")
_PARAMETERS = lazy_regex(rb"\s*\{\s*\"(?:Parameters|StackPolicy|Tags)\"\s*:\s*\{")
# What a file of the Serverless Framework for AWS holds, which becomes a template.
_SERVICE = (
    lazy_regex(rb"(?m)^service[ \t]*:"),
    lazy_regex(rb"(?m)^provider[ \t]*:[ \t]*(?:#.*)?\r?$"),
    lazy_regex(rb"(?m)^[ \t]+name[ \t]*:[ \t]*[\"']?aws\b"),
)
_PLAN = lazy_regex(rb"\s*\{\s*\"format_version\"\s*:")
_PLANNED = (b'"planned_values"', b'"resource_changes"', b'"terraform_version"')


def _by_last_suffix() -> dict[str, list[tuple[str, str | None]]]:
    """What follows the last dot of a name -> the endings it may be part of, with their language; the first that fits counts.

    One look-up instead of a hundred comparisons: a repository has ten times as many files as are read.
    """
    found: dict[str, list[tuple[str, str | None]]] = {}
    for suffixes, language in (
        (SKIPPED_SUFFIXES, None),
        (TERRAFORM_SUFFIXES, "terraform"),
        (PYTHON_SUFFIXES, "python"),
        (TEMPLATE_SUFFIXES + TEXT_SUFFIXES, "text"),
    ):
        for suffix in sorted(suffixes, key=len, reverse=True):
            found.setdefault(suffix.rpartition(".")[2], []).append((suffix, language))
    return found


_BY_LAST_SUFFIX = _by_last_suffix()


def language_of(path: str) -> str | None:
    """The language a file name stands for; None where such files are not read. Templates are `text` until looked into."""
    name = path[path.rfind("/") + 1 :].lower()
    if name in _NAMES:
        return _NAMES[name]
    _, dot, last = name.rpartition(".")
    if dot:
        for suffix, language in _BY_LAST_SUFFIX.get(last, ()):
            if name.endswith(suffix):
                return language
    # A plain loop: a generator inside `any` costs twice as much as the rest of this function.
    for word in _TEXT_NAME_WORDS:
        if word in name:
            return "text" if _TEXT_NAME.fullmatch(name) else None
    return None


def may_be_template(path: str) -> bool:
    """Whether the content of a `text` file decides if it is a template, a plan or a configuration file."""
    return path.lower().endswith(TEMPLATE_SUFFIXES)


def language_of_content(data: bytes) -> str:
    """The language of a YAML or JSON file: a template with what belongs to it, a Terraform plan, or text.

    Templates are CloudFormation and SAM templates, services of the Serverless Framework, state machines, and parameter files
    of a deployment.
    """
    if any(word in data for word in _TEMPLATE_WORDS) or (b"::" in data and _RESOURCE_TYPE.search(data)):
        return "cloudformation"
    if b"provider" in data and all(pattern.search(data) for pattern in _SERVICE):
        return "cloudformation"
    if b"StartAt" in data and _START.search(data) and _STATES.search(data):
        return "cloudformation"
    if _PARAMETERS.match(data) or (b"ParameterKey" in data and _PARAMETER.search(data)):
        return "cloudformation"
    if _PLAN.match(data) and any(key in data for key in _PLANNED):
        return "terraform"
    return "text"
