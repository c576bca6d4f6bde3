module "catalog" {
  source = "./catalog"
}

module "sizes" {
  source   = "./catalog"
  for_each = toset(["small", "large"])
  size     = each.key
}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = module.catalog.models["support"]
}

resource "aws_bedrockagent_agent" "large" {
  foundation_model = module.sizes["large"].by_size
}

resource "aws_bedrockagent_agent" "missing" {
  foundation_model = module.catalog.no_such_output
}

resource "aws_bedrockagent_agent" "outside" {
  foundation_model = module.elsewhere.model
}

module "elsewhere" {
  source  = "example/models/aws"
  version = "~> 1.0"
}
