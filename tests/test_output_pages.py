from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reports import RULES, PlainRule, printing
from routelint import catalog, policy
from routelint.catalog import Catalog
from routelint.model import Severity
from routelint.output import models, pages
from routelint.output.layout import columns
from routelint.output.models import View

CASES = Path(__file__).parent / "cases_output"

# Models of our own, so that new prices in the catalog change no expectation.
INDEX: dict[str, Any] = {
    "kinds": {},
    "as_of": "2026-11-23",
    "names": {},
    "cdk": {},
    "models": {
        "acme.grand-v1:0": {
            "provider": "acme",
            "vendor": "Acme",
            "name": "Grand 1",
            "family": "grand",
            "generation": "1",
            "modality": "text",
            "inputs": ["text", "image"],
            "context_window": 200000,
            "max_output_tokens": 32000,
            "price": {
                "list": {"input": 15, "output": 75},
                "regional": {"input": 16.5, "output": 82.5},
                "scopes": {"us": {"input": 16.5, "output": 82.5}},
                "regions": {"us-gov-west-1": {"input": 18, "output": 90}},
                "batch": {"input": 7.5, "output": 37.5},
                "cache": {"read": 1.5, "write_5m": 18.75, "write_1h": 30},
                "long_context": {"input": 30, "output": 112.5, "above_input_tokens": 200000},
                "extended_access": {"input": 30, "output": 150},
            },
            "lifecycle": {
                "launched": "2025-08-05",
                "legacy": "2026-07-08",
                "end_of_life": "2027-01-08",
                "note": "dates hold for us-east-1",
            },
            "profiles": ["us"],
            "on_demand": False,
            "replacements": ["acme.small-v2:0"],
            "substitutes": ["acme.small-v2:0"],
            "sized": ["acme.grand-v1:0:200k"],
        },
        "acme.small-v2:0": {
            "provider": "acme",
            "vendor": "Acme",
            "name": "Small 2",
            "family": "small",
            "generation": "2",
            "modality": "text",
            "context_window": 128000,
            "max_output_tokens": 8000,
            "price": {"list": {"input": 0.1, "output": 0.5}},
            "lifecycle": {"launched": "2026-10-01"},
            "on_demand": True,
        },
        "zeta.embed-v1": {
            "provider": "zeta",
            "vendor": "Zeta",
            "name": "Embed",
            "family": "embed",
            "generation": "1",
            "modality": "embedding",
            "price": {"list": {"input": 0.02}},
            "lifecycle": {"end_of_life": "2026-09-30"},
        },
        "zeta.image-v1": {
            "provider": "zeta",
            "vendor": "Zeta",
            "name": "Image",
            "family": "image",
            "generation": "1",
            "modality": "image",
            "price": {"unpriced": "billed per image"},
            "lifecycle": {},
        },
    },
}
DETAILS: dict[str, Any] = {
    "models": {
        "acme.grand-v1:0": {
            "price_source": ["Acme price list, as of 2026-11-01"],
            "lifecycle_source": ["Acme life table, as of 2026-10-08"],
            "sources": ["Acme price list, as of 2026-11-01", "Acme model card, as of 2026-11-02"],
            "price_url": "https://prices.example/acme",
            "aliases": ["grand"],
            "cdk": ["ACME_GRAND_V1_0"],
            "doubts": ["price.us: one list says 16.5, another 16"],
        },
        "acme.small-v2:0": {"price_source": [], "lifecycle_source": [], "sources": []},
        "zeta.image-v1": {"price_source": [], "lifecycle_source": [], "sources": [], "media": {"per_image": 0.04}},
    }
}
VIEW = View(Catalog(INDEX, lambda: DETAILS), policy.default(), date(2026, 11, 24))
GRAND, SMALL, EMBED, IMAGE = VIEW.catalog.models
REAL = View(catalog.load(), policy.default(), date(2026, 11, 24))


@pytest.mark.parametrize("width", [60, 80, None], ids=["60", "80", "pipe"])
def test_rules_golden(width: int | None, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"rules-{width or 'pipe'}.txt", pages.rules(printing(width=width)))


