from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint import catalog, model_id
from routelint.catalog import FOLDER, Catalog, Model, Near, Price, Status, blended
from routelint.catalog.facts import read_model

CATALOG = catalog.load()
MODELS = {model.id: model for model in CATALOG.models}
TODAY = date(2026, 11, 23)
SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "anthropic.claude-opus-5-5"
DAYS = st.dates(date(2023, 1, 1), date(2030, 1, 1))
MODEL = st.sampled_from(CATALOG.models)


def found(text: str) -> str | None:
    model = CATALOG.find(text)
    return None if model is None else model.id


def test_rows_read_one_by_one_are_those_of_the_whole_index() -> None:
    rows = json.loads((FOLDER / "index.json").read_text("utf-8"))["models"]
    read = catalog.load.__wrapped__()
    assert [model.id for model in read.models] == list(rows)
    assert list(read.models) == [read_model(identity, row) for identity, row in rows.items()]


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_siblings_are_of_the_same_vendor_and_modality(model: Model) -> None:
    assert list(CATALOG.siblings(model)) == [
        each for each in CATALOG.models if (each.vendor, each.modality) == (model.vendor, model.modality)
    ]


def test_the_catalog_holds_what_was_gathered() -> None:
    assert len(MODELS) == len(CATALOG.models) >= 180
    assert {model.provider for model in CATALOG.models} >= {"amazon", "anthropic", "meta", "mistral", "openai"}
    assert sum(len(model.profiles) for model in CATALOG.models) >= 205


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_spelling_finds_its_model(model: Model) -> None:
    details = CATALOG.details(model)
    spellings = [model.id, *model.sized, *details.aliases, *filter(None, [details.mantle_id])]
    spellings += [f"{scope}.{model.id}" for scope in model.profiles]
    spellings += [f"us.{sized}" for sized in model.sized]
    spellings += [
        f"arn:aws:bedrock:us-east-1::foundation-model/{model.id}",
        f"arn:${{p}}:bedrock:${{r}}:${{a}}:inference-profile/${{geo}}.{model.id}",
        f"arn:aws:bedrock:us-east-1:123456789012:custom-model/{model.id}/abcdefghij12",
        f"bedrock/us-east-1/{model.id}",
        f"bedrock/converse/{model.id}[1m]",
        f"bedrock:{model.id}",
        f"https://bedrock-runtime.us-east-1.amazonaws.com/model/{model.id.replace(':', '%3A')}/invoke",
    ]
    assert {spelling: found(spelling) for spelling in spellings} == dict.fromkeys(spellings, model.id)
    assert all(CATALOG.knows(spelling) for spelling in spellings if model_id.read(spelling))
    assert {CATALOG.cdk(name) for name in details.cdk} <= set(spellings)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("anthropic.claude-v2:0", "anthropic.claude-v2"),
        ("anthropic.claude-v2:0:18k", "anthropic.claude-v2"),
        ("anthropic.claude-v2:1:200k", "anthropic.claude-v2:1"),
        ("amazon.titan-embed-text-v1:2:8k", "amazon.titan-embed-text-v1"),
        ("cohere.embed-english-v3:0:512", "cohere.embed-english-v3"),
        ("amazon.nova-premier-v1:0:mm", "amazon.nova-premier-v1:0"),
        ("openai.gpt-oss-120b", "openai.gpt-oss-120b-1:0"),
        ("anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("deepseek.v3.1", "deepseek.v3-v1:0"),
        ("moonshotai.kimi-k2-thinking", "moonshot.kimi-k2-thinking"),
        ("ai21.j2-mid", "ai21.j2-mid-v1"),
    ],
)
def test_another_spelling_of_aws_finds_the_model(text: str, id: str) -> None:  # noqa: A002
    assert found(text) == id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-4o",
        "claude-sonnet-4-5",
        "anthropic.claude-sonnet-9",
        "amazon.com",
        "anthropic.claude-*",
        "*",
        "${var.model}",
        "anthropic.${var.model}",
        "ANTHROPIC.CLAUDE-V2",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1",
    ],
)
def test_nothing_is_found_by_guessing(text: str) -> None:
    assert found(text) is None


