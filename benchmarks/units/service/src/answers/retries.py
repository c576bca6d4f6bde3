"""Tries again where the other side is busy."""

import random
import time

BUSY = ("ThrottlingException", "ModelNotReadyException", "ServiceUnavailableException")


def with_retries(call, error_type, attempts=4, first_wait_seconds=0.4):
    """What `call` returns; the last error where all attempts fail."""
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except error_type as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code not in BUSY or attempt == attempts:
                raise
            time.sleep(first_wait_seconds * 2**attempt * random.uniform(0.5, 1.0))
    raise AssertionError("the loop returns or raises")
