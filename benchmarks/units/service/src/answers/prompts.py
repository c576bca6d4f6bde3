"""The texts the model is given."""

SYSTEM = "You answer questions about orders. Say that you do not know where the orders do not tell."

QUESTION = """Orders of this customer, newest first:
{orders}

Question: {question}"""


def question_prompt(question, orders):
    """The question with the orders it may be about."""
    lines = [f"- {order.number}: {order.status}, {order.total} {order.currency}, {order.placed_on}" for order in orders[:20]]
    return QUESTION.format(orders="\n".join(lines) or "- none", question=question.strip())
