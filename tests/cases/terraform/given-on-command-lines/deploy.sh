#!/bin/sh
terraform -chdir=infra apply -auto-approve \
  -var "stage=prod" \
  -var 'models=["amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0"]' \
  -var="model=us.amazon.nova-premier-v1:0"
