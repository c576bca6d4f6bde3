from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routelint import catalog, iam
from routelint.model import Condition, Effect, Location, PolicyStatement, Span, Unknown

CATALOG = catalog.load()
SPAN = Span(1, 1, 1, 2)
NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
NOVA_PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
ALL_MODELS = "arn:aws:bedrock:*::foundation-model/*"
ALL_PROFILES = "arn:aws:bedrock:*:*:inference-profile/*"
HELD = (Condition("StringLike", "bedrock:InferenceProfileArn", (NOVA_PROFILE,)),)


def statement(
    actions: tuple[str | Unknown, ...] = ("bedrock:InvokeModel",),
    resources: tuple[str | Unknown, ...] = ("*",),
    *,
    effect: Effect = Effect.ALLOW,
    not_actions: tuple[str | Unknown, ...] = (),
    not_resources: tuple[str | Unknown, ...] = (),
    conditions: tuple[Condition, ...] = (),
    policy: str = "p",
    principals: tuple[Location, ...] = (),
) -> PolicyStatement:
    return PolicyStatement(
        Location("a.json", SPAN),
        "terraform",
        SPAN,
        effect,
        Location("a.json", SPAN, policy),
        actions,
        not_actions,
        resources,
        not_resources,
        conditions,
        principals,
    )


@pytest.mark.parametrize(
    ("action", "is_invoking"),
    [
        ("bedrock:InvokeModel", True),
        ("BEDROCK:invokemodel", True),
        ("bedrock:*", True),
        ("*", True),
        ("*:*", True),
        ("bedrock:Invoke*", True),
        ("bedrock:I*Model", True),
        ("bedrock:*Model*", True),
        ("bedrock:Invok?Model", True),
        ("bedrock:Get*", False),
        ("bedrock:List*", False),
        ("bedrock:InvokeAgent", False),
        ("bedrock:InvokeFlow", False),
        ("bedrock:Converse", False),
        ("bedrock-agent-runtime:*", False),
        ("s3:*", False),
    ],
)
def test_an_action_invokes_models(action: str, is_invoking: bool) -> None:
    assert (iam.invokes(statement((action,))) is not None) is is_invoking