# What real code, price tables and CDK comments write, and what AWS takes instead.
SLIPS = {
    "amazon.titan-image-generator-v2": ("amazon.titan-image-generator-v2:0", "missing ':0'"),
    "amazon.nova-lite-v1": ("amazon.nova-lite-v1:0", "missing ':0'"),
    "us.amazon.nova-lite-v1": ("us.amazon.nova-lite-v1:0", "missing ':0'"),
    "ca.amazon.nova-pro-v1": ("amazon.nova-pro-v1:0", "missing ':0'"),
    "amazon.nova-pro": ("amazon.nova-pro-v1:0", "missing '-v1:0'"),
    "anthropic.claude-sonnet-4-5-20250929": (SONNET, "missing '-v1:0'"),
    "anthropic.claude-3-haiku": ("anthropic.claude-3-haiku-20240307-v1:0", "missing '-20240307-v1:0'"),
    "anthropic.claude-haiku-4-5-v1:0": ("anthropic.claude-haiku-4-5-20251001-v1:0", "missing '-20251001'"),
    "anthropic.claude-opus-4-7-v1": ("anthropic.claude-opus-4-7", "'-v1' is not part of this id"),
    "anthropic.claude-sonnet-4-6-v1": ("anthropic.claude-sonnet-4-6", "'-v1' is not part of this id"),
    "anthropic.claude-sonnet-4-6-v1:0": ("anthropic.claude-sonnet-4-6", "'-v1:0' is not part of this id"),
    "global.anthropic.claude-sonnet-4-6-v1:0": ("global.anthropic.claude-sonnet-4-6", "'-v1:0' is not part of this id"),
    "anthropic.claude-opus-4-6-v1:0": ("anthropic.claude-opus-4-6-v1", "':0' is not part of this id"),
    "deepseek.v3.2-v1:0": ("deepseek.v3.2", "'-v1:0' is not part of this id"),
    "anthropic.claude-opus-4-7-20260101-v1:0": (
        "anthropic.claude-opus-4-7",
        "'-20260101' is not part of this id, '-v1:0' is not part of this id",
    ),
    "anthropic.claude-haiku-4-5@20251001": (
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "the date is '20251001', missing '-v1:0'",
    ),
    "anthropic.claude-3-7-sonnet-20240620-v1:0": ("anthropic.claude-3-7-sonnet-20250219-v1:0", "the date is '20250219'"),
    "anthropic.claude-3-5-sonnet-20241022-v1:0": ("anthropic.claude-3-5-sonnet-20241022-v2:0", "the id ends in '-v2:0'"),
    "anthropic.claude-3.5-sonnet-20240620-v1:0": (
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "the name is spelt 'claude-3-5-sonnet'",
    ),
    "anthropic.claude-4-5-sonnet-20250929-v1:0": (SONNET, "the name is spelt 'claude-sonnet-4-5'"),
    "meta.llama3.1-8b-instruct-v1:0": ("meta.llama3-1-8b-instruct-v1:0", "the name is spelt 'llama3-1-8b-instruct'"),
    "zai.glm-4-7": ("zai.glm-4.7", "the name is spelt 'glm-4.7'"),
    "moonshot.kimi-k2.5": ("moonshotai.kimi-k2.5", "the provider is 'moonshotai'"),
    "claude-sonnet-4-5-20250929-v1:0": (SONNET, "missing 'anthropic.'"),
    "nova-pro-v1:0": ("amazon.nova-pro-v1:0", "missing 'amazon.'"),
    "Anthropic.Claude-V2": ("anthropic.claude-v2", "ids are in lower case"),
    "cohere.embed-english-v3.0": ("cohere.embed-english-v3", "'.0' is not part of this id"),
    "anthropic.claude-v2.1": ("anthropic.claude-v2:1", "the id ends in '-v2:1'"),
    "us.anthropic.claude-sonnet-4-20250514-v1-0": (
        "us.anthropic.claude-sonnet-4-20250514-v1:0",
        "the id ends in '-v1:0'",
    ),
    "cohere.rerank-v3-5": ("cohere.rerank-v3-5:0", "missing ':0'"),
    "anthropic.claude-sonet-4-6": ("anthropic.claude-sonnet-4-6", "the nearest known id"),
    "anthropic.claude-v3": ("anthropic.claude-v2", "the nearest known id"),
    "amazon.titan-embed-text-v3:0": ("amazon.titan-embed-text-v2:0", "the nearest known id"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_wrong_id_has_a_near_one_and_a_reason(text: str) -> None:
    identity, reason = SLIPS[text]
    assert found(text) is None
    assert CATALOG.near(text) == Near(identity, reason)
    assert found(identity) is not None
    # What a typing error or a version of its own is stays unknown; what is a slip is known to be meant.
    assert CATALOG.knows(text) == (model_id.read(text) is not None and reason != "the nearest known id")


@pytest.mark.parametrize("text", ["gpt-4o", "", "newcomer.model-1", "completely different", "amazon.nova-pro-20250101-v2:0"])
def test_nothing_is_near_what_is_far(text: str) -> None:
    assert CATALOG.near(text) is None


@given(MODEL, st.sampled_from(["-v1", ":0", "-v1:0", "-20200101", ".", "x"]))
def test_what_is_near_is_known(model: Model, extra: str) -> None:
    near = CATALOG.near(model.id + extra)
    assert near is None or found(near.id) is not None


@pytest.mark.parametrize(
    ("pattern", "stands_for"),
    [
        ("anthropic.claude-*", lambda model: model.provider == "anthropic"),
        ("anthropic.*", lambda model: model.provider == "anthropic"),
        ("arn:aws:bedrock:*::foundation-model/*", lambda model: True),
        ("arn:aws:bedrock:*:*:inference-profile/*", lambda model: model.profiles),
        ("us-gov.anthropic.claude-sonnet-*", lambda model: "claude-sonnet-" in model.id and "us-gov" in model.profiles),
        ("arn:aws:bedrock:*:*:inference-profile/*.anthropic.claude-sonnet-4-5-*", lambda model: model.id == SONNET),
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-?ro-v1:0", lambda model: model.id == "amazon.nova-pro-v1:0"),
        (SONNET, lambda model: model.id == SONNET),
    ],
)
def test_wildcard_matches_ids_or_profiles(pattern: str, stands_for: Callable[[Model], object]) -> None:
    matched = CATALOG.match(pattern)
    assert matched == tuple(model for model in CATALOG.models if stands_for(model))
    assert matched


@pytest.mark.parametrize(
    "pattern",
    ["arn:aws:bedrock:*::foundation-model/[a]*", "newcomer.*", "gpt-4o", "arn:aws:bedrock:*:*:application-inference-profile/*"],
)
def test_wildcard_may_match_nothing(pattern: str) -> None:
    assert CATALOG.match(pattern) == ()


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("anthropic.claude-*", True),
        ("us.anthropic.*", True),
        ("arn:aws:bedrock:*::foundation-model/anthropic.*", True),
        # A list of Python packages looks like this.
        ("google.*", False),
        ("*", False),
        ("arn:aws:bedrock:*::foundation-model/*", False),
        ("anthropic.claude-9-*", False),
    ],
)
def test_wildcard_is_known_where_it_says_bedrock(text: str, known: bool) -> None:
    assert CATALOG.knows(text) is known


