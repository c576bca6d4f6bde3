"""What reads the files that may give values to Terraform, by their kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from routelint.parse.terraform.deployments import lines, pipelines
from routelint.parse.terraform.deployments.given import Deployment
from routelint.parse.terraform.deployments.shell import Files
from routelint.source import SourceText

__all__ = ["READERS", "Files"]

READERS: Mapping[str, Callable[[SourceText, Files], Iterator[Deployment]]] = {
    "workflow": pipelines.of_workflow,
    "gitlab": pipelines.of_gitlab,
    "buildspec": pipelines.of_buildspec,
    "compose": pipelines.of_compose,
    "makefile": lines.of_makefile,
    "dotenv": lines.of_dotenv,
    "script": lines.of_script,
}
