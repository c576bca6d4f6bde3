"""Old turns are decoded by a function that calls itself twice: the payload must not hide the model beside it."""

import base64

import boto3


class Replay:
    def __init__(self, model_id):
        self.model_id = model_id
        self.client = boto3.client("bedrock-runtime")

    def decode(self, node):
        if isinstance(node, list):
            return [self.decode(each) for each in node]
        if isinstance(node, tuple):
            return tuple(self.decode(each) for each in node)
        if isinstance(node, dict):
            result = {}
            for key, value in node.items():
                if key == "packed":
                    result["bytes"] = base64.b64decode(value)
                else:
                    result[key] = self.decode(value)
            return result
        return node

    def turns(self, history, text):
        turns = []
        for past in history:
            content = [{"text": past.text}]
            if past.recorded:
                content = self.decode(past.recorded)
            turns.extend([{"role": "user", "content": content}])
        turns.append({"role": "user", "content": [{"text": text}]})
        return turns

    def send(self, history, text):
        request = {"modelId": self.model_id, "messages": self.turns(history, text)}
        return self.client.converse(**request)


SMALL = Replay("amazon.nova-lite-v1:0")
LARGE = Replay("us.amazon.nova-premier-v1:0")
