"""What each customer has agreed with us, from DynamoDB."""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["RULES_TABLE"])


def lookup(customer):
    """The rules of a customer; empty where there are none."""
    return table.get_item(Key={"customer": customer}).get("Item", {})
