from server import answer


def handler(event, context):
    return answer(event["text"])
