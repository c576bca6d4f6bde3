from __future__ import annotations

import time
from dataclasses import asdict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routelint import catalog, model_id
from routelint.model import Form, ModelId

SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
ARN = "arn:aws:bedrock:us-east-1"
ACCOUNT = "123456789012"


def reading(text: str) -> ModelId:
    found = model_id.read(text)
    assert found is not None, text
    return found


def parts(text: str) -> dict[str, object]:
    """What a reading says beyond the text itself, without what it leaves out."""
    return {key: value for key, value in asdict(reading(text)).items() if value is not None and key != "text"}


# The five generations of names, and what may follow them.
BARE = {
    "amazon.titan-embed-text-v1": ("amazon", None),
    "anthropic.claude-opus-4-6-v1": ("anthropic", None),
    "cohere.embed-english-v3": ("cohere", None),
    "amazon.nova-pro-v1:0": ("amazon", None),
    "anthropic.claude-v2:1": ("anthropic", None),
    SONNET: ("anthropic", None),
    "anthropic.claude-3-5-sonnet-20241022-v2:0": ("anthropic", None),
    "openai.gpt-oss-120b-1:0": ("openai", None),
    "cohere.embed-v4:0": ("cohere", None),
    "mistral.mistral-7b-instruct-v0:2": ("mistral", None),
    "anthropic.claude-opus-4-7": ("anthropic", None),
    "amazon.nova-2-5-sonic": ("amazon", None),
    "deepseek.v3.2": ("deepseek", None),
    "zai.glm-4.7": ("zai", None),
    "openai.gpt-5.6-sol": ("openai", None),
    "moonshotai.kimi-k2.5": ("moonshotai", None),
    "stability.sd3-5-large-v1:0": ("stability", None),
    "ai21.j2-ultra-v1": ("ai21", None),
}


@pytest.mark.parametrize("text", BARE)
def test_bare_id_is_read_whole(text: str) -> None:
    assert parts(text) == {"id": text, "base": text, "form": Form.BARE, "provider": BARE[text][0]}


@pytest.mark.parametrize(
    ("text", "base", "context"),
    [
        ("anthropic.claude-v2:0:18k", "anthropic.claude-v2:0", "18k"),
        ("amazon.nova-premier-v1:0:mm", "amazon.nova-premier-v1:0", "mm"),
        ("amazon.nova-premier-v1:0:1000k", "amazon.nova-premier-v1:0", "1000k"),
        ("cohere.embed-english-v3:0:512", "cohere.embed-english-v3:0", "512"),
        ("amazon.titan-embed-text-v1:2:8k", "amazon.titan-embed-text-v1:2", "8k"),
        ("cohere.command-text-v14:7:4k", "cohere.command-text-v14:7", "4k"),
    ],
)
def test_context_suffix_leaves_the_base(text: str, base: str, context: str) -> None:
    model = reading(text)
    assert (model.id, model.base, model.context) == (text, base, context)


@pytest.mark.parametrize("scope", ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "global"])
def test_scope_prefix_leaves_the_base(scope: str) -> None:
    model = reading(f"{scope}.{SONNET}")
    assert (model.id, model.base, model.scope, model.form) == (f"{scope}.{SONNET}", SONNET, scope, Form.SYSTEM_PROFILE)


def test_scope_and_context_may_both_be_there() -> None:
    model = reading("us.amazon.nova-pro-v1:0:300k")
    assert (model.base, model.scope, model.context) == ("amazon.nova-pro-v1:0", "us", "300k")