@pytest.mark.parametrize(
    ("id", "day", "status"),
    [
        (SONNET, "2026-10-07", Status.ACTIVE),
        (SONNET, "2026-10-08", Status.LEGACY),
        (SONNET, "2027-04-07", Status.LEGACY),
        (SONNET, "2027-04-08", Status.RETIRED),
        (OPUS, "2026-11-23", Status.ACTIVE),
        ("anthropic.claude-v2", "2026-11-23", Status.RETIRED),
        # Legacy without a date: it is, until its end of life.
        ("meta.llama3-3-70b-instruct-v1:0", "2026-11-23", Status.LEGACY),
        ("meta.llama3-3-70b-instruct-v1:0", "2027-03-30", Status.RETIRED),
        ("amazon.nova-2-pro-preview-20251202-v1:0", "2026-11-23", Status.PREVIEW),
        ("zai.glm-4.6", "2026-11-23", Status.UNKNOWN),
    ],
)
def test_status_follows_from_the_day(id: str, day: str, status: Status) -> None:  # noqa: A002
    assert MODELS[id].status(date.fromisoformat(day)) is status


@given(MODEL, DAYS, DAYS)
def test_life_goes_one_way(model: Model, first: date, second: date) -> None:
    order = [Status.PREVIEW, Status.UNKNOWN, Status.ACTIVE, Status.LEGACY, Status.RETIRED]
    early, late = sorted((first, second))
    assert order.index(model.status(early)) <= order.index(model.status(late))


