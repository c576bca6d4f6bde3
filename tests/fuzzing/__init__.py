"""Fuzzing: targets, what makes inputs for them, and what runs them: `make fuzz`, or `python -m fuzzing --help` in `tests/`."""