ARNS: dict[str, dict[str, object]] = {
    f"{ARN}::foundation-model/{SONNET}": {"id": SONNET, "base": SONNET, "form": Form.BARE, "provider": "anthropic"},
    f"{ARN}::foundation-model/newcomer.model-1": {
        "id": "newcomer.model-1",
        "base": "newcomer.model-1",
        "form": Form.BARE,
        "provider": "newcomer",
    },
    f"{ARN}:{ACCOUNT}:inference-profile/us.{SONNET}": {
        "id": f"us.{SONNET}",
        "base": SONNET,
        "form": Form.SYSTEM_PROFILE,
        "scope": "us",
        "provider": "anthropic",
        "account": ACCOUNT,
    },
    f"{ARN}::inference-profile/us.{SONNET}": {
        "id": f"us.{SONNET}",
        "base": SONNET,
        "form": Form.SYSTEM_PROFILE,
        "scope": "us",
        "provider": "anthropic",
    },
    f"{ARN}:{ACCOUNT}:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12": {
        "id": f"{ARN}:{ACCOUNT}:custom-model/amazon.nova-lite-v1:0:300k/abcdefghij12",
        "base": "amazon.nova-lite-v1:0",
        "form": Form.CUSTOM,
        "context": "300k",
        "provider": "amazon",
        "account": ACCOUNT,
    },
    f"{ARN}:{ACCOUNT}:default-prompt-router/anthropic.claude:1": {
        "id": f"{ARN}:{ACCOUNT}:default-prompt-router/anthropic.claude:1",
        "base": "default-prompt-router/anthropic.claude:1",
        "form": Form.PROMPT_ROUTER,
        "provider": "anthropic",
        "account": ACCOUNT,
    },
}


@pytest.mark.parametrize("text", ARNS)
def test_arn_is_taken_apart(text: str) -> None:
    assert parts(text) == {"partition": "aws", "region": "us-east-1", **ARNS[text]}


@pytest.mark.parametrize(
    ("resource", "form"),
    [
        ("application-inference-profile/abcdefghij12", Form.APPLICATION_PROFILE),
        ("provisioned-model/abcdefghij12", Form.PROVISIONED),
        ("provisioned-model-v2/abcdefghij12", Form.PROVISIONED),
        ("provisioned-model-reservation/abcdefghij12", Form.PROVISIONED),
        ("custom-model-deployment/abcdefghij12", Form.CUSTOM_DEPLOYMENT),
        ("custom-model/imported/abcdefghij12", Form.IMPORTED),
        ("imported-model/abcdefghij12", Form.IMPORTED),
        ("prompt-router/my-router", Form.PROMPT_ROUTER),
        ("prompt/ABCDEFGHIJ", Form.PROMPT),
        ("prompt/ABCDEFGHIJ:12", Form.PROMPT),
    ],
)
def test_opaque_arn_keeps_itself_as_id(resource: str, form: Form) -> None:
    arn = f"{ARN}:{ACCOUNT}:{resource}"
    model = reading(arn)
    assert (model.id, model.base, model.form, model.fault) == (arn, resource, form, None)
    assert model.form.opaque


