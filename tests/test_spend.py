from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import routelint_schemas
from reports import printing
from routelint import catalog, cost, spend
from routelint.cost import Rate
from routelint.output import json_report, spending
from routelint.spend import Estimate
from scans import TODAY, policy_of, resolve, write_tree

HAIKU = "anthropic.claude-haiku-5-5"
POLICY = """\
version: 1
workloads:
  triage:
    routes: ["triage/**"]
    volume: {{requests_per_month: 300000, input_tokens: 900, output_tokens: 40{more}}}
    budget_usd_per_month: 400
"""
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[]{more})
"""


def estimates(folder: Path, files: dict[str, str], policy_text: str = POLICY.format(more="")) -> tuple[Estimate, ...]:
    policy = policy_of(policy_text)
    return spend.estimates(resolve(write_tree(folder, files), policy).references, policy, catalog.load(), TODAY)


def month(folder: Path, model: str, more: str = "", policy_text: str = POLICY.format(more="")) -> float | None:
    (estimate,) = estimates(folder, {"triage/app.py": CALL.format(model=model, more=more)}, policy_text)
    return estimate.least


def priced(model: str, **facts: object) -> Rate:
    found = catalog.load().find(model)
    assert found is not None
    rate = cost.rate(found, policy_of(None), **facts)  # type: ignore[arg-type]
    assert isinstance(rate, Rate)
    return rate


def test_a_month_is_requests_times_tokens_times_price(tmp_path: Path) -> None:
    price = priced(HAIKU, scope="global").price
    assert month(tmp_path, f"global.{HAIKU}") == pytest.approx(300000 * (900 * price.input + 40 * price.output) / 1e6)


def test_the_scope_of_the_route_is_paid(tmp_path: Path) -> None:
    geographic, everywhere = month(tmp_path / "us", f"us.{HAIKU}"), month(tmp_path / "global", f"global.{HAIKU}")
    assert geographic is not None
    assert everywhere is not None
    assert geographic == pytest.approx(1.1 * everywhere)


def test_the_service_tier_of_the_route_is_paid(tmp_path: Path) -> None:
    flex = priced("amazon.nova-2-lite-v1:0", service_tier="flex")
    assert flex.price.input < priced("amazon.nova-2-lite-v1:0").price.input
    assert flex.basis == "flex price"
    paid = month(tmp_path, "us.amazon.nova-2-lite-v1:0", ', serviceTier={"type": "flex"}')
    assert paid == pytest.approx(300000 * (900 * flex.price.input + 40 * flex.price.output) / 1e6)


def test_a_tier_without_a_known_price_is_not_guessed(tmp_path: Path) -> None:
    model = next(each for each in catalog.load().models if each.list_price is not None and not each.prices.tiers)
    reason = cost.rate(model, policy_of(None), service_tier="flex")
    assert reason == f"no flex price of '{model.id}' is known"


def test_cached_input_is_paid_at_the_price_of_a_cache_read(tmp_path: Path) -> None:
    cached = POLICY.format(more=", cached_input_tokens: 600")
    rate = priced(HAIKU, scope="global")
    assert rate.cache_read is not None
    expected = 300000 * (300 * rate.price.input + 600 * rate.cache_read + 40 * rate.price.output) / 1e6
    assert month(tmp_path, f"global.{HAIKU}", policy_text=cached) == pytest.approx(expected)


def test_long_input_is_paid_at_the_price_of_a_long_context() -> None:
    model = next(each for each in catalog.load().models if each.prices.long_context is not None)
    above = model.prices.long_context_above
    assert above is not None
    short, long = (cost.rate(model, policy_of(None), input_tokens=tokens) for tokens in (above, above + 1))
    assert isinstance(short, Rate)
    assert isinstance(long, Rate)
    assert long.price == model.prices.long_context
    assert long.price.input > short.price.input


def test_a_contract_price_wins_and_a_discount_does_not_touch_it(tmp_path: Path) -> None:
    discounted = POLICY.format(more="") + "prices: {discount_percent: 50}\n"
    full = month(tmp_path / "full", f"global.{HAIKU}")
    assert full is not None
    assert month(tmp_path / "half", f"global.{HAIKU}", policy_text=discounted) == pytest.approx(full / 2)
    contract = f"""{POLICY.format(more="")}prices:
  discount_percent: 50
  models: {{"{HAIKU}": {{input_usd_per_million_tokens: 1, output_usd_per_million_tokens: 2, source: contract 7}}}}
