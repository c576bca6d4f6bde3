"""What a worker does instead of scanning, where a test needs it to: wait to be killed, or die. Workers import this themselves.

A file beside a repository says so: `NAME.hold`, a named pipe that the worker's process id is written to, once; `NAME.dies`,
once, and `NAME.deadly`, always.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from routelint.cli import fleet_scanning
from routelint.cli.fleet_scanning import Job, Result


def scan(job: Job) -> Result:
    """What the repository comes to, if this process lives to tell."""
    hold, dies, deadly = (Path(f"{job.root}.{word}") for word in ("hold", "dies", "deadly"))
    if hold.exists():
        with hold.open("w") as pipe:  # as soon as the test reads
            hold.unlink()
            pipe.write(str(os.getpid()))
        threading.Event().wait()
    if deadly.exists() or dies.exists():
        dies.unlink(missing_ok=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return fleet_scanning.scan(job)