def test_sagemaker_endpoint_is_opaque() -> None:
    model = reading(f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:endpoint/my-endpoint")
    assert (model.form, model.base, model.region) == (Form.ENDPOINT, "endpoint/my-endpoint", "us-west-2")


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc"])
def test_partition_with_bedrock_is_no_fault(partition: str) -> None:
    model = reading(f"arn:{partition}:bedrock:some-region-1::foundation-model/{SONNET}")
    assert (model.partition, model.fault) == (partition, None)


RUNTIME = "https://bedrock-runtime.us-east-1.amazonaws.com/model"


@pytest.mark.parametrize(
    ("text", "id", "region"),
    [
        (f"{RUNTIME}/anthropic.claude-v2%3A1/invoke", "anthropic.claude-v2:1", "us-east-1"),
        (f"{RUNTIME}/eu.amazon.nova-pro-v1%253A0/converse-stream", "eu.amazon.nova-pro-v1:0", "us-east-1"),
        (f"{RUNTIME}/newcomer.model-1/invoke", "newcomer.model-1", "us-east-1"),
        (f"{RUNTIME}/arn%3Aaws%3Abedrock%3Aus-west-2%3A%3Afoundation-model%2F{SONNET}/invoke", SONNET, "us-west-2"),
        ("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/model/zai.glm-5/converse", "zai.glm-5", "us-gov-west-1"),
        ("https://bedrock.us-west-2.amazonaws.com/foundation-models/zai.glm-5", "zai.glm-5", "us-west-2"),
        ("/model/zai.glm-5/invoke-with-response-stream", "zai.glm-5", None),
        ("model/zai.glm-5/count-tokens", "zai.glm-5", None),
        ("https://${host}/model/zai.glm-5/invoke", "zai.glm-5", None),
        ("${endpoint}/model/zai.glm-5/invoke", "zai.glm-5", None),
        ("https://bedrock-runtime.${region}.amazonaws.com/model/${model}/invoke", "${model}", "${region}"),
    ],
)
def test_url_holds_the_id(text: str, id: str, region: str | None) -> None:  # noqa: A002
    model = reading(text)
    assert (model.id, model.region) == (id, region)


@pytest.mark.parametrize(
    "text",
    [
        "bedrock/{}",
        "bedrock/converse/{}",
        "bedrock/invoke/{}",
        "bedrock/converse_like/{}",
        "bedrock/async_invoke/{}",
        "bedrock/openai/{}",
        "bedrock/mantle/{}",
        "bedrock/chat_completions/{}",
        "bedrock_converse/{}",
        "bedrock_mantle/{}",
        "litellm/bedrock/{}",
        "litellm_proxy/bedrock/converse/{}",
        "bedrock:{}",
        "bedrock-mantle:{}",
        "bedrock_converse:{}",
        "anthropic_bedrock:{}",
        "bedrock_mantle_anthropic:{}",
        "bedrock_mantle_openai:{}",
        "bedrock:converse:{}",
        "bedrock:nova-sonic:{}",
        "bedrock:kb:{}",
        "gateway/bedrock:{}",
        "anthropic:{}",
        "amazon-bedrock/{}",
        "aws_bedrock/{}",
        "@bedrock/{}",
        "aws/{}",
        "512-x-512/50-steps/{}",
        "bedrock/1024-x-1024/max-steps/{}".replace("max-steps", "50-steps"),
        "{}[1m]",
        "bedrock/{}[1m]",
        " '{}' ",
        "`{}`",
    ],
)
@pytest.mark.parametrize("id", [SONNET, "us.amazon.nova-pro-v1:0", "deepseek.v3.2"])
def test_framework_spelling_is_stripped(text: str, id: str) -> None:  # noqa: A002
    model = reading(text.format(id))
    assert (model.id, model.text, model.fault) == (id, text.format(id), None)


@pytest.mark.parametrize(
    ("text", "id", "region"),
    [
        (f"bedrock/us-east-1/{SONNET}", SONNET, "us-east-1"),
        ("bedrock/us-gov-west-1/amazon.titan-text-lite-v1", "amazon.titan-text-lite-v1", "us-gov-west-1"),
        ("bedrock/ap-northeast-1/1-month-commitment/anthropic.claude-v2:1", "anthropic.claude-v2:1", "ap-northeast-1"),
        ("bedrock_mantle/us-east-1/openai.gpt-oss-120b", "openai.gpt-oss-120b", "us-east-1"),
        (f"bedrock/eusc-de-east-1/{SONNET}", SONNET, "eusc-de-east-1"),
    ],
)
def test_framework_region_is_kept(text: str, id: str, region: str) -> None:  # noqa: A002
    model = reading(text)
    assert (model.id, model.region) == (id, region)


@pytest.mark.parametrize(
    "route", ["bedrock/", "bedrock/nova/", "bedrock/nova-2/", "bedrock/llama/", "bedrock/deepseek_r1/", "bedrock:"]
)
def test_framework_spelling_may_hold_an_arn(route: str) -> None:
    arn = f"{ARN}:{ACCOUNT}:application-inference-profile/abcdefghij12"
    assert reading(route + arn).id == arn
    assert reading(route + arn.replace("/", "%2F")).form is Form.APPLICATION_PROFILE


HOLES = {
    f"${{geo}}.{SONNET}": (f"${{geo}}.{SONNET}", SONNET, "${geo}"),
    f"${{var.geo}}{SONNET}": (f"${{var.geo}}{SONNET}", SONNET, "${var.geo}"),
    f"us${{suffix}}.{SONNET}": (f"us${{suffix}}.{SONNET}", SONNET, "us${suffix}"),
    f"bedrock/${{geo}}.{SONNET}": (f"${{geo}}.{SONNET}", SONNET, "${geo}"),
    f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}::foundation-model/{SONNET}": (SONNET, SONNET, None),
    f"arn:${{p}}:bedrock:${{r}}:${{AWS::AccountId}}:inference-profile/us.{SONNET}": (f"us.{SONNET}", SONNET, "us"),
    f"arn:aws:bedrock:${{r}}:${{a}}:inference-profile/${{geo}}.{SONNET}": (f"${{geo}}.{SONNET}", SONNET, "${geo}"),
    f"foundation-model/{SONNET}": (SONNET, SONNET, None),
    f"inference-profile/us.{SONNET}": (f"us.{SONNET}", SONNET, "us"),
    f"${{local.prefix}}:foundation-model/{SONNET}": (SONNET, SONNET, None),
    f"${{local.prefix}}foundation-model/{SONNET}": (SONNET, SONNET, None),
    f"arn:${{rest}}:foundation-model/{SONNET}": (SONNET, SONNET, None),
    "arn:aws:bedrock:${AWS::Region}::foundation-model/${var.model}": ("${var.model}", "${var.model}", None),
    "arn:aws:bedrock:${r}:${a}:inference-profile/us.${var.model}": ("us.${var.model}", "${var.model}", "us"),
    'anthropic.claude-${var.models["haiku"].name}': (
        'anthropic.claude-${var.models["haiku"].name}',
        'anthropic.claude-${var.models["haiku"].name}',
        None,
    ),
    "us.anthropic.${merge({a = 1}, {}).name}-v1:0": (
        "us.anthropic.${merge({a = 1}, {}).name}-v1:0",
        "anthropic.${merge({a = 1}, {}).name}-v1:0",
        "us",
    ),
    "bedrock/${var.model}": ("${var.model}", "${var.model}", None),
}


