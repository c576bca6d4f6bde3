"""The `routelint` program."""

from __future__ import annotations

import sys

from routelint.cli import main

if __name__ == "__main__":
    sys.exit(main())