@pytest.mark.parametrize(
    ("id", "scope", "region", "price"),
    [
        # The global profile costs the list price, every other way a tenth more, GovCloud a fifth.
        (SONNET, "global", None, (3, 15)),
        (SONNET, "us", None, (3.3, 16.5)),
        (SONNET, "us", "us-east-1", (3.3, 16.5)),
        (SONNET, None, "eu-west-1", (3.3, 16.5)),
        (SONNET, None, None, (3.3, 16.5)),
        (SONNET, "us-gov", None, (3.6, 18)),
        (SONNET, None, "us-gov-west-1", (3.6, 18)),
        # No premium before Claude 4.5.
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "us", None, (3, 15)),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", None, "us-east-1", (3, 15)),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", "${geo}", None, (3, 15)),
        # A geography of its own price.
        ("amazon.nova-pro-v1:0", "eu", None, (1.05, 4.2)),
        ("amazon.nova-pro-v1:0", "apac", "ap-southeast-2", (0.84, 3.36)),
        ("amazon.nova-pro-v1:0", None, "us-gov-east-1", (0.96, 3.84)),
        # A Region of its own price, for the bare id only.
        ("meta.llama3-70b-instruct-v1:0", None, "sa-east-1", (4.45, 5.88)),
        ("deepseek.v3.2", None, "ap-south-1", (0.74, 2.22)),
        ("deepseek.v3.2", "us", "us-east-1", (0.62, 1.85)),
        # Embeddings have no output to bill.
        ("amazon.titan-embed-text-v2:0", None, "us-east-1", (0.02, 0)),
    ],
)
def test_price_of_a_scope_and_region(id: str, scope: str | None, region: str | None, price: tuple[float, float]) -> None:  # noqa: A002
    assert MODELS[id].price(scope, region) == Price(*price)


@pytest.mark.parametrize(
    ("id", "region"),
    [
        # The only source has GovCloud prices of up to ten times the commercial one.
        ("amazon.titan-embed-text-v2:0", "us-gov-west-1"),
        ("amazon.titan-text-express-v1", "us-gov-east-1"),
        ("anthropic.claude-opus-4-5-20251101-v1:0", "us-gov-west-1"),
    ],
)
def test_price_in_govcloud_is_not_guessed(id: str, region: str) -> None:  # noqa: A002
    assert MODELS[id].price(None, region) is None
    assert MODELS[id].price("us-gov", None) is None