@pytest.mark.parametrize("text", HOLES)
def test_hole_stays_where_it_is(text: str) -> None:
    model = reading(text)
    assert (model.id, model.base, model.scope) == HOLES[text]
    assert model.fault is None


def test_holes_around_the_name_are_kept_as_written() -> None:
    model = reading(f"arn:${{AWS::Partition}}:bedrock:${{AWS::Region}}:${{AWS::AccountId}}:inference-profile/us.{SONNET}")
    assert (model.partition, model.region, model.account) == ("${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}")


def test_an_opaque_arn_with_an_unknown_account_has_a_readable_base() -> None:
    model = reading("arn:aws:bedrock:us-east-1:${AWS::AccountId}:application-inference-profile/abcdefghij12")
    assert model.base == "application-inference-profile/abcdefghij12"


@pytest.mark.parametrize(
    "text", ["${var.model}", "${a}.${b}", "us.${var.model}", "${unclosed.anthropic.claude-v2", "${a}/${b}"]
)
def test_what_only_holes_could_make_an_identifier_is_none(text: str) -> None:
    assert model_id.read(text) is None


PATTERNS = {
    "*": ("*", "*", Form.BARE, None),
    "anthropic.claude-*": ("anthropic.claude-*", "anthropic.claude-*", Form.BARE, None),
    "anthropic.*": ("anthropic.*", "anthropic.*", Form.BARE, None),
    "us.anthropic.*": ("us.anthropic.*", "anthropic.*", Form.SYSTEM_PROFILE, "us"),
    "*.anthropic.claude-sonnet-4-6": ("*.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", Form.SYSTEM_PROFILE, "*"),
    "arn:aws:bedrock:*::foundation-model/*": ("*", "*", Form.BARE, None),
    "arn:aws:bedrock:*::foundation-model/amazon.nova-reel-v1:*": (
        "amazon.nova-reel-v1:*",
        "amazon.nova-reel-v1:*",
        Form.BARE,
        None,
    ),
    "arn:aws:bedrock:*:*:inference-profile/*": ("*", "*", Form.SYSTEM_PROFILE, None),
    "arn:aws:bedrock:*:*:inference-profile/us.*": ("us.*", "*", Form.SYSTEM_PROFILE, "us"),
    "arn:aws:bedrock:*:*:inference-profile/*anthropic.claude-*": (
        "*anthropic.claude-*",
        "*anthropic.claude-*",
        Form.SYSTEM_PROFILE,
        None,
    ),
    "arn:aws:bedrock:*:*:application-inference-profile/*": ("*", "*", Form.APPLICATION_PROFILE, None),
    "arn:aws:bedrock:*:*:*": ("*", "*", Form.BARE, None),
    "arn:aws:bedrock:*": ("*", "*", Form.BARE, None),
    "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:*": ("*", "*", Form.BARE, None),
    "arn:aws:bedrock:*:*:*/anthropic.claude-*": ("anthropic.claude-*", "anthropic.claude-*", Form.BARE, None),
    "arn:aws:bedrock:*:*:*inference-profile/*": ("*", "*", Form.BARE, None),
}