def test_every_rule_is_listed_once_under_its_category() -> None:
    written = pages.rules(printing(width=None))
    for rule in RULES:
        assert len(re.findall(rf"^  {rule.id} +{rule.severity} +{rule.summary}$", written, re.MULTILINE)) == 1
    assert written.index("route\n") < written.index("attribution\n") < written.index("housekeeping\n")
    assert written.splitlines()[-1] == (
        "7 rules: 3 errors, 2 warnings, 1 note and 1 off by default; `routelint explain RULE` shows a page"
    )


def test_a_category_of_its_own_comes_last() -> None:
    rule = PlainRule("x", "y", Severity.NOTE, category="house")
    assert pages.rules(printing(rules=(rule, *RULES))).index("\nhouse\n") > 0


@pytest.mark.parametrize("width", [50, 80, None], ids=["50", "80", "pipe"])
def test_explain_golden(width: int | None, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"explain-{width or 'pipe'}.txt", pages.explain(RULES[0], printing(width=width)))


def test_without_a_terminal_a_page_is_its_markdown() -> None:
    written = pages.explain(RULES[0], printing(width=None))
    assert written.startswith("# unjustified-premium-model\n\nA premium model without a valid justification: route rule, error")
    assert RULES[0].page.split("\n", 2)[2].strip() in written


def test_a_drawn_page_loses_no_word_and_fits() -> None:
    written = pages.explain(RULES[0], printing(width=60))
    assert re.findall(r"\w+", RULES[0].page.split("\n", 1)[1].replace("```hcl", "")) == re.findall(
        r"\w+", written.split("\n", 3)[3]
    )
    assert all(columns(line) <= 60 for line in written.splitlines())


def test_colour_marks_headings_and_code() -> None:
    written = pages.explain(RULES[0], printing(width=80, colour=True))
    assert "\x1b[1mWhat it does\x1b[0m" in written
    assert "\x1b[36mmodels\x1b[0m" in written
    assert "\x1b[1mMoney\x1b[0m" in written


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("A model of a lower tier.", "a model of a lower tier"),
        ("IAM statements that name models.", "IAM statements that name models"),
        ("Two\nlines of\nprose:\n\n    code", "two lines of prose"),
        ("    code\n    code\n\nThen prose.", "then prose"),
        ("```hcl\na = 1\n\nb = 2\n```\nThen prose.", "then prose"),
        ("    only code", ""),
        ("", ""),
    ],
)
def test_the_way_out_is_the_first_prose_of_the_page(body: str, expected: str) -> None:
    assert pages.way_out(PlainRule("x", "y", Severity.NOTE, instead=body)) in (expected, expected or None)
    page = f"# x\n\n## Use instead\n\n{body}\n\n## References\n\nNothing."
    assert pages.plain_paragraph(pages.section(page, "Use instead")).lower() == expected.lower()


def test_a_rule_that_is_not_known_has_no_way_out() -> None:
    assert pages.way_out(None) == ""


def test_headings_in_code_are_no_headings() -> None:
    page = "## Example\n\n```sh\n## Use instead\n```\n\n## Use instead\n\nThis."
    assert pages.section(page, "use instead") == "This."


@pytest.mark.parametrize("width", [60, 100, None], ids=["60", "100", "pipe"])
def test_catalog_golden(width: int | None, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"catalog-{width or 'pipe'}.txt", models.listing(VIEW.catalog.models, VIEW, printing(width=width)))


@pytest.mark.parametrize("width", [70, None], ids=["70", "pipe"])
def test_model_golden(width: int | None, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"model-{width or 'pipe'}.txt", models.page(GRAND, VIEW, printing(width=width)))


def test_the_list_tells_price_ratio_status_and_days() -> None:
    lines = models.listing(VIEW.catalog.models, VIEW, printing(width=None)).splitlines()
    cells = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ")}
    assert cells["acme.grand-v1:0"] == ["premium", "15.00", "75.00", "150x", "legacy", "45", "200,000"]
    assert cells["acme.small-v2:0"] == ["economy", "0.10", "0.50", "1x", "active", "-", "128,000"]
    assert cells["zeta.embed-v1"] == ["-", "0.02", "-", "-", "retired", "-", "-"]
    assert cells["zeta.image-v1"] == ["-", "-", "-", "-", "active", "-", "-"]


