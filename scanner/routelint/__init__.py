"""routelint: a policy-as-code linter for Amazon Bedrock model routes."""

from __future__ import annotations

__version__ = "0.1.0"
