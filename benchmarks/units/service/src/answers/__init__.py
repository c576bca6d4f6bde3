"""Answers customers' questions about their orders."""

__version__ = "2.4.0"
