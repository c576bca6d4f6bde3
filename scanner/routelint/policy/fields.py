"""What a custom rule may ask of a route: the one table of fields, from which checking, evaluating and the manual follow."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The type of a field, by its name in CEL's own words."""

    TEXT = "string"
    NUMBER = "double"
    FLAG = "bool"
    TEXTS = "list<string>"
    MAP = "map<string, string>"


class Field(NamedTuple):
    """A field of a route. What cannot be told is left out, and an expression that needs it decides nothing."""

    name: str
    kind: Kind
    description: str


FIELDS = (
    Field("model.id", Kind.TEXT, "the identifier as it reaches Bedrock, with its scope prefix and without an ARN around it"),
    Field("model.catalog_id", Kind.TEXT, "the catalog's id of the model; left out where the catalog does not know it"),
    Field("model.known", Kind.FLAG, "whether the catalog knows the model"),
    Field("model.provider", Kind.TEXT, "`anthropic`, `amazon`, `meta` ..."),
    Field("model.family", Kind.TEXT, "the line of models it belongs to, by the catalog"),
    Field("model.modality", Kind.TEXT, "`text`, `embedding`, `rerank`, `image`, `speech`, `video`"),
    Field("model.tier", Kind.TEXT, "the tier under this policy; left out where it has none"),
    Field("model.lifecycle", Kind.TEXT, "`active`, `preview`, `legacy`, `retired` or `unknown`, on the day of the scan"),
    Field("model.scope", Kind.TEXT, "the prefix of an inference profile, such as `us` or `global`; empty where there is none"),
    Field("model.input_usd_per_million_tokens", Kind.NUMBER, "what the route pays for input; left out where it is not known"),
    Field("model.output_usd_per_million_tokens", Kind.NUMBER, "what the route pays for output; left out where it is not known"),
    Field(
        "model.blended_usd_per_million_tokens",
        Kind.NUMBER,
        "the list price in the policy's mix; left out where it is not known",
    ),
    Field("resolution", Kind.TEXT, "the step that supplied the model: `literal`, `env-default`, `tfvars` ..."),
    Field("kind", Kind.TEXT, "`invoke`, `embed`, `agent`, `provision`, `grant`, `default` or `implicit`"),
    Field("sink", Kind.TEXT, "what takes the model, such as `bedrock-runtime.converse.modelId`"),
    Field("language", Kind.TEXT, "`python`, `terraform`, `cloudformation` ..."),
    Field("path", Kind.TEXT, "the file, as the policy's path patterns see it"),
    Field("symbol", Kind.TEXT, "the name of the place, such as `aws_bedrockagent_agent.support.foundation_model`"),
    Field("root", Kind.TEXT, "the Terraform root or the function that the route is called from; `.` elsewhere"),
    Field("region", Kind.TEXT, "the Region; left out where nothing says it"),
    Field("environments", Kind.TEXTS, "the environments in which the route takes this model; empty where nothing says it"),
    Field("workload", Kind.TEXT, "the declared workload; empty where the route belongs to none"),
    Field("owner", Kind.TEXT, "the owner of the workload; empty where there is none"),
    Field("task", Kind.TEXT, "the task of the workload; empty where there is none"),
    Field("audience", Kind.TEXT, "`internal` or `customer`; empty where the workload has none"),
    Field("taggable", Kind.FLAG, "whether the thing can carry tags"),
    Field("tags", Kind.MAP, "the tags after every merge; left out where one of them cannot be told"),
    Field("tag_keys", Kind.TEXTS, "the keys of the tags; left out where there may be more that cannot be told"),
    Field("settings", Kind.MAP, "what else the call says: `max_output_tokens`, `temperature`, `service_tier` ..., as texts"),
    Field("justified", Kind.FLAG, "whether a valid justification covers the route"),
)
NAMES = tuple(field.name for field in FIELDS)
# What a message may say in short.
SHORT = {"model": "model.id"}
GROUPS = frozenset(name.partition(".")[0] for name in NAMES if "." in name)


def resolve(placeholder: str) -> str | None:
    """The field that a placeholder of a message names; None where there is none. Maps are not printed."""
    name = SHORT.get(placeholder, placeholder)
    return next((field.name for field in FIELDS if field.name == name and field.kind is not Kind.MAP), None)
