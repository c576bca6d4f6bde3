"""Random programs that choose models, and what they really choose: run in a process of their own against a recording SDK."""

from __future__ import annotations

from python_programs import calls, definitions, outside, statements, texts
from python_programs.program import Program
from python_programs.writer import Form, Writer

FORMS: dict[Form, int] = texts.FORMS | definitions.FORMS | outside.FORMS | statements.FORMS


def generate(seed: int, size: int = 60) -> Program:
    """The program of a seed, with about so many calls."""
    return Writer(seed, size, FORMS, calls.SINKS).write()
