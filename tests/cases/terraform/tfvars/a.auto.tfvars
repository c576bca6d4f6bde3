embedding = "cohere.embed-multilingual-v3" # z.auto.tfvars comes later and wins
