from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routelint import catalog, model_id
from routelint.model_id import arn
from routelint.model_id.name import SCOPES, STEMS

PROVIDERS = tuple(STEMS)
PIECES = (
    *PROVIDERS,
    *("claude", "nova-lite-v1:0", "titan", "gpt-oss-120b", "kimi", "v3.2", "r1", "x1", "name"),
    *SCOPES,
    *arn.TYPES,
    *("arn:", "aws", "aws:bedrock:us-east-1::", "bedrock", "anthropic", "bedrock_converse", "converse", "us-east-1", "steps"),
    *(
        ".",
        ".",
        ".",
        "/",
        "/",
        ":",
        "-",
        "*",
        "?",
        "${x}",
        "${account}",
        "%3A",
        "%2F",
        "%253A",
        " ",
        "\n",
        "https://",
        "model/",
        "/invoke",
    ),
    *("50-steps/", "512-x-512/", "max-x-max/", "[1m]", '"', "com"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXTS)
@settings(max_examples=3000)
def test_where_an_identifier_is_read_one_may_stand(text: str) -> None:
    read = model_id.read(text)
    told = read is not None and read.id != "*" and not read.base.startswith("${")
    if told or next(model_id.find_all(text), None) is not None:
        assert model_id.may_stand_in(f"before {text}")


@given(
    st.sampled_from(PROVIDERS),
    st.sampled_from(("", "us.", "${x}.", "${x}", "my-scope.")),
    st.sampled_from(("foo", "*", "${y}")),
)
def test_any_name_behind_a_mark_may_stand(provider: str, scope: str, name: str) -> None:
    text = f"bedrock/{scope}{provider}.{name}"
    assert model_id.read(text) is None or model_id.may_stand_in(text)


@pytest.mark.parametrize("identifier", sorted(model.id for model in catalog.load().models))
def test_every_model_of_the_catalog_may_stand(identifier: str) -> None:
    assert model_id.may_stand_in(f"const a = '{identifier}'")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see https://docs.aws.amazon.com/bedrock/latest/userguide", id="documentation of AWS"),
        pytest.param("https://docs.anthropic.com/en/docs/models", id="documentation of a provider"),
        pytest.param("const completion = await openai.chat.completions.create()", id="an SDK of a provider"),
        pytest.param("ask Anthropic. Then Cohere.", id="prose"),
    ],
)
def test_what_only_names_a_provider_holds_no_identifier(text: str) -> None:
    assert not model_id.may_stand_in(text)