@pytest.mark.parametrize("text", PATTERNS)
def test_wildcard_is_a_pattern(text: str) -> None:
    model = reading(text)
    assert (model.id, model.base, model.form, model.scope) == PATTERNS[text]
    assert model.is_pattern
    assert model.fault is None


FAULTS = {
    f"{ARN}::foundation-model/us.{SONNET}": "an inference profile id in a foundation-model ARN",
    f"{ARN}:{ACCOUNT}:inference-profile/{SONNET}": "a foundation model id in an inference-profile ARN",
    f"{ARN}:{ACCOUNT}:foundation-model/{SONNET}": "an account in a foundation-model ARN, which has none",
    f"{ARN}:${{AWS::AccountId}}:foundation-model/{SONNET}": "an account in a foundation-model ARN, which has none",
    f"arn:aws-cn:bedrock:cn-north-1::foundation-model/{SONNET}": "Bedrock is not in the partition 'aws-cn'",
    f"{ARN}:12345:inference-profile/us.{SONNET}": "the account '12345' is not 12 digits",
    f"{ARN}:foundation-model/{SONNET}": "the ARN has 5 parts instead of 6",
    f"arn:aws:bedrock-runtime:us-east-1::foundation-model/{SONNET}": (
        "the service of a model's ARN is 'bedrock', not 'bedrock-runtime'"
    ),
    f"{ARN}::model/{SONNET}": "no resource type 'model', 'foundation-model' is meant",
    f"{ARN}::foundation-models/{SONNET}": "no resource type 'foundation-models', 'foundation-model' is meant",
    f"{ARN}:{ACCOUNT}:custom-model/my-model": "a custom-model ARN without its base model",
    f"sa.{SONNET}": "'sa.' is no scope prefix of Bedrock",
    f"us-east-1.{SONNET}": "'us-east-1.' is no scope prefix of Bedrock",
    "anthropic.claude-haiku-4-5@20251001": "'@' before a version is another platform's spelling",
}


@pytest.mark.parametrize("text", FAULTS)
def test_malformed_identifier_says_what_is_wrong(text: str) -> None:
    assert reading(text).fault == FAULTS[text]


