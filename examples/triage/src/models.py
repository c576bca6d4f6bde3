"""The models that are not set by the template."""

import os

# Chosen for the launch; nobody has tried a smaller one since.
DRAFT = "us.anthropic.claude-opus-5-5"

SUMMARY = os.getenv("SUMMARY_MODEL_ID", "us.amazon.nova-2-lite-v1:0")
