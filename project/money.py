"""Money as integers: one unit is a nano-dollar, so that sums are exact.

A price of 0.15 USD for a million tokens is 150 nano-dollars a token. At the edge a sum becomes a
decimal string; a float never holds money.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

Nano = int
NANO_PER_USD = 1_000_000_000


def from_usd(text: str) -> Nano:
    """Read a decimal number of US dollars."""
    return int((Decimal(text) * NANO_PER_USD).to_integral_value(ROUND_HALF_EVEN))


def to_usd(amount: Nano) -> str:
    """Write an amount as a decimal string of US dollars, without trailing zeros beyond cents."""
    sign = "-" if amount < 0 else ""
    dollars, nanos = divmod(abs(amount), NANO_PER_USD)
    fraction = f"{nanos:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{dollars}.{fraction}"