@pytest.mark.parametrize("scope", ["${geo}", "us${suffix}", "*", "sa"])
@pytest.mark.parametrize("id", [SONNET, "deepseek.v3.2"])
def test_price_of_a_scope_that_cannot_be_told_is_not_guessed(id: str, scope: str) -> None:  # noqa: A002
    assert MODELS[id].price(scope, "us-east-1") is None


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_a_price_is_a_number_or_has_a_reason(model: Model) -> None:
    assert (model.list_price is None) == (model.prices.unpriced is not None)
    if model.list_price is None:
        assert model.price("us", "us-east-1") is None
        return
    assert model.list_price.input > 0
    assert model.list_price.output > 0 or model.modality == "embedding"
    regional = model.price(None, "us-east-1")
    assert regional is not None
    assert regional.input >= model.list_price.input
    for tier in ("batch", "flex"):
        if tier in model.prices.tiers:
            assert 0.4 * regional.input < model.prices.tiers[tier].input < 0.65 * regional.input
    if model.prices.cache_read is not None:
        assert model.prices.cache_read < regional.input / 2


def test_doubtful_prices_are_not_used() -> None:
    assert not any("latency_optimized" in model.prices.tiers for model in CATALOG.models)


@pytest.mark.parametrize(
    ("price", "shares", "blend"),
    [(Price(3, 15), (3, 1), 6), (Price(4, 20), (3, 1), 8), (Price(3, 15), (1, 0), 3), (Price(3, 15), (90, 10), 4.2)],
)
def test_blend(price: Price, shares: tuple[float, float], blend: float) -> None:
    assert blended(price, *shares) == pytest.approx(blend)


def test_blend_of_three_to_one_is_the_usual_one() -> None:
    assert blended(Price(3, 15)) == 6


@pytest.mark.parametrize(
    ("id", "day", "replacement"),
    [
        (SONNET, "2026-11-23", "anthropic.claude-sonnet-5-5"),
        ("anthropic.claude-v2", "2026-11-23", "anthropic.claude-sonnet-5-5"),
        ("deepseek.r1-v1:0", "2026-11-23", "deepseek.v3.2"),
        ("cohere.embed-v4:0", "2026-11-23", None),
    ],
)
def test_replacement_is_active(id: str, day: str, replacement: str | None) -> None:  # noqa: A002
    model = CATALOG.replacement(MODELS[id], date.fromisoformat(day))
    assert (model and model.id) == replacement


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_model_that_is_legacy_or_retired_has_an_active_replacement(model: Model) -> None:
    replacement = CATALOG.replacement(model, TODAY)
    if model.status(TODAY) in (Status.LEGACY, Status.RETIRED):
        assert replacement is not None
        assert replacement.status(TODAY) is Status.ACTIVE
        assert (replacement.modality == "embedding") == (model.modality == "embedding")


def test_replacements_are_followed_until_one_is_active() -> None:
    def row(name: str, end: str | None, *replacements: str) -> dict[str, object]:
        return {
            **dict.fromkeys(("provider", "vendor", "family", "generation", "name", "modality"), name),
            "price": {"list": {"input": 1, "output": 2}},
            "lifecycle": {"end_of_life": end} if end else {},
            "replacements": replacements,
        }

    rows = {
        "x.a-1": row("A", "2026-01-01", "x.b-1"),
        "x.b-1": row("B", "2026-06-01", "x.a-1", "x.c-1"),
        "x.c-1": row("C", None),
        "x.d-1": row("D", "2026-01-01", "x.d-1", "x.gone-1"),
    }
    known = Catalog({"as_of": "2026-11-23", "names": {name: name for name in rows}, "cdk": {}, "kinds": {}, "models": rows})
    first, second, third, last = known.models
    assert known.replacement(first, date(2026, 3, 1)) is second
    assert known.replacement(first, TODAY) is third
    assert known.replacement(last, TODAY) is None


