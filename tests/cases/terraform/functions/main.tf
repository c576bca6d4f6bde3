variable "settings" {
  default = {}
}

locals {
  profile_arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-pro-v1:0"
  defaults    = { model = "amazon.nova-lite-v1:0", judge = "amazon.nova-micro-v1:0" }
  from_json   = jsondecode("{\"model\": \"amazon.nova-premier-v1:0\"}")
  from_file   = yamldecode(file("${path.module}/models.yaml"))
}

resource "aws_bedrockagent_agent" "merged" {
  foundation_model = merge(local.defaults, { model = "amazon.nova-pro-v1:0" }).model
}

resource "aws_bedrockagent_agent" "merged_keeps" {
  foundation_model = merge(local.defaults, { model = "amazon.nova-pro-v1:0" })["judge"]
}

resource "aws_bedrockagent_agent" "looked_up" {
  foundation_model = lookup(local.defaults, "summary", "amazon.titan-text-express-v1")
}

resource "aws_bedrockagent_agent" "tried" {
  foundation_model = try(var.settings.model, local.defaults.model)
}

resource "aws_bedrockagent_agent" "formatted" {
  foundation_model = format("%s.nova-%s-v%d:0", "amazon", "micro", 1)
}

resource "aws_bedrockagent_agent" "joined" {
  foundation_model = join(".", ["us", "amazon", "nova-lite-v1:0"])
}

resource "aws_bedrockagent_agent" "last_part" {
  foundation_model = element(split("/", local.profile_arn), 1)
}

resource "aws_bedrockagent_agent" "replaced" {
  foundation_model = replace("us.amazon.nova-lite-v1:0", "us.", "eu.")
}

resource "aws_bedrockagent_agent" "by_pattern" {
  foundation_model = regex("[^/]+$", local.profile_arn)
}

resource "aws_bedrockagent_agent" "lowered" {
  foundation_model = lower("Amazon.Nova-Lite-V1:0")
}

resource "aws_bedrockagent_agent" "one_of_set" {
  foundation_model = one(toset(["amazon.nova-lite-v1:0"]))
}

resource "aws_bedrockagent_agent" "decoded" {
  foundation_model = local.from_json.model
}

resource "aws_bedrockagent_agent" "read" {
  foundation_model = local.from_file.agents[0].model
}

resource "aws_bedrockagent_agent" "template_file" {
  foundation_model = trimspace(templatefile("${path.module}/model.tftpl", { size = "lite" }))
}

resource "aws_bedrockagent_agent" "flattened" {
  foundation_model = distinct(flatten([["amazon.nova-pro-v1:0"], ["amazon.nova-pro-v1:0"]]))[0]
}

resource "aws_bedrockagent_agent" "zipped" {
  foundation_model = zipmap(["a", "b"], ["amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"])["b"]
}

resource "aws_bedrockagent_agent" "not_evaluated" {
  foundation_model = provider::models::pick("large")
}

resource "aws_bedrockagent_agent" "address_ranges" {
  foundation_model = cidrsubnets("10.0.0.0/8", 4)[0]
}

data "aws_caller_identity" "current" {}

resource "aws_bedrockagent_agent" "formatted_in_part" {
  foundation_model = format("arn:aws:bedrock:%s:${data.aws_caller_identity.current.account_id}:inference-profile/eu.amazon.%s", "eu-west-1", "nova-lite-v1:0")
}

data "aws_iam_policy_document" "formatted_list" {
  statement {
    actions   = ["bedrock:InvokeModel"]
    resources = formatlist("arn:aws:bedrock:%s:${data.aws_caller_identity.current.account_id}:inference-profile/*", ["eu-west-1", "eu-west-2"])
  }
}
