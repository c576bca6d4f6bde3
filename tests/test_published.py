from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from importlib import metadata

import pytest

from routelint.cli import published

COMMIT = "0a" * 20
GITHUB = {"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "team/app", "GITHUB_SHA": COMMIT}
GITLAB = {"CI_PROJECT_URL": "https://lab.example/group/sub/app", "CI_COMMIT_SHA": COMMIT}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param(GITHUB, f"https://git.example/team/app/blob/{COMMIT}/", id="GitHub"),
        pytest.param(GITLAB, f"https://lab.example/group/sub/app/-/blob/{COMMIT}/", id="GitLab"),
        pytest.param({}, "", id="neither"),
        pytest.param({**GITHUB, "GITHUB_SHA": ""}, "", id="no commit"),
        pytest.param({**GITHUB, "GITHUB_SERVER_URL": "javascript:alert(1)//x"}, "", id="no address"),
        pytest.param({**GITHUB, "GITHUB_SERVER_URL": "https://a.example)[x](y"}, "", id="markup in an address"),
        pytest.param({**GITHUB, "GITHUB_REPOSITORY": "team/app)"}, "", id="markup in a name"),
        pytest.param({**GITLAB, "CI_COMMIT_SHA": "main"}, "", id="a branch is no commit"),
    ],
)
def test_the_runner_says_where_files_are_shown(environment: Mapping[str, str], expected: str) -> None:
    assert published.link_base(environment) == expected


def test_addresses_are_those_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert published.address("no such label") == ""
    written = Message()
    written["Project-URL"] = "Homepage, https://routelint.example"
    written["Project-URL"] = "Manual of rules, https://routelint.example/rules.html"
    monkeypatch.setattr(metadata, "metadata", lambda name: written)
    assert published.address(published.MANUAL) == "https://routelint.example/rules.html"


def test_a_package_that_is_not_installed_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", missing)
    assert published.address(published.HOME) == ""