@pytest.mark.parametrize(
    ("id", "other", "ratio", "caveats"),
    [
        (SONNET, "anthropic.claude-sonnet-5-5", 0.6667, ()),
        (SONNET, "anthropic.claude-haiku-5-5", 0.0333, ()),
        (SONNET, "zai.glm-5.3", 0.43, ("no image input",)),
        (SONNET, "moonshotai.kimi-k2.5", 0.2, ("max output 16000 < 64000",)),
        (OPUS, "openai.gpt-6.1-sol", 0.5, ()),
        (OPUS, "deepseek.v3.2", 0.1159, ("no image input", "context 164000 < 1000000", "max output 8000 < 128000")),
        ("anthropic.claude-opus-4-1-20250805-v1:0", "anthropic.claude-opus-5-5", 0.2667, ()),
    ],
)
def test_cheaper_model_has_ratio_and_caveats(id: str, other: str, ratio: float, caveats: tuple[str, ...]) -> None:  # noqa: A002
    cheaper = {each.model.id: each for each in CATALOG.cheaper(MODELS[id], TODAY)}
    assert cheaper[other].ratio == pytest.approx(ratio, abs=5e-5)
    assert cheaper[other].caveats == caveats


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_cheaper_models_are_active_cheaper_and_in_the_order_of_the_data(model: Model) -> None:
    cheaper = CATALOG.cheaper(model, TODAY)
    assert [each.model.id for each in cheaper] == [
        identity for identity in model.substitutes if identity in {e.model.id for e in cheaper}
    ]
    for each in cheaper:
        assert model.list_price is not None
        assert each.model.list_price is not None
        assert each.model.status(TODAY) is Status.ACTIVE
        assert 0 < each.ratio < 1
        assert each.ratio == pytest.approx(blended(each.model.list_price) / blended(model.list_price))


def test_substitutes_that_retire_are_no_longer_offered() -> None:
    later = max(model.lifecycle.end_of_life for model in CATALOG.models if model.lifecycle.end_of_life)
    for model in CATALOG.models:
        assert all(each.model.status(later) is Status.ACTIVE for each in CATALOG.cheaper(model, later))


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("ANTHROPIC_CLAUDE_SONNET_4_5_20250929_V1_0", SONNET),
        ("AMAZON_NOVA_LITE_V1_0_300_K", "amazon.nova-lite-v1:0:300k"),
        # Its own comment in the CDK names another model; the constant decides.
        ("COHERE_COMMAND_R_PLUS_V1", "cohere.command-r-v1:0"),
        ("NO_SUCH_CONSTANT", None),
    ],
)
def test_cdk_constant_stands_for_an_id(name: str, id: str | None) -> None:  # noqa: A002
    assert CATALOG.cdk(name) == id
    assert id is None or found(id) is not None


def test_every_cdk_constant_stands_for_a_known_model() -> None:
    names = [name for model in CATALOG.models for name in CATALOG.details(model).cdk]
    assert len(names) == len(set(names)) > 200
    assert [name for name in names if found(CATALOG.cdk(name) or "") is None] == []


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_every_price_and_date_has_a_source_with_its_day(model: Model) -> None:
    details = CATALOG.details(model)
    for sources in (details.price_source, details.lifecycle_source, details.sources):
        assert sources
        assert all(", as of 202" in source for source in sources)


def test_data_grow_stale_after_90_days() -> None:
    assert not CATALOG.stale(CATALOG.as_of + timedelta(days=90))
    assert CATALOG.stale(CATALOG.as_of + timedelta(days=91))


def test_catalog_is_loaded_once() -> None:
    assert catalog.load() is catalog.load()


def test_looking_up_needs_neither_yaml_nor_the_policy() -> None:
    program = (
        "import sys; from routelint import catalog;"
        f" assert catalog.load().find('us.{SONNET}').id == '{SONNET}';"
        " print(sorted({'yaml', 'jsonschema', 'difflib', 'routelint.policy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@given(st.text(max_size=40))
def test_asking_never_raises(text: str) -> None:
    CATALOG.find(text)
    CATALOG.near(text)
    CATALOG.match(text)
    assert CATALOG.knows(text) in (True, False)
