"""Fuzzing: targets, what makes inputs for them, and what runs them. `python -m fuzzing --help` below `tests/`, or `make fuzz`."""
