class Agent:
    """Has nothing to do with the frameworks that have a class of this name."""

    def __init__(self, role, model=None):
        self.role = role


class ChatBedrock:
    def __init__(self, model_id):
        self.model_id = model_id


def converse(modelId):
    return modelId
