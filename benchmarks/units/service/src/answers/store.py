"""Orders as the database holds them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Order:
    """One order of a customer."""

    number: str
    status: str
    total: str
    currency: str
    placed_on: date


class Orders:
    """The orders of all customers."""

    def __init__(self, connection):
        self._connection = connection

    def of_customer(self, customer_id, limit=20):
        """The newest orders of one customer."""
        rows = self._connection.execute(
            "select number, status, total, currency, placed_on from orders where customer_id = ? order by placed_on desc limit ?",
            (customer_id, limit),
        )
        return [Order(*row) for row in rows]
