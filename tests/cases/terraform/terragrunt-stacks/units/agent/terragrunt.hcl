terraform {
  source = "../../modules/agent"
}

# By itself the unit is a pattern: the stacks give the values.
inputs = {
  model = values.model
  owner = try(values.owner, "nobody")
}
