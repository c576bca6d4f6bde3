"""The `routelint` program."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys

# What was parsed is kept to the end, and little else is made. Looking for circles of garbage takes a tenth of the scan of a
# large tree and a fifth of that of a huge one, and frees less than a tenth of its memory.
gc.disable()

from routelint import starting  # noqa: E402 (importing makes objects too)

starting.prepare()

from routelint import cli  # noqa: E402 (what is put off must be so before anything imports it)


def main() -> None:
    """Runs the program and ends the process.

    Nothing is taken apart that the system frees anyway: that is a fifth of the scan of one file. What is to be done at the end
    of a process is done.
    """
    status = cli.main()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it any more
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
