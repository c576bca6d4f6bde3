from __future__ import annotations

import re
from pathlib import Path

import pytest

import routelint_rules
from routelint.model import Report
from routelint.rule import Example, Rule
from routelint_rules import RULES
from scans import scan, write_tree

EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]
HEADINGS = ["What it does", "Why it costs", "Example", "Use instead", "Policy keys", "References"]


def judged(rule: Rule, example: Example, folder: Path) -> Report:
    before = None if example.before is None else write_tree(folder / "before", example.before)
    return scan(write_tree(folder / "after", example.files), example.policy, [rule], before=before)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{rule.id}: {example.title}" for rule, example in EXAMPLES])
def test_a_rule_reports_exactly_the_lines_its_example_says(rule: Rule, example: Example, tmp_path: Path) -> None:
    report = judged(rule, example, tmp_path)
    assert not [error for error in report.errors if error.internal]
    places = {f"{each.location.path}:{each.location.span.start_line}" for each in report.findings}
    assert places == set(example.reports)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_documented_and_exemplified(rule: Rule) -> None:
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == HEADINGS
    assert rule.page.startswith(f"# {rule.id}\n")
    assert any(example.reports for example in rule.examples)
    assert any(not example.reports for example in rule.examples)
    languages = {Path(name).suffix for example in rule.examples for name in example.files}
    assert len(languages) >= 2


def test_every_module_of_a_rule_is_in_the_list_of_rules() -> None:
    folder = Path(routelint_rules.__file__).parent
    modules = {path.stem.replace("_", "-") for path in folder.glob("*.py") if path.stem != "__init__"}
    assert modules == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_messages_are_one_sentence_without_line_numbers(rule: Rule, tmp_path: Path) -> None:
    for number, example in enumerate(each for each in rule.examples if each.reports):
        report = judged(rule, example, tmp_path / str(number))
        for finding in report.findings:
            assert "\n" not in finding.message
            assert not finding.message.endswith(".")
            assert not re.search(r"\bline \d", finding.message)