"""
    (estimate,) = estimates(tmp_path / "own", {"triage/a.py": CALL.format(model=f"global.{HAIKU}", more="")}, contract)
    assert estimate.least == pytest.approx(300000 * (900 * 1 + 40 * 2) / 1e6)
    paid = estimate.options[0].spend
    assert paid is not None
    assert paid.arithmetic == (
        "input: 300,000 requests x 900 tokens x $1 per million = $270.00",
        "output: 300,000 requests x 40 tokens x $2 per million = $24.00",
        "price: price of the policy, contract 7",
    )


def test_several_models_give_a_range_and_each_environment_its_own(tmp_path: Path) -> None:
    files = {
        "triage/app.py": CALL.format(model="global.anthropic.claude-opus-5-5", more=""),
        "triage/other.py": CALL.format(model=f"global.{HAIKU}", more=""),
        "triage/envs/dev/app.py": CALL.format(model="amazon.nova-lite-v1:0", more=""),
    }
    development, unsaid = estimates(tmp_path, files)
    assert (development.environment, unsaid.environment) == ("dev", None)
    assert [option.identifier for option in development.options] == ["amazon.nova-lite-v1:0"]
    assert unsaid.least is not None
    assert unsaid.most is not None
    assert unsaid.most == pytest.approx(40 * unsaid.least)


def test_a_model_that_is_not_known_leaves_the_amount_open(tmp_path: Path) -> None:
    (estimate,) = estimates(tmp_path, {"triage/app.py": CALL.format(model="anthropic.claude-opus-99", more="")})
    assert estimate.least is None
    assert estimate.options[0].unpriced == "'anthropic.claude-opus-99' is not in the catalog"


def test_the_saving_is_the_difference_to_the_cheapest_substitute_the_policy_allows(tmp_path: Path) -> None:
    files = {"triage/app.py": CALL.format(model="global.anthropic.claude-opus-5-5", more="")}
    (free,) = estimates(tmp_path, files)
    (option,) = free.options
    assert option.spend is not None
    assert option.substitute is not None
    assert option.saving_usd_per_month == pytest.approx(option.spend.usd_per_month - option.substitute.usd_per_month)
    denied = POLICY.format(more="") + f'models: {{deny: ["{option.substitute.model.id}"]}}\n'
    (other,) = estimates(tmp_path, files, denied)
    assert other.options[0].substitute is not None
    assert other.options[0].substitute.model.id != option.substitute.model.id


def test_embeddings_beside_a_text_model_do_not_take_its_volume(tmp_path: Path) -> None:
    embed = 'import boto3\n\nboto3.client("bedrock-runtime").invoke_model(modelId="amazon.titan-embed-text-v2:0", body="{}")\n'
    files = {"triage/app.py": CALL.format(model=f"global.{HAIKU}", more=""), "triage/embed.py": embed}
    (estimate,) = estimates(tmp_path / "both", files)
    assert [option.identifier for option in estimate.options] == [f"global.{HAIKU}"]
    (alone,) = estimates(tmp_path / "alone", {"triage/embed.py": embed})
    assert [option.identifier for option in alone.options] == ["amazon.titan-embed-text-v2:0"]


def test_a_workload_without_a_volume_has_no_amount(tmp_path: Path) -> None:
    policy = 'version: 1\nworkloads: {triage: {routes: ["**"]}}\n'
    assert estimates(tmp_path, {"triage/app.py": CALL.format(model=HAIKU, more="")}, policy) == ()


def test_amounts_are_written_for_people_and_programs(tmp_path: Path) -> None:
    files = {"triage/app.py": CALL.format(model="global.anthropic.claude-opus-5-5", more="")}
    found = estimates(tmp_path, files)
    assert list(spending.lines(found, printing(width=None), explain=False)) == [
        "triage: 300,000 requests a month of 900 input and 40 output tokens, budget $400.00",
        "  environment not said",
        "    global.anthropic.claude-opus-5-5: $1,320.00 a month, $0.0044 a task, $4.681 per million tokens",
        "    global.anthropic.claude-haiku-5-5 instead: $33.00 a month, $0.00011 a task, $0.117 per million tokens; "
        "saves $1,287.00",
        "",
        "amounts are of the volumes the policy declares; `--explain-cost` shows the arithmetic",
    ]
    explained = list(spending.lines(found, printing(width=80), explain=True))
    assert "      input: 300,000 requests x 900 tokens x $4 per million = $1,080.00" in explained
    assert all(len(line) <= 80 for line in explained)
    document = json.loads(json_report.inventory((), (), (), found))
    jsonschema.validate(document, json.loads(routelint_schemas.text("inventory")))
    (row,) = document["costs"]
    assert (row["workload"], row["environment"], row["least_usd_per_month"]) == ("triage", None, 1320.0)
    assert row["models"][0]["saving_usd_per_month"] == 1287.0