def test_a_narrow_terminal_keeps_what_matters_most() -> None:
    headings = {
        width: models.listing(VIEW.catalog.models, VIEW, printing(width=width)).splitlines()[0].replace("$ ", "$").split()
        for width in (80, 75, 66, 58, 40)
    }
    assert headings == {
        80: ["model", "tier", "$in", "$out", "ratio", "status", "days", "left", "context"],
        75: ["model", "tier", "$in", "$out", "ratio", "status", "days", "left"],
        66: ["model", "tier", "$in", "$out", "status", "days", "left"],
        58: ["model", "tier", "$in", "$out", "status"],
        40: ["model", "tier", "$in", "$out"],
    }


def test_the_page_tells_every_price_and_the_way_out() -> None:
    written = re.sub(r" +", " ", models.page(GRAND, VIEW, printing(width=None)))
    for line in (
        "Grand 1 legacy, 45 days left",
        " list 15.00 75.00",
        " in a Region 16.50 82.50",
        " profile us 16.50 82.50",
        " us-gov-west-1 18.00 90.00",
        " batch 7.50 37.50",
        " cache write, 1 hour 30.00",
        " long context above 200,000 input tokens 30.00 112.50",
        " extended access 30.00 150.00",
        " end of life 2027-01-08 in 45 days",
        " move to acme.small-v2:0",
        " acme.small-v2:0 economy 0.10 0.50 150x no image input; context 128000 < 200000; max output 8000 < 32000",
        " us.acme.grand-v1:0 inference profile",
        " acme.grand-v1:0:200k provisioned throughput",
        " grand alias",
        " ACME_GRAND_V1_0 CDK constant",
        " price and other facts: Acme price list, as of 2026-11-01",
        " in doubt: price.us: one list says 16.5, another 16",
    ):
        assert f"\n{line}\n" in f"\n{written}"


def test_a_model_without_a_price_says_how_it_is_billed() -> None:
    written = models.page(IMAGE, VIEW, printing())
    assert "Price, US dollars\n  not priced per token: billed per image\n  per image  0.04\n" in written
    assert "Cheaper substitutes" not in models.page(IMAGE, VIEW, printing())


def test_old_data_say_so() -> None:
    old = View(VIEW.catalog, VIEW.policy, date(2027, 6, 1))
    assert "190 days old: prices and dates may have changed" in models.listing(VIEW.catalog.models, old, printing())
    assert "190 days old" in models.page(SMALL, old, printing())
    assert "days old" not in models.page(SMALL, VIEW, printing())


def test_catalog_as_json() -> None:
    listing = json.loads(models.listing_json(VIEW.catalog.models, VIEW))
    assert [model["id"] for model in listing["models"]] == [model.id for model in VIEW.catalog.models]
    document = json.loads(models.page_json(GRAND, VIEW))
    assert document["as_of"] == "2026-11-23"
    model = document["model"]
    assert (model["tier"], model["status"], model["lifecycle"]["days_left"]) == ("premium", "legacy", 45)
    assert model["prices"]["scopes"] == {"us": {"input_usd_per_million_tokens": 16.5, "output_usd_per_million_tokens": 82.5}}
    assert model["substitutes"][0]["times_cheaper"] == 150
    assert json.loads(models.page_json(IMAGE, VIEW))["model"]["prices"]["unpriced"] == "billed per image"


def test_every_model_of_the_real_catalog_prints() -> None:
    listing = models.listing(REAL.catalog.models, REAL, printing(width=80))
    assert all(columns(line) <= 80 for line in listing.splitlines())
    for model in REAL.catalog.models:
        assert model.id in listing
        page = models.page(model, REAL, printing(width=80))
        assert page.startswith(model.name)
        json.loads(models.page_json(model, REAL))


def test_the_pages_of_the_built_in_rules_print_and_give_a_way_out() -> None:
    from routelint_rules import RULES as BUILT_IN

    for rule in BUILT_IN:
        assert pages.explain(rule, printing(width=80)).startswith(rule.id)
        assert pages.section(rule.page, "What it does")
        assert pages.section(rule.page, "Use instead")
