# null is passed on, and the inner module does not take null: its default applies
module "agent" {
  source = "../../modules/agent"
  model  = null
}
