#!/usr/bin/env bash
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
FAMILY=nova
case "$1" in
  prod | production)
    export TF_VAR_model="us.anthropic.claude-sonnet-4-20250514-v1:0"
    ;;
  dev)
    export TF_VAR_model="amazon.${FAMILY}-lite-v1:0"
    ;;
esac
export TF_VAR_summary_model="${SUMMARY_MODEL:-amazon.nova-micro-v1:0}"
cat <<EOF
export TF_VAR_model=printed-only
EOF
cd "$HERE/../infra"
terraform init
terraform apply -auto-approve