def test_every_action_but_some_invokes_models_unless_they_are_among_them() -> None:
    assert iam.invokes(statement((), not_actions=("iam:*",)))
    assert iam.invokes(statement((), not_actions=("bedrock:InvokeModel",)))
    assert iam.invokes(statement((), not_actions=("bedrock*:*",))) is None
    assert iam.invokes(statement((), not_actions=("s3:*",))) == "not s3:*"
    left = "not bedrock:*, which leaves bedrock-mantle:CreateInference"
    assert iam.invokes(statement((), not_actions=("bedrock:*",))) == left
    assert iam.invokes(statement((), not_actions=(Unknown("?"),))) is None


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:bedrock:*",
        "arn:aws:bedrock:*:*:*",
        "arn:aws:bedrock:us-east-1:*",
        "arn:*:bedrock:*::foundation-model/*",
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/*",
        "arn:aws:bedrock:*::foundation-model*",
        "arn:aws:bedrock:*::foundation-*",
        "arn:aws:bedrock:*::*",
        "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/*",
        "${local.arn}::foundation-model/*",
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/*",
        "arn:aws:bedrock:us-east-1:${AWS::AccountId}:inference-profile/us.*",
        "arn:aws:bedrock:*:*:*-profile/*",
    ],
)
def test_a_resource_takes_in_every_model(resource: str) -> None:
    reach = iam.breadth(statement(resources=(resource,)), (), CATALOG)
    assert reach is not None
    assert reach.every
    assert reach.resources == (resource,)


@pytest.mark.parametrize(
    "resource",
    [
        NOVA,
        "arn:aws:bedrock:*::foundation-model/anthropic.*",
        "arn:aws:bedrock:*::foundation-model/*haiku*",
        "arn:aws:bedrock:*::foundation-model/${var.model}",
        "arn:aws:bedrock:*:*:application-inference-profile/*",
        "arn:aws:bedrock:*:*:agent/*",
        "arn:aws:bedrock:*:*:knowledge-base/*",
        "arn:aws:s3:::*",
        "${var.resources}",
        "",
    ],
)
def test_a_resource_does_not_take_in_every_model(resource: str) -> None:
    reach = iam.breadth(statement(resources=(resource,)), (), CATALOG)
    assert reach is None or not reach.every


def test_what_cannot_be_told_is_not_broad() -> None:
    assert iam.breadth(statement(resources=(Unknown("it is passed"),)), (), CATALOG) is None
    assert iam.breadth(statement(actions=(Unknown("it is passed"),)), (), CATALOG) is None
    assert iam.breadth(statement(resources=(), not_resources=(Unknown("it is passed"),)), (), CATALOG) is None


def test_everything_but_some_models_is_broad_and_leaves_those_out() -> None:
    reach = iam.breadth(statement(resources=(), not_resources=(NOVA,)), (), CATALOG)
    assert reach is not None
    assert reach.every
    assert "amazon.nova-lite-v1:0" not in {model.id for model in reach.models}
    assert iam.breadth(statement(resources=(), not_resources=("arn:aws:bedrock:*",)), (), CATALOG) is None


def test_a_pattern_in_the_middle_reaches_the_models_it_matches() -> None:
    reach = iam.breadth(statement(resources=("arn:aws:bedrock:*::foundation-model/*claude*haiku*",)), (), CATALOG)
    assert reach is not None
    assert not reach.every
    assert list(reach.models)
    assert all("claude" in model.id and "haiku" in model.id for model in reach.models)


@pytest.mark.parametrize(
    ("condition", "is_broad"),
    [
        (HELD[0], False),
        (Condition("ArnLike", "bedrock:InferenceProfileArn", (NOVA_PROFILE,)), False),
        (Condition("ArnEquals", "bedrock:inferenceprofilearn", (Unknown("it is passed"),)), False),
        (Condition("Null", "bedrock:InferenceProfileArn", ("false",)), False),
        (Condition("StringLike", "bedrock:InferenceProfileArn", ("*",)), True),
        (Condition("ArnLike", "bedrock:InferenceProfileArn", (ALL_PROFILES,)), True),
        (Condition("StringLikeIfExists", "bedrock:InferenceProfileArn", (NOVA_PROFILE,)), True),
        (Condition("StringEquals", "aws:ResourceTag/team", ("search",)), False),
        (Condition("StringEquals", "aws:RequestTag/team", ("search",)), False),
        (Condition("StringEquals", "aws:PrincipalTag/team", ("search",)), True),
        (Condition("StringEquals", "aws:RequestedRegion", ("us-east-1",)), True),
        (Condition("StringEquals", "aws:SourceVpce", ("vpce-1",)), True),
        (Condition("", "", (Unknown("it is passed"),)), False),
    ],
    ids=lambda value: f"{value.operator} {value.key}" if isinstance(value, Condition) else str(value),
)
def test_a_condition_narrows_models_or_only_who_asks(condition: Condition, is_broad: bool) -> None:
    reach = iam.breadth(statement(resources=(ALL_MODELS,), conditions=(condition,)), (), CATALOG)
    assert (reach is not None and reach.every) is is_broad


def test_every_profile_reaches_no_further_than_the_models_allowed_beside_it() -> None:
    profiles = statement(resources=(ALL_PROFILES,))
    named = statement(resources=(NOVA,))
    held = statement(resources=(ALL_MODELS,), conditions=HELD)
    everything = statement(resources=(ALL_MODELS,))
    assert iam.breadth(profiles, (named,), CATALOG) is None
    assert iam.breadth(profiles, (held,), CATALOG) is None
    assert iam.breadth(profiles, (everything,), CATALOG) is not None
    assert iam.breadth(profiles, (), CATALOG) is not None


@pytest.mark.parametrize(
    ("deny", "left"),
    [
        (statement(resources=("*",), effect=Effect.DENY), None),
        (statement(resources=(), not_resources=(NOVA,), effect=Effect.DENY), None),
        (statement(("s3:*",), effect=Effect.DENY), "all"),
        (statement(("bedrock:GetFoundationModel",), effect=Effect.DENY), "all"),
        (
            statement(
                resources=("*",), effect=Effect.DENY, conditions=(Condition("StringNotEquals", "aws:RequestedRegion", ("eu",)),)
            ),
            "all",
        ),
        (
            statement(resources=("*",), effect=Effect.DENY, conditions=(replace(HELD[0], operator="StringNotLike"),)),
            None,
        ),
        (statement(resources=("arn:aws:bedrock:*::foundation-model/anthropic.*",), effect=Effect.DENY), "no anthropic"),
    ],
)
def test_a_denial_beside_it_takes_models_away(deny: PolicyStatement, left: str | None) -> None:
    reach = iam.breadth(statement(("bedrock:*",)), (deny,), CATALOG)
    if left is None:
        assert reach is None
        return
    assert reach is not None
    has_anthropic = any(model.id.startswith("anthropic.") for model in reach.models)
    assert has_anthropic is (left == "all")


def test_peers_are_of_the_same_policy_or_for_the_same_principal() -> None:
    role = Location("a.json", SPAN, "role")
    first = statement()
    same = statement(("bedrock:Get*",))
    other = statement(("bedrock:List*",), policy="q")
    attached = statement(("bedrock:Tag*",), policy="r", principals=(role,))
    assert iam.Peers([first, same, other]).of(first) == (same,)
    held = replace(first, principals=(role,))
    assert iam.Peers([held, other, attached]).of(held) == (attached,)
    assert iam.Peers([held, replace(attached, root="other")]).of(held) == ()


def test_hundreds_of_stars_take_no_time() -> None:
    hostile = "arn:aws:bedrock:*::foundation-model/" + "*a" * 700
    assert iam.breadth(statement(resources=(hostile,)), (), CATALOG) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_judged_without_an_error(action: str, resource: str) -> None:
    iam.breadth(statement((action,), (resource,)), (statement((action,), (resource,), effect=Effect.DENY),), CATALOG)


@given(st.sampled_from([NOVA, NOVA_PROFILE, ALL_MODELS, ALL_PROFILES, "*"]))
def test_a_denial_never_widens_what_is_reached(resource: str) -> None:
    allowed = iam.breadth(statement(resources=("*",)), (), CATALOG)
    less = iam.breadth(statement(resources=("*",)), (statement(resources=(resource,), effect=Effect.DENY),), CATALOG)
    assert allowed is not None
    assert less is None or {each.id for each in less.models} <= {each.id for each in allowed.models}


@given(
    st.lists(st.sampled_from(["*", "?", "a", "B", ":", "/", "ab", "\n", "\u212a", "k", "."]), max_size=8).map("".join),
    st.text(alphabet="aAbB:/\nk\u212a.", max_size=8),
)
def test_a_pattern_matches_what_re2_says_it_does(pattern: str, text: str) -> None:
    compiled = iam._compiled(pattern)
    assert compiled is not None
    if "*" in pattern or "?" in pattern:
        assert iam._matches(pattern, text) == (compiled.search(text) is not None)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    pieces = iam._pieces("a*" * 1000 + "b")
    assert len(pieces) == 1001
    # One look for each piece, and no way back.
    assert not iam._stand_in("a" * 200, pieces)
