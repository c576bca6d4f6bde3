"""A report in one of the formats; the module of a format is loaded when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routelint.model import Report
    from routelint.output.printing import Printing


def scan_report(name: str, report: Report, printing: Printing, sarif_profile: str = "github", *, notes: bool = True) -> str:
    """The report in the format `name`; `sarif_profile` says what SARIF holds, `notes` whether text tells them."""
    match name:
        case "json":
            from routelint.output import json_report

            return json_report.scan(report)
        case "sarif":
            from routelint.cli import published
            from routelint.output import sarif

            printing = replace(printing, home=published.address(published.HOME), manual=published.address(published.MANUAL))
            return sarif.scan(report, printing, sarif.Profile(sarif_profile))
        case "github":
            from routelint.output import github

            return github.scan(report, printing)
        case "gitlab":
            from routelint.output import gitlab

            return gitlab.scan(report, printing)
        case "junit":
            from routelint.output import junit

            return junit.scan(report, printing)
        case "csv":
            from routelint.output import csv_report

            return csv_report.scan(report, printing)
        case "markdown":
            from routelint.output import markdown

            return markdown.scan(report, printing)
        case "html":
            from routelint.output import html_report

            return html_report.scan(report, printing)
        case _:
            from routelint.output import text

            return text.scan(report, printing, notes=notes)
