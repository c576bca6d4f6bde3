"""CloudFormation and SAM templates, state machine definitions, and the files that say what they are deployed with."""

from routelint.parse.cloudformation.parser import parse, recognizes

__all__ = ["parse", "recognizes"]
