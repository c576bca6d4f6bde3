"""Random programs that choose models, and what they really choose: run in a process of their own against a recording SDK."""

from __future__ import annotations

from python_programs import calls, definitions, outside, statements, texts, traps
from python_programs.program import Program
from python_programs.writer import Form, Writer

FORMS: dict[Form, int] = texts.FORMS | definitions.FORMS | outside.FORMS | statements.FORMS


def generate(seed: int, size: int = 60, *, traps_too: bool = False) -> Program:
    """The program of a seed, with about so many calls; with forms that no promise is made for where `traps_too` says so."""
    return Writer(seed, size, FORMS | traps.FORMS if traps_too else FORMS, calls.SINKS).write()
