"""What processes of a pool have in common, whatever they work on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin() -> None:
    """What a process of a pool does first: it ends when the one that started it says so, or has ended itself."""
    # Ctrl-C reaches every process of a terminal, and is for the one that the user started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One that is forked has the handlers of the one that started it; what is ignored there (nohup) is ignored here.
    for number in (getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when the one that started it has: its queue would keep it waiting for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
