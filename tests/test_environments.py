from __future__ import annotations

from collections.abc import Mapping

import pytest

from inventories import inventory
from routelint import environments
from routelint import policy as policies
from routelint.model import Evidence, Known, ModelReference, Tags, Unknown
from routelint.source import MemoryTree

CHEAP, DEAR = "us.amazon.nova-micro-v1:0", "us.amazon.nova-premier-v1:0"
AGENT = 'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = {0}\n{1}}}\n'
VARIABLE = f'variable "model" {{\n  default = "{CHEAP}"\n}}\n'
ROOT = VARIABLE + AGENT.format("var.model", "")
TEMPLATE = f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  ModelId: {{Type: String, Default: {CHEAP}}}
  Environment: {{Type: String, Default: dev, AllowedValues: [dev, prod]}}
Resources:
  A:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: !Ref ModelId
"""


def routes(files: Mapping[str, str]) -> tuple[ModelReference, ...]:
    return inventory(MemoryTree({path: text.encode() for path, text in files.items()})).references


def environments_of(files: Mapping[str, str], model: str) -> set[str]:
    """Every environment in which a model is taken: those of the choice, else those of its route."""
    found: set[str] = set()
    for route in routes(files):
        for choice in route.choices:
            if choice.model.id == model:
                found.update(choice.environments or route.environments)
    return found


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"main.tf": ROOT, "prod.tfvars": f'model = "{DEAR}"'}, {"prod"}, id="tfvars named after it"),
        pytest.param({"main.tf": ROOT, "envs/live.tfvars": f'model = "{DEAR}"'}, {"prod"}, id="tfvars in a synonym"),
        pytest.param({"main.tf": ROOT, "env/stg/x.tfvars": f'model = "{DEAR}"'}, {"staging"}, id="folder of the tfvars"),
        pytest.param(
            {"main.tf": AGENT.format(f'terraform.workspace == "prod" ? "{DEAR}" : "{CHEAP}"', "")}, {"prod"}, id="workspace"
        ),
        pytest.param(
            {
                "main.tf": f'locals {{\n  m = {{ dev = "{CHEAP}", prod = "{DEAR}" }}\n}}\n'
                + AGENT.format("local.m[terraform.workspace]", "")
            },
            {"prod"},
            id="key of a map that the workspace picks from",
        ),
        pytest.param(
            {"main.tf": AGENT.format(f'"{DEAR}"', '  tags = { Environment = "production" }\n')},
            {"prod"},
            id="tag of the resource",
        ),
        pytest.param(
            {
                "main.tf": 'provider "aws" {\n  default_tags {\n    tags = { env = "stg" }\n  }\n}\n'
                + AGENT.format(f'"{DEAR}"', ""),
            },
            {"staging"},
            id="default tag of the provider",
        ),
        pytest.param({"environments/prod/main.tf": AGENT.format(f'"{DEAR}"', "")}, {"prod"}, id="folder below environments"),
        pytest.param({"live/production/main.tf": AGENT.format(f'"{DEAR}"', "")}, {"prod"}, id="folder by itself"),
        pytest.param({"infra/sandbox/main.tf": AGENT.format(f'"{DEAR}"', "")}, {"dev"}, id="folder in a synonym"),
        pytest.param({"overlays/uat/x.yaml": f"model: {DEAR}\n"}, {"staging"}, id="overlay"),
        pytest.param(
            {"t.yaml": TEMPLATE, "params-prod.json": f'[{{"ParameterKey": "ModelId", "ParameterValue": "{DEAR}"}}]'},
            {"prod"},
            id="parameter file named after it",
        ),
        pytest.param(
            {
                "t.yaml": TEMPLATE,
                "live.json": f'{{"Parameters": {{"ModelId": "{DEAR}", "Environment": "prod"}}}}',
            },
            {"prod"},
            id="parameter file that says it",
        ),
        pytest.param(
            {
                "template.yaml": TEMPLATE,
                "samconfig.toml": f'[prod.deploy.parameters]\nparameter_overrides = "ModelId={DEAR}"\n',
            },
            {"prod"},
            id="environment of samconfig",
        ),
        pytest.param(
            {
                "t.yaml": TEMPLATE.replace("!Ref ModelId", f"!If [Live, {DEAR}, {CHEAP}]").replace(
                    "Resources:", "Conditions:\n  Live: !Equals [!Ref Environment, prod]\nResources:"
                )
            },
            {"prod"},
            id="condition of a template",
        ),
        pytest.param(
            {".github/workflows/d.yml": f"jobs:\n  deploy:\n    environment: production\n    env:\n      MODEL_ID: {DEAR}\n"},
            {"prod"},
            id="environment of a job",
        ),
        pytest.param(
            {
                ".github/workflows/d.yml": "jobs:\n  deploy:\n    environment: {name: stage, url: https://x.example}\n"
                f"    steps:\n      - run: deploy --model-id {DEAR} --now\n"
            },
            {"staging"},
            id="named environment of a job, in a step",
        ),
        pytest.param(
            {".gitlab-ci.yml": f"deploy:\n  environment: {{name: preprod}}\n  variables: {{MODEL_ID: {DEAR}}}\n"},
            {"staging"},
            id="environment of a job of GitLab",
        ),
        pytest.param(
            {
                "k8s/chat.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: chat, namespace: prd}\n"
                f"data: {{MODEL_ID: {DEAR}}}\n"
            },
            {"prod"},
            id="namespace",
        ),
        pytest.param({"values-production.yaml": f"model: {DEAR}\n"}, {"prod"}, id="name of a values file"),
        pytest.param({"appsettings.Development.json": f'{{"ModelId": "{DEAR}"}}'}, {"dev"}, id="name of a settings file"),
        pytest.param({"config/prod.json": f'{{"modelId": "{DEAR}"}}'}, {"prod"}, id="whole name of a settings file"),
        pytest.param({".env.staging": f"MODEL_ID={DEAR}\n"}, {"staging"}, id="name of an env file"),
        pytest.param({"c.yaml": f"dev: {{model: {CHEAP}}}\nprod: {{model: {DEAR}}}\n"}, {"prod"}, id="key of a configuration"),
        pytest.param(
            {"a.ts": f'new ConverseCommand({{ modelId: stage === "prod" ? "{DEAR}" : "{CHEAP}" }});'},
            {"prod"},
            id="condition of code",
        ),
        pytest.param(
            {
                "app.ts": f'import {{ S }} from "./s";\nnew S(app, "ChatProd", {{ model: "{DEAR}" }});\n'
                f'new S(app, "ChatDev", {{ model: "{CHEAP}" }});\n',
                "s.ts": 'import { CfnAgent } from "aws-cdk-lib/aws-bedrock";\n'
                "export class S extends Stack { constructor(scope, id, props) { new CfnAgent(this, 'A', "
                "{ foundationModel: props.model }); } }",
            },
            {"prod"},
            id="construct that is named after it",
        ),
    ],
)
def test_evidence_of_an_environment(files: Mapping[str, str], expected: set[str]) -> None:
    assert environments_of(files, DEAR) == expected


@pytest.mark.parametrize(
    ("files", "model"),
    [
        pytest.param({"tests/unit/main.tf": AGENT.format(f'"{DEAR}"', "")}, DEAR, id="a folder of tests"),
        pytest.param({"integration/main.tf": AGENT.format(f'"{DEAR}"', "")}, DEAR, id="a folder of integrations"),
        pytest.param({"demo/qa/main.tf": AGENT.format(f'"{DEAR}"', "")}, DEAR, id="a demo"),
        pytest.param({"environments/modules/a/main.tf": AGENT.format(f'"{DEAR}"', "")}, DEAR, id="modules of all environments"),
        pytest.param({"envs/us-east-1/main.tf": AGENT.format(f'"{DEAR}"', "")}, DEAR, id="a region below environments"),
        pytest.param({"t.yaml": TEMPLATE}, CHEAP, id="the default of a parameter"),
        pytest.param(
            {"main.tf": 'variable "environment" {\n  default = "dev"\n}\n' + ROOT}, CHEAP, id="the default of a variable"
        ),
        pytest.param({"main.tf": ROOT, "terraform.tfvars": f'model = "{DEAR}"'}, DEAR, id="tfvars that always apply"),
        pytest.param(
            {
                ".github/workflows/d.yml": "jobs:\n  d:\n    environment: ${{ inputs.target }}\n"
                f"    env: {{MODEL_ID: {DEAR}}}\n"
            },
            DEAR,
            id="an environment that an expression picks",
        ),
        pytest.param({"x.yml": f"environment: production\nmodel: {DEAR}\n"}, DEAR, id="a key of that name outside a pipeline"),
        pytest.param(
            {"a.ts": f'const stage = process.env.STAGE ?? "dev";\nnew ConverseCommand({{ modelId: "{DEAR}" }});'},
            DEAR,
            id="a default in code",
        ),
        pytest.param({"stage.json": f'{{"modelId": "{DEAR}"}}'}, DEAR, id="a file called stage"),
        pytest.param({"live-chat.yaml": f"model: {DEAR}\n"}, DEAR, id="a word that also means something else"),
        pytest.param({"product.yaml": f"model: {DEAR}\n"}, DEAR, id="a word that only starts like one"),
    ],
)
def test_what_is_no_evidence(files: Mapping[str, str], model: str) -> None:
    found = [route for route in routes(files) if any(choice.model.id == model for choice in route.choices)]
    assert found
    assert environments_of(files, model) == set()
    assert all(not route.evidence for route in found)


POLICY = policies.default()
SYNONYMS = {
    "dev": ("dev", "develop", "development", "sandbox", "sbx", "local", "demo"),
    "test": ("test", "testing", "qa", "sit", "int", "ci"),
    "staging": ("stg", "stage", "staging", "preprod", "pre-prod", "uat"),
    "prod": ("prd", "prod", "production", "live"),
}


@pytest.mark.parametrize(("name", "spelt"), [(name, each) for name, spellings in SYNONYMS.items() for each in spellings])
def test_spellings_of_an_environment(name: str, spelt: str) -> None:
    for each in (spelt, spelt.upper(), spelt.title()):
        assert POLICY.environment(each) == name
        tagged = place(tags={"Environment": each})
        assert tagged.environments == (name,)


def place(
    *, path: str = "main.tf", tags: Mapping[str, str | Unknown] | None = None, evidence: str | None = None
) -> ModelReference:
    (route,) = routes({"main.tf": AGENT.format(f'"{DEAR}"', "")})
    moved = ModelReference(
        location=type(route.location)(path, route.location.span, route.location.symbol),
        language=route.language,
        kind=route.kind,
        sink=route.sink,
        value=Known(route.choices[0]),
        statement=route.statement,
        tags=Tags(tags or {}),
        evidence=(Evidence(evidence, "said elsewhere"),) if evidence is not None else (),
    )
    return environments.place_reference(moved, POLICY)


def test_what_a_parser_says_wins_over_tags_and_tags_over_folders() -> None:
    assert place(path="envs/prod/main.tf", tags={"env": "dev"}, evidence="qa").environments == ("test",)
    assert place(path="envs/prod/main.tf", tags={"env": "dev"}).environments == ("dev",)
    assert place(path="envs/prod/main.tf").environments == ("prod",)


def test_a_tag_that_cannot_be_told_says_nothing() -> None:
    assert place(tags={"Environment": Unknown("not told")}).environments == ()
    assert place(tags={"Environment": "${var.environment}"}).environments == ()


def test_a_name_that_is_not_declared_is_kept() -> None:
    assert place(tags={"Environment": "pluto"}).environments == ("pluto",)
