"""Addresses a run knows without asking anybody: where this program is published, and where the scanned files are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import metadata
from urllib.parse import quote

from routelint.deferred import lazy_regex

# Labels of [project.urls] in pyproject.toml. While the project is published nowhere, none is there and nothing is linked.
HOME = "homepage"
MANUAL = "manual of rules"

_SERVER = lazy_regex(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/-]*)?")
_REPOSITORY = lazy_regex(r"[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = lazy_regex(r"[0-9a-f]{40,64}")


def address(label: str) -> str:
    """The address the installed package gives under a label, in lower case; empty where it gives none."""
    try:
        urls = metadata.metadata("routelint").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    named = (url.partition(",") for url in urls)
    return next((url.strip() for name, _, url in named if name.strip().lower() == label), "")


def link_base(environment: Mapping[str, str]) -> str:
    """What addresses of files at the scanned commit start with on the host whose runner this is; empty elsewhere.

    In a step summary and in a comment a relative link leads nowhere.
    """
    server, repository = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    commit = environment.get("GITHUB_SHA", "")
    if _SERVER.fullmatch(server) and _REPOSITORY.fullmatch(repository) and _COMMIT.fullmatch(commit):
        return f"{server.rstrip('/')}/{quote(repository)}/blob/{commit}/"
    project, commit = environment.get("CI_PROJECT_URL", ""), environment.get("CI_COMMIT_SHA", "")
    if _SERVER.fullmatch(project) and _COMMIT.fullmatch(commit):
        return f"{project.rstrip('/')}/-/blob/{commit}/"
    return ""
