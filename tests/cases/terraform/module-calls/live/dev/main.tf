module "agent" {
  source = "../../modules/agent"
  model  = "us.amazon.nova-lite-v1:0"
}
