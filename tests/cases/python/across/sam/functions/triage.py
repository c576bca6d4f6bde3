from shared import ask, embed


def handler(event, context):
    embed(event["text"])
    return ask(event["text"])