@pytest.mark.parametrize(
    "text",
    [
        f"arn:aws:bedrock:*:*:foundation-model/{SONNET}",
        f"arn:aws:bedrock:::foundation-model/{SONNET}",
        f"arn:aws:bedrock:*:*:inference-profile/us.{SONNET}",
        f"arn:aws:bedrock:*::inference-profile/us.{SONNET}",
        "arn:aws:bedrock:us-east-1:aws:inference-profile/us.amazon.nova-pro-v1:0",
    ],
)
def test_what_a_policy_document_may_say_is_no_fault(text: str) -> None:
    assert reading(text).fault is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        ":",
        "/",
        "gpt-4o",
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "amazon.com",
        "www.amazon.com",
        "mistral.ai",
        "meta.data",
        "amazon.titan",
        "openai.gpt",
        "anthropic.claude",
        "anthropic.messages.create",
        "anthropic.claude.messages",
        "openai.chat.completions",
        "google.cloud.storage",
        "google.gemma.model",
        "mistral.mistral_client",
        "amazon.nova.client",
        "openai/gpt-4o",
        "openrouter/anthropic/claude-3.5-sonnet",
        "anthropic/claude-sonnet-4-5",
        "anthropic:claude-sonnet-4-5",
        "vertex_ai/claude-haiku-4-5@20251001",
        "bedrock/claude_platform/claude-opus-5-5",
        "bedrock/agent/ABCDEFGHIJ/TSTALIASID",
        "bedrock/agentcore/arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/x-1",
        "bedrock/handler.py",
        "bedrock:InvokeModel",
        "bedrock:*",
        "bedrock-agent:ABCDEFGHIJ",
        "sagemaker/my-endpoint",
        "amazon/nova-2-lite",
        "s3://bucket/model/anthropic.claude-v2",
        "src/model/anthropic.claude-v2.py",
        "arn:aws:bedrock:us-east-1::foundation-model/",
        "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:data-automation-profile/us.data-automation-v1",
        "arn:aws:bedrock:us-east-1:123456789012:agent/ABCDEFGHIJ",
        "arn:aws:bedrock:us-east-1:123456789012:agent-alias/ABCDEFGHIJ/TSTALIASID",
        "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/ABCDEFGHIJ",
        "arn:aws:bedrock:us-east-1:123456789012:async-invoke/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:evaluation-job/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:model-customization-job/anthropic.claude-v2:1/abcdefghij12",
        "arn:aws:bedrock:us-east-1:123456789012:agent*/x",
        "arn:aws:bedrock:::",
        "arn:aws:bedrock",
        "arn:",
        "arn:aws:bedrock-agentcore:::evaluator/Builtin.Helpfulness",
        "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/my-agent",
        "arn:aws:states:::bedrock:invokeModel",
        "arn:aws:s3:::bedrock-logs/*",
        "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/x",
        f"see {SONNET} for details",
        f"{SONNET},{SONNET}",
        "anthropic.claude-v2\nanthropic.claude-v2:1",
        "x" * 5000,
        "\x80.anthropic.claude-v2",
        "foundation-models/anthropic.claude-v2",
        "model/anthropic.claude-v2",
        "${a}" * 17 + SONNET,
    ],
)
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert model_id.read(text) is None


def test_wildcard_over_everything_keeps_its_region() -> None:
    assert reading("arn:aws:bedrock:us-east-1:*").region == "us-east-1"


def test_another_partition_may_be_a_wildcard() -> None:
    assert reading("arn:*:bedrock:*::foundation-model/anthropic.claude-*").fault is None


KNOWN = [spelling for model in catalog.load().models for spelling in (model.id, *model.sized)]
PROFILES = [f"{scope}.{model.id}" for model in catalog.load().models for scope in model.profiles]


@pytest.mark.parametrize("text", KNOWN + PROFILES)
def test_every_known_id_is_read_and_found_in_a_text(text: str) -> None:
    assert reading(text).id == text
    assert reading(text).fault is None
    sentence = f'model = "{text}"  # and more'
    assert [(start, end, found.id) for start, end, found in model_id.find_all(sentence)] == [(9, 9 + len(text), text)]


@given(
    st.sampled_from(KNOWN),
    st.sampled_from(model_id.SCOPES),
    st.sampled_from(["{}", "bedrock/{}", "'{}'", "{}[1m]", "bedrock:{}"]),
)
def test_scope_round_trip(id: str, scope: str, spelling: str) -> None:  # noqa: A002
    model = reading(spelling.format(f"{scope}.{id}"))
    assert model.id == f"{model.scope}.{model.base}" + (f":{model.context}" if model.context else "")
    assert reading(model.id).base == reading(id).base


