"""The HTTP handler and the program."""

import json
import sqlite3

from answers import settings as configured
from answers.bedrock import Assistant
from answers.store import Orders


def handler(event, context):
    """One request of the API."""
    settings = configured.load()
    body = json.loads(event.get("body") or "{}")
    if not body.get("question"):
        return {"statusCode": 400, "body": json.dumps({"error": "question is missing"})}
    orders = Orders(sqlite3.connect("orders.db")).of_customer(body["customer_id"])
    answer = Assistant(settings).answer(body["question"], orders)
    return {"statusCode": 200, "body": json.dumps({"answer": answer})}


def main():
    """Answers one question typed on the terminal."""
    print(handler({"body": json.dumps({"question": input("? "), "customer_id": 1})}, None)["body"])


if __name__ == "__main__":
    main()
