import os

MODEL = os.environ["CHAT_MODEL_ID"]
