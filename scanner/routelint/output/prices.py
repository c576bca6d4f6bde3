"""Prices as printed: unit prices with four significant digits, ratios as people say them."""

from __future__ import annotations

import math
from decimal import Decimal

SIGNIFICANT_DIGITS = 4
UNKNOWN = "?"


def rounded(price: float | None) -> float | None:
    """A unit price with four significant digits; None stays None."""
    if price is None or price == 0 or not math.isfinite(price):
        return price
    return round(price, SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(price))))


def dollars(price: float | None) -> str:
    """A unit price in dollars without the sign: `3.30`, `0.035`, `1,250`; `?` where it is not known."""
    value = rounded(price)
    if value is None:
        return UNKNOWN
    # By way of the shortest decimal that is the same number, so that 999.9 does not become 999.89999...
    whole, _, fraction = f"{Decimal(repr(value)):,f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def ratio(times: float) -> str:
    """How many times as much: `40x`, `2.5x`, `1x`."""
    return f"{times:.0f}x" if times >= 10 or round(times, 1) == round(times) else f"{times:.1f}x"