WORDS = f"""
arn: aws : :: bedrock / . * ? ${{ }} ${{a}} ${{account}} [1m] @ %3A % " -v1 :0 é {SONNET} anthropic.claude claude- us. us
foundation-model/ inference-profile/ custom-model/ imported/ model/ prompt/ bedrock/ converse/ us-east-1/ us-east-1
123456789012 https:// invoke \x80 \x9f
""".split()
PIECES = st.sampled_from([*WORDS, " ", "\n"])
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
@example("arn:aws:bedrock:::foundation-model/" + "${" * 50)
@example("https://bedrock//model//invoke")
@example("model/arn:/invoke")
def test_reading_never_raises_and_its_id_reads_as_itself(text: str) -> None:
    model = model_id.read(text)
    if model is None:
        return
    assert model.text == text
    again = model_id.read(model.id)
    # A name that only its ARN or URL made one is not read on its own.
    if again is not None:
        assert again.id == model.id


@given(TEXTS)
def test_what_is_found_lies_where_it_is_said(text: str) -> None:
    end = 0
    for start, stop, model in model_id.find_all(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == model.text
        end = stop


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"use us.{SONNET} or amazon.nova-lite-v1:0.", [f"us.{SONNET}", "amazon.nova-lite-v1:0"]),
        ("MODEL=anthropic.claude-v2: the old one", ["anthropic.claude-v2"]),
        ("model=${BEDROCK_MODEL:amazon.nova-lite-v1:0}", ["amazon.nova-lite-v1:0"]),
        ("https://x/model/anthropic.claude-v2%3A1/invoke", ["anthropic.claude-v2:1"]),
        (f"llm: bedrock/{SONNET}[1m]", [SONNET]),
        (f"`${{geo}}.{SONNET}`", [f"${{geo}}.{SONNET}"]),
        (f"`arn:aws:bedrock:${{AWS::Region}}::foundation-model/{SONNET}`", [SONNET]),
        (f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/abcdefghij12, ...", [
            f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/abcdefghij12"
        ]),
        ("arn:aws:bedrock:*::foundation-model/anthropic.claude-*", ["anthropic.claude-*"]),
        ("**anthropic.claude-v2**", ["anthropic.claude-v2"]),
        ("anthropic.claude-v2* and anthropic.claude-*", []),
        ("f'anthropic.claude-{name}-v1:0'", []),
        ("anthropic.claude-v2_old my.anthropic.claude-v2 xanthropic.claude-v2", []),
        ("import anthropic.claude; openai.chat.completions.create()", []),
        ("amazon.com openai.gpt google.cloud", []),
    ],
)  # fmt: skip
def test_identifiers_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert [model.id for _, _, model in model_id.find_all(text)] == found


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "anthropic.claude-",
        "arn:",
        "arn:aws:bedrock:",
        "arn:${a}${a}:bedrock:",
        "${",
        "${a}",
        "us.",
        "1.1",
        "-",
        ":0",
        "%3A",
        "bedrock/",
    ],
)
def test_reading_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    for prefix in ("", "anthropic.claude-1", "arn:aws:bedrock:us-east-1::foundation-model/"):
        text = prefix + unit * (400_000 // len(unit))
        assert sum(1 for _ in model_id.find_all(text)) <= 1
        model_id.read(text[:4096])
    # About 0.2 s; quadratic time would take minutes.
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("resource", "model", "every"),
    [
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0", True, False),
        ("arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/*", True, False),
        ("arn:aws:bedrock:*:*:*", True, True),
        ("arn:aws:bedrock:us-east-1:*", True, True),
        ("arn:aws:bedrock:*", True, True),
        ("arn:aws:bedrock:*:*:agent/*", False, False),
        ("arn:aws:bedrock:*:*:knowledge-base/ABC", False, False),
        ("arn:aws:s3:::*", False, False),
        ("*", False, False),
    ],
)
def test_a_permission_names_models_or_everything(resource: str, model: bool, every: bool) -> None:
    assert (model_id.is_model_resource(resource), model_id.is_every_resource(resource)) == (model, every)
