"""ARNs of models: every kind of resource that names or stands for one."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from routelint.deferred import lazy_regex
from routelint.model import Form, ModelId
from routelint.model_id.name import (
    ACCOUNT_HOLE,
    ANY_HOLE,
    LONG_CONTEXT_MARK,
    QUALIFIED_NAME,
    SCOPES,
    Place,
    is_concrete,
    is_hole,
    taken_apart,
)

PARTITIONS = ("aws", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc")
TYPES = {
    "foundation-model": Form.BARE,
    "inference-profile": Form.SYSTEM_PROFILE,
    "application-inference-profile": Form.APPLICATION_PROFILE,
    "provisioned-model": Form.PROVISIONED,
    "provisioned-model-v2": Form.PROVISIONED,
    "provisioned-model-reservation": Form.PROVISIONED,
    "custom-model": Form.CUSTOM,
    "custom-model-deployment": Form.CUSTOM_DEPLOYMENT,
    "imported-model": Form.IMPORTED,
    "prompt-router": Form.PROMPT_ROUTER,
    "default-prompt-router": Form.PROMPT_ROUTER,
    "foundation-models": Form.BARE,
    "model": Form.BARE,
}
_MISTAKEN_TYPES = ("foundation-models", "model")
_RESOURCE = lazy_regex("(?P<type>" + "|".join(sorted(TYPES, key=len, reverse=True)) + ")/")
# What a permission may name: `*` behind a colon stands for all resources of the service, models among them.
_ALL_OF_BEDROCK = r"arn:[^:]*:bedrock:(?:[^:]*:){0,2}\*"
_EVERY_RESOURCE = lazy_regex(_ALL_OF_BEDROCK)
_MODEL_TYPES = "|".join(each for each in TYPES if each not in _MISTAKEN_TYPES)
_MODEL_RESOURCE = lazy_regex(rf"{_ALL_OF_BEDROCK}$|arn:[^:]*:bedrock:[^:]*:[^:]*:(?:{_MODEL_TYPES})[/*]")


def read(plain: str) -> ModelId | None:
    """The reading of an ARN, or of its end, that names a model."""
    match = _RESOURCE.search(plain)
    if match is None:
        return _other_arn(plain) if plain.startswith("arn:") else None
    kind, name = match["type"], LONG_CONTEXT_MARK.sub("", plain[match.end() :])
    place = _place(plain[: match.start()], kind)
    if place is None:
        return _other_arn(plain) if plain.startswith("arn:") else None
    if not name or name.startswith("arn:"):
        return None
    form = TYPES[kind]
    if form is Form.CUSTOM:
        return _custom(plain, name, place)
    if QUALIFIED_NAME.fullmatch(name) is None:
        return None
    if form.opaque:
        return _opaque(plain, kind, name, form, place)
    model = taken_apart(name, place)
    if form is Form.SYSTEM_PROFILE and model.scope is None and not is_concrete(model.base):
        model = replace(model, form=form)
    return replace(model, fault=model.fault or _kind_fault(model, kind))


def is_every_resource(resource: str) -> bool:
    """Whether the resource of a permission is all that Bedrock has: `arn:aws:bedrock:*`."""
    return _EVERY_RESOURCE.fullmatch(resource) is not None


def is_model_resource(resource: str) -> bool:
    """Whether the resource of a permission is a model, what hands to one, several of them, or all that Bedrock has."""
    return _MODEL_RESOURCE.match(resource) is not None


def _place(head: str, kind: str) -> Place | None:
    """What stands before the resource: nothing, `arn:...:`, or a hole for some of it; None where it is something else."""
    if not head:
        return Place() if kind not in _MISTAKEN_TYPES else None
    if not head.startswith("arn:"):
        return Place() if is_hole(head[0]) and (head[-1] == ":" or is_hole(head[-1])) else None
    parts = head.split(":")
    if len(parts) == 6 and not parts[5]:
        service = parts[2]
        if service != "bedrock" and not service.startswith("bedrock-") and not is_hole(service):
            return None
        place = Place(parts[1], parts[3] or None, parts[4] or None)
        fault = None
        if service.startswith("bedrock-"):
            fault = f"the service of a model's ARN is 'bedrock', not '{service}'"
        return replace(place, fault=fault or _place_fault(place))
    if ANY_HOLE.search(head) and (head[-1] == ":" or is_hole(head[-1])):
        return Place(parts[1] or None)
    if parts[2:3] == ["bedrock"] and not parts[-1]:
        return Place(parts[1], parts[3] or None, fault=f"the ARN has {len(parts)} parts instead of 6")
    return None


def _place_fault(place: Place) -> str | None:
    if place.partition is not None and is_concrete(place.partition) and place.partition not in PARTITIONS:
        return f"Bedrock is not in the partition '{place.partition}'"
    if place.account is not None and is_concrete(place.account) and re.fullmatch(r"\d{12}|aws", place.account) is None:
        return f"the account '{place.account}' is not 12 digits"
    return None


def _opaque(plain: str, kind: str, name: str, form: Form, place: Place) -> ModelId:
    """A model that its identifier does not tell; a default prompt router tells its provider."""
    if name == "*":
        return place.model(name, name, form)
    provider = name.split(".", 1)[0] if kind == "default-prompt-router" and "." in name else None
    return place.model(plain, f"{kind}/{name}", form, provider)


def _custom(plain: str, name: str, place: Place) -> ModelId | None:
    """A customized model: its ARN holds the base model it was made from."""
    base, _, identity = name.partition("/")
    if QUALIFIED_NAME.fullmatch(base) is None or (identity and QUALIFIED_NAME.fullmatch(identity) is None):
        return None
    if base == "imported" and identity:
        return _opaque(plain, "custom-model/imported", identity, Form.IMPORTED, place)
    if not identity:
        opaque = _opaque(plain, "custom-model", base, Form.IMPORTED, place)
        fault = None if opaque.is_pattern else "a custom-model ARN without its base model"
        return replace(opaque, fault=opaque.fault or fault)
    return replace(taken_apart(base, place), id=plain, form=Form.CUSTOM)


def _other_arn(plain: str) -> ModelId | None:
    """ARNs that no word for a model marks: prompts, SageMaker endpoints, wildcards over types."""
    parts = plain.split(":", 5)
    service = parts[2] if len(parts) > 2 else ""
    if service == "bedrock" and len(parts) < 6:
        rest = parts[3:]
        return Place(parts[1], rest[0] or None).model("*", "*") if rest and rest[-1] == "*" else None
    if len(parts) < 6 or service not in ("bedrock", "sagemaker"):
        return None
    place = Place(parts[1], parts[3] or None, parts[4] or None)
    place = replace(place, fault=_place_fault(place))
    kind, _, name = parts[5].partition("/")
    if service == "sagemaker":
        known = kind == "endpoint" and QUALIFIED_NAME.fullmatch(name) is not None
        return _opaque(plain, kind, name, Form.ENDPOINT, place) if known else None
    if kind == "prompt":
        return _opaque(plain, kind, name, Form.PROMPT, place) if QUALIFIED_NAME.fullmatch(name) else None
    if "*" in kind and any(fnmatchcase(each, kind) for each in TYPES):
        return taken_apart(name, place) if QUALIFIED_NAME.fullmatch(name) else place.model("*", "*")
    return None


def _kind_fault(model: ModelId, kind: str) -> str | None:
    """What is wrong about the kind of ARN a name stands in."""
    if kind in _MISTAKEN_TYPES:
        return f"no resource type '{kind}', 'foundation-model' is meant"
    if kind == "foundation-model":
        if model.scope in SCOPES:
            return "an inference profile id in a foundation-model ARN"
        if model.account is not None and (is_concrete(model.account) or re.fullmatch(f"[{ACCOUNT_HOLE}]", model.account)):
            return "an account in a foundation-model ARN, which has none"
    if kind == "inference-profile" and model.form is Form.BARE:
        return "a foundation model id in an inference-profile ARN"
    return None
